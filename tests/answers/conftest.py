"""A store of 24 runs: two learning rates, two optimizers, six seeds; half of the runs of one group end early."""

from __future__ import annotations

import json

import pytest

import runlift


@pytest.fixture(scope="session")
def study(tmp_path_factory):
    """The store's path. ``acc`` at step s is lr * 10 + (adam: 1) + seed / 100 + s / 1000, exactly."""
    folder = tmp_path_factory.mktemp("study")
    for lr in (0.01, 0.1):
        for opt in ("sgd", "adam"):
            for seed in range(6):
                run = folder / "lab" / f"{opt}-{lr}-s{seed}"
                run.mkdir(parents=True)
                (run / "config.json").write_text(
                    json.dumps({"optim": {"lr": lr, "name": opt}, "seed": seed, "output_dir": str(seed), "epochs": 10})
                )
                steps = 5 if opt == "sgd" and lr == 0.1 and seed >= 3 else 10
                rows = [{"step": s, "acc": value(lr, opt, seed, s), "cost": 1 / (1 + s) + lr} for s in range(steps)]
                name = "acc" if seed else "accuracy"  # the same metric under another name in a few runs
                (run / "metrics.jsonl").write_text(
                    "".join(json.dumps({"step": r["step"], name: r["acc"], "cost": r["cost"]}) + "\n" for r in rows)
                )
    runlift.ingest(folder / "lab", folder / "store")
    return folder / "store"


def value(lr, opt, seed, step):
    """The metric of the study."""
    return lr * 10 + (opt == "adam") + seed / 100 + step / 1000


@pytest.fixture
def store(study, tmp_path):
    """The study, opened; a copy, so that a test may confirm names."""
    import shutil

    shutil.copytree(study, tmp_path / "store")
    with runlift.open(tmp_path / "store") as opened:
        yield opened
