"""Attempts: what is a restart, what only looks like one."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runlift.ingest.steps import Series, find_attempts, training_key


def _found(steps, sources=None, marks=()):
    key = np.asarray(steps, float)
    source = np.zeros(len(key), np.int64) if sources is None else np.asarray(sources)
    found = find_attempts(Series(key, source, tuple(marks)))
    return found.attempt.tolist(), found.superseded.tolist()


def test_a_rising_series_is_one_attempt():
    """Nothing goes back, nothing is superseded; repeated steps neither."""
    assert _found([0, 1, 1, 2, 5]) == ([0] * 5, [False] * 5)


def test_a_step_back_starts_an_attempt():
    """0..5, then 3..6: the points at 3, 4 and 5 of the first attempt are overtaken."""
    attempt, superseded = _found([0, 1, 2, 3, 4, 5, 3, 4, 5, 6])
    assert attempt == [0] * 6 + [1] * 4
    assert superseded == [False] * 3 + [True] * 3 + [False] * 4


def test_a_later_attempt_overtakes_all_before_it():
    """Three attempts of which the third goes back further than the second."""
    attempt, superseded = _found([0, 1, 2, 3, 2, 3, 4, 5, 1, 2, 3, 4])
    assert attempt[-1] == 2
    assert [i for i, s in enumerate(superseded) if not s] == [0, 8, 9, 10, 11]


def test_two_counters_in_one_series_are_no_restart():
    """A writer that logs two counters under one name goes back and forth all the time."""
    assert _found([100, 1, 200, 2, 300, 3, 400, 4]) == ([0] * 8, [False] * 8)


def test_counting_anew_in_every_epoch_is_no_restart():
    """Equal teeth from the same first step are epochs; the last may be cut."""
    steps = list(range(10)) * 3 + [0, 1, 2, 3]
    assert _found(steps) == ([0] * 34, [False] * 34)


def test_epoch_and_step_together_order_training():
    """Where a series gives both, a step that begins anew with the next epoch is not going back."""
    epoch = np.repeat([1.0, 2.0, 3.0], 4)
    step = np.tile(np.arange(4), 3)
    key = training_key(step, None, epoch)
    assert np.all(np.diff(key) > 0)


def test_a_second_file_that_repeats_steps_is_an_attempt():
    """The second file starts at 3 where the first got to 5."""
    attempt, superseded = _found([0, 1, 2, 3, 4, 5, 3, 4], [0] * 6 + [1] * 2)
    assert attempt == [0] * 6 + [1] * 2
    assert superseded == [False] * 3 + [True] * 3 + [False] * 2


def test_a_second_file_that_goes_on_is_no_attempt():
    """The second file starts beyond the first."""
    assert _found([0, 1, 2, 3, 4], [0, 0, 0, 1, 1])[0] == [0] * 5


def test_a_mark_of_the_writer_purges_from_its_step():
    """A session start at step 4 overtakes 4 and 5 though the next point comes at 6."""
    attempt, superseded = _found([0, 2, 4, 5, 6, 7], marks=[(4, 4.0)])
    assert attempt == [0, 0, 0, 0, 1, 1]
    assert superseded == [False, False, True, True, False, False]


@pytest.mark.parametrize("n", [0, 1])
def test_hardly_any_points(n):
    """No point and one point are no restart."""
    assert _found([3.0] * n) == ([0] * n, [False] * n)


@given(st.lists(st.floats(allow_nan=True, allow_infinity=True), max_size=60), st.integers(0, 3))
def test_any_series_keeps_its_last_attempt(steps, cut):
    """Whatever the steps: attempts never fall, lengths agree, and the points of the last attempt stay in force."""
    source = np.zeros(len(steps), np.int64)
    source[len(steps) - min(cut, len(steps)) :] = 1
    found = find_attempts(Series(np.asarray(steps, float), source))
    assert np.all(np.diff(found.attempt) >= 0)
    assert len(found.superseded) == len(steps)
    if len(steps):
        assert not found.superseded[found.attempt == found.attempt[-1]].any()
