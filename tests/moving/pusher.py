"""Pushes in processes of their own, which can be killed at any moment."""

from __future__ import annotations

import multiprocessing
import os
import random
import signal
import time
from typing import Any

KILLS = 20


def push(target: str, dest: str, store: str, **options: Any) -> None:
    """One push, as the command does it."""
    import runlift

    runlift.export(target, dest, store, **options)


def context(*preload: str):
    """Processes that have imported already what a push needs, so that a kill hits the push and not its imports."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(["runlift.api", "runlift.reading", "runlift.moving.move", *preload])
    return made


def kill_at_random(target: str, dests, store: str, seed: int = 5, **options: Any) -> int:
    """Push to each of ``dests`` in turn, killed with -9 at a random moment of it; gives how many were killed.

    The moments are spread over the time that the first, unharmed push (to the first of ``dests``) takes.
    """
    made = context()
    first, *others = dests
    began = time.monotonic()
    _run(made, target, first, store, options).join()
    whole = time.monotonic() - began
    moments, killed = random.Random(seed), 0
    for dest in others:
        child = _run(made, target, dest, store, options)
        child.join(moments.uniform(0, whole))
        if child.is_alive():
            os.kill(child.pid, signal.SIGKILL)
            killed += 1
        child.join()
    return killed


def _run(made, target, dest, store, options):
    child = made.Process(target=push, args=(target, str(dest), str(store)), kwargs=options)
    child.start()
    return child


def at_once(target: str, dest, store, n: int = 2, **options: Any) -> list[int]:
    """Several pushes of the same runs to one place at once; their exit codes."""
    made = context()
    children = [_run(made, target, dest, store, options) for _ in range(n)]
    for child in children:
        child.join()
    return [c.exitcode for c in children]
