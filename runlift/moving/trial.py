"""How long a push may take, from a short one: some of the runs are sent to a folder that is thrown away."""

from __future__ import annotations

import os
import tempfile
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from runlift.moving.prepare import Prepared
    from runlift.moving.target import MovingTarget

_SECONDS, _POINTS = 0.5, 200_000


def trial_seconds(target: MovingTarget, runs: list[Prepared]) -> float | None:
    """Seconds for all runs, for targets that are folders; None where no run is small enough for a trial."""
    small = [r for r in sorted(runs, key=weight) if r.content.points <= _POINTS]
    # From the middle, since the smallest say little of the others.
    chosen = small[len(small) // 2 :]
    done = spent = 0.0
    with (
        tempfile.TemporaryDirectory(prefix="runlift-") as folder,
        target.open(os.path.join(folder, "trial")) as session,
    ):
        began = time.perf_counter()
        for run in chosen:
            session.push(run, lambda _: None)
            done += weight(run)
            spent = time.perf_counter() - began
            if spent > _SECONDS:
                break
    return spent * sum(map(weight, runs)) / done if done else None


def weight(run: Prepared) -> float:
    """What a run costs, in points: a file counts as a hundred, and so does a run itself."""
    return run.content.points + 100 * (len(run.files) + 1) + len(run.params)
