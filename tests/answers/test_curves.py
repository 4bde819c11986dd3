"""Series made ready to be drawn: every spike is in a bucket, and a step that stands still gives way to the epoch."""

from __future__ import annotations

import json

import numpy as np

import runlift
from runlift.answers.curves import lines


def test_buckets_keep_spikes_means_and_the_last(tmp_path):
    """Of a long series each bucket has its smallest, largest, mean and last value, over a grid that runs share."""
    rng = np.random.default_rng(3)
    values = rng.normal(0, 1, 50_000)
    values[12_345], values[40_000] = 99.0, np.nan
    (tmp_path / "m.csv").write_text("step,loss\n" + "".join(f"{i},{v!r}\n" for i, v in enumerate(values.tolist())))
    runlift.ingest(tmp_path / "m.csv", tmp_path / "s")
    with runlift.open(tmp_path / "s") as store:
        (line,) = lines(store, "loss", store.runs()["run_id"].tolist(), buckets=100)
        (near,) = lines(store, "loss", [line.run_id], span=(12_300, 12_400))
    assert len(line.x) == 100
    assert (line.points, line.odd, line.high.max()) == (50_000, 1, 99.0)
    assert np.isclose(line.mean.mean(), np.nanmean(values), atol=1e-3)
    assert line.last[-1] == values[-1]
    assert np.all(line.low <= line.mean)
    assert near.x.tolist() == list(range(12_300, 12_401))


def test_a_step_that_stands_still_gives_way_to_the_epoch(tmp_path):
    """A counter within the epoch, always at its end, is no axis: the epoch is."""
    rows = [{"epoch": e, "step": 8, "loss": 1 / (e + 1)} for e in range(5)]
    (tmp_path / "m.jsonl").write_text("".join(json.dumps(r) + "\n" for r in rows))
    runlift.ingest(tmp_path / "m.jsonl", tmp_path / "s")
    with runlift.open(tmp_path / "s") as store:
        (line,) = lines(store, "loss", store.runs()["run_id"].tolist())
    assert (line.kind, line.x.tolist()) == ("epoch", [0, 1, 2, 3, 4])
