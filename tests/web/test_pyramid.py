"""The pyramid of a long series: every bucket of every stretch is what its points say."""

from __future__ import annotations

import math

import numpy as np
import pytest

import runlift
from runlift.answers.curves import Sorted, lines
from runlift.web import kept
from runlift.web.pyramid import COARSEST, FINEST, Pyramid


@pytest.fixture(scope="module")
def points():
    """Steps with gaps and repeats, and values of which some are NaN or infinite, one stretch wholly."""
    rng = np.random.default_rng(3)
    n = 300_000
    value = rng.normal(0, 1, n).cumsum()
    value[rng.integers(0, n, 2000)] = np.nan
    value[rng.integers(0, n, 50)] = np.inf
    value[70_000:71_000] = np.nan
    x = np.sort(rng.integers(0, 2 * n, n)).astype(float)
    return Sorted("0" * 16, "a.log", "step", x, value, np.arange(n) * 10.0, x / 7, np.full(n, np.nan))


@pytest.fixture(scope="module")
def pyramid(points, tmp_path_factory):
    """Its pyramid, as it comes back from the disk."""
    path = str(tmp_path_factory.mktemp("pyramid") / "kept")
    Pyramid.of(points).save(path)
    return Pyramid.load(path)


@pytest.mark.parametrize("span", [(0, 600_000), (100_000, 500_000), (139_000, 143_000), (-5e5, 3e5), (5e5, 9e5)])
@pytest.mark.parametrize("most", [7, 50, 1000])
def test_buckets_are_what_their_points_say(points, pyramid, span, most):
    """Smallest, largest, mean and last of each bucket are those of the points between its edges; none is left out."""
    line = pyramid.stretch(span, most)
    if line is None:
        assert ((points.x >= span[0]) & (points.x <= span[1])).sum() < (most + 1) * FINEST
        return
    assert len(line.x) <= most
    assert line.x[-1] >= min(span[1], points.x[-1])
    ends = np.searchsorted(line.position, points.position[np.isfinite(points.value)])
    assert line.points == line.odd + np.isfinite(points.value[_of(line, points)]).sum()
    assert ends.max() <= len(line.x)
    for a, b, i in _buckets(line, points):
        good = points.value[a:b][np.isfinite(points.value[a:b])]
        if not len(good):
            assert math.isnan(line.low[i])
            assert math.isnan(line.mean[i])
            continue
        assert (line.low[i], line.high[i], line.last[i]) == (good.min(), good.max(), good[-1])
        assert line.mean[i] == pytest.approx(good.mean(), rel=1e-9, abs=1e-9)


def _of(line, points):
    """Which points a line is made of: whole buckets of the finest level up to its last point."""
    end = _end(line, points, len(line.x) - 1)
    return np.arange(end - line.points, end)


def _end(line, points, i):
    """Where a bucket ends: buckets hold whole numbers of the finest ones, and x may stand still over an edge."""
    last = int(np.searchsorted(points.x, line.x[i], side="right"))
    first = int(np.searchsorted(points.x, line.x[i]))
    if last == len(points.x):
        return last
    return next(e for e in range(first + 1, last + 1) if e % FINEST == 0)


def _buckets(line, points):
    begin = _end(line, points, len(line.x) - 1) - line.points
    for i in range(len(line.x)):
        end = _end(line, points, i)
        yield begin, end, i
        begin = end


def test_levels_are_few(pyramid):
    """Each level has a sixteenth of the buckets below it; the last has no more than are drawn."""
    sizes = [level.shape[1] for level in pyramid.levels]
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[-1] <= COARSEST < sizes[0]


def test_a_closer_look_is_from_the_pyramid_or_from_the_points(tmp_path):
    """A wide stretch of a long series has the smallest and largest of its points, a narrow one the points themselves."""
    x = np.arange(400_000)
    y = np.sin(x / 1000)
    (tmp_path / "long.csv").write_text(
        "step,loss\n" + "\n".join(f"{a},{b:.6f}" for a, b in zip(x, y, strict=True)) + "\n"
    )
    (tmp_path / "short.csv").write_text("step,loss\n" + "\n".join(f"{a},{a / 10}" for a in range(50)) + "\n")
    runlift.ingest(tmp_path, tmp_path / "store")
    with runlift.open(tmp_path / "store") as store:
        runs = [r["run_id"] for r in store.rows("SELECT run_id FROM runs ORDER BY name")]
        before = kept.closer(store, "loss", runs, (0, 300_000), 1000)
        kept.block(store, "loss", runs)
        after = kept.closer(store, "loss", runs, (0, 300_000), 1000)
        assert [line.run_id for line in before] == [line.run_id for line in after] == runs
        assert [line.points for line in before] == [300_001, 50]
        assert 300_001 <= after[0].points < 300_001 + FINEST * 16
        assert (after[0].low.min(), after[0].high.max()) == (before[0].low.min(), before[0].high.max())
        assert np.array_equal(after[1].last, before[1].last)
        near = kept.closer(store, "loss", runs[:1], (1000, 1500), 1000)
        assert near[0].last.tolist() == lines(store, "loss", runs[:1], span=(1000, 1500))[0].last.tolist()
        assert len(near[0].x) == 501
