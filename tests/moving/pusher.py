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


def context():
    """Processes that have imported already what a push needs, so that a kill hits the push and not its imports."""
    made = multiprocessing.get_context("forkserver")
    made.set_forkserver_preload(["runlift.api", "runlift.reading", "runlift.moving.move", "mlflow", "trackio"])
    return made


def kill(target: str, dest, store, seconds: float, **options: Any) -> bool:
    """Push, and kill the pusher with -9 after ``seconds``; False where it had ended before."""
    child = _run(context(), target, dest, store, options)
    child.join(seconds)
    alive = child.is_alive()
    if alive:
        os.kill(child.pid, signal.SIGKILL)
    child.join()
    return alive


def duration(target: str, dest, store, **options: Any) -> float:
    """Seconds of an unharmed push in a process of its own."""
    warm = context().Process(target=int)  # the first process waits for the imports
    warm.start()
    warm.join()
    began = time.monotonic()
    child = _run(context(), target, dest, store, options)
    child.join()
    assert child.exitcode == 0
    return time.monotonic() - began


def moments(whole: float, seed: int = 5) -> list[list[float]]:
    """Twenty random moments of a push that takes ``whole`` seconds, in four rounds; in each, the early ones first."""
    made = random.Random(seed)
    return [sorted(made.uniform(0.02, 0.98) * whole for _ in range(KILLS // 4)) for _ in range(4)]


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
