"""The parts that every push stands on: retries, locks, receipts, comparison, the rules for points."""

from __future__ import annotations

import dataclasses
import json
import multiprocessing
import sys
from collections import Counter

import numpy as np
import pytest

import runlift
from runlift.errors import AccessError, DestinationError, MissingLibraryError, OptionError, PushStoppedError
from runlift.moving import lock, retry, series
from runlift.moving.receipt import receipt_path, without_credentials
from runlift.moving.rows import as_rows
from runlift.moving.verify import not_held

NAN = float("nan")


def _series(steps, values, times=None):
    n = len(values)
    return series.Series(
        metric="m",
        step=np.array(steps, np.int64),
        stepless=np.zeros(n, bool),
        epoch=np.full(n, NAN),
        time=np.zeros(n) if times is None else np.array(times, float),
        value=np.array(values, float),
        attempt=np.zeros(n, np.int32),
    )


class _Failing:
    """Fails with these statuses one after the other, then gives 42."""

    def __init__(self, *statuses: int) -> None:
        self.left, self.calls = list(statuses), 0

    def __call__(self) -> int:
        self.calls += 1
        if self.left:
            raise ConnectionError(self.left.pop(0))
        return 42


def _status(error):
    return error.args[0] if isinstance(error, ConnectionError) else None


@pytest.fixture
def pauses(monkeypatch):
    """The pauses that were made, none of which is waited for."""
    made = []
    monkeypatch.setattr("runlift.moving.retry.time.sleep", made.append)
    return made


def test_what_passes_is_tried_again_with_growing_pauses(pauses):
    """429, 5xx and broken connections; each pause is longer than half of what it may be."""
    assert retry.again(_Failing(429, 503, 0), _status, "x") == 42
    assert len(pauses) == 3
    assert all(0.1 * 2**k <= pause <= 0.2 * 2**k for k, pause in enumerate(pauses))


@pytest.mark.parametrize("status", [401, 403])
def test_refused_access_is_not_tried_again(pauses, status):
    """The error says so, and where credentials belong."""
    call = _Failing(status)
    with pytest.raises(AccessError, match="environment"):
        retry.again(call, _status, "x")
    assert (call.calls, pauses) == (1, [])


def test_what_does_not_pass_ends(pauses):
    """A request that is wrong is not repeated; a server that stays away is given up after eight tries."""
    wrong, away = _Failing(400), _Failing(*[503] * 20)
    for call in (wrong, away):
        with pytest.raises(PushStoppedError, match="goes on"):
            retry.again(call, _status, "x")
    assert (wrong.calls, away.calls) == (1, retry.TRIES)
    with pytest.raises(ZeroDivisionError):
        retry.again(lambda: 1 // 0, _status, "x")


def _hold(path, ready, free):
    with lock.held(path):
        ready.set()
        free.wait(20)


def test_a_lock_is_waited_for_and_freed_by_death(tmp_path):
    """A second holder is refused while the first lives, and let in when the first is killed."""
    context = multiprocessing.get_context("forkserver")
    ready, free = context.Event(), context.Event()
    path = str(tmp_path / "dest.runlift-lock")
    holder = context.Process(target=_hold, args=(path, ready, free))
    holder.start()
    assert ready.wait(20)
    with pytest.raises(DestinationError, match="too long"), lock.held(path, wait=0.2):
        pass
    holder.kill()
    holder.join()
    with lock.held(path, wait=5):
        pass


def test_receipts_hold_no_credentials(torture, tmp_path):
    """A user and password in an address stand neither in the receipt nor in its name."""
    dest = "https://ada:secret@tracker.example/mlflow"
    assert without_credentials(dest) == "https://tracker.example/mlflow"
    assert "secret" not in receipt_path("mlflow", dest)
    runlift.export("tensorboard", tmp_path / "logs", torture, runs="name = 'crashed'")
    said = json.loads((tmp_path / "logs.receipt.json").read_text())
    assert said["runs"][0]["compared"]["points"] == 300
    assert said["losses"][0].keys() == {"code", "what", "becomes", "kept"}


@pytest.mark.parametrize(
    ("target", "module"), [("mlflow", "mlflow"), ("trackio", "trackio.sqlite_storage"), ("wandb", "wandb.proto")]
)
def test_without_its_client_the_error_says_the_command(torture, tmp_path, monkeypatch, target, module):
    """What is missing, and what to run."""
    monkeypatch.setitem(sys.modules, module, None)
    monkeypatch.setitem(sys.modules, target, None)
    dest = "http://127.0.0.1:9" if target == "mlflow" else tmp_path / "dest"
    with pytest.raises(MissingLibraryError, match=rf'pip install "runlift\[{target}\]"'):
        runlift.export(target, dest, torture)


def test_a_wrong_condition_or_option_is_said(torture, tmp_path):
    """``runs`` has to be a filter that names what there is; options are the target's own."""
    with pytest.raises(runlift.RunliftError, match="nonsense"):
        runlift.export("tensorboard", tmp_path / "x", torture, runs="nonsense = 1")
    with pytest.raises(OptionError):
        runlift.export("tensorboard", tmp_path / "x", torture, colour="red")


def test_rules_change_what_they_say_and_count_it():
    """Each rule gives the new points and how many are other than before."""
    odd = _series(range(6), [np.inf, -np.inf, -0.0, 0.1, NAN, 1e300], [-1.0, 0.0004, NAN, 1.0, 2.0, 3.0])
    found = {rule.loss.code: rule.change(odd) for rule in vars(series).values() if isinstance(rule, series.SeriesRule)}
    counts = {code: n for code, (_, n) in found.items()}
    assert counts == {
        "infinite-value": 2,
        "float32-value": 2,
        "negative-zero": 1,
        "no-step": 0,
        "no-time": 1,
        "time-before-1970": 1,
        "time-to-ms": 1,
        "time-to-us": 0,
        "epoch": 0,
        "step-range": 0,
        "equal-points": 0,
    }
    assert found["infinite-value"][0].value[:2].tolist() == [sys.float_info.max, -sys.float_info.max]
    assert found["time-to-ms"][0].time[1] == 0.0


def test_equal_points_become_one():
    """Equal in step, time and value, NaN with NaN; the first of them stays in its place."""
    made, n = series.COLLAPSE.change(_series([1, 1, 2, 1, 2], [NAN, 5.0, NAN, 5.0, NAN]))
    assert (made.step.tolist(), n) == ([1, 1, 2], 2)


def test_what_a_target_lacks_counts_equal_points():
    """Of points that are equal as many are missing as it has fewer."""
    wanted, held = _series([1, 1, 1, 2], [NAN, NAN, NAN, 3.0]), _series([1, 2, 9], [NAN, 3.0, 4.0])
    assert not_held(wanted, held).step.tolist() == [1, 1]
    assert not_held(held, wanted).step.tolist() == [9]


def test_points_of_one_step_and_time_share_a_row():
    """Repeated points have rows of their own, and every point is in one row."""
    a = _series([0, 0, 1, -1], [1.0, 2.0, 3.0, 4.0])
    b = dataclasses.replace(_series([0, 1], [5.0, 6.0], [0.0, 0.5]), metric="b")
    rows = as_rows([a, b])
    sizes = Counter(np.diff(rows.starts).tolist())
    assert sizes == {1: 4, 2: 1}
    assert sorted(rows.value.tolist()) == [1.0, 2.0, 3.0, 4.0, 5.0, 6.0]
    assert [len(part) for part in rows.parts(2)] == [2, 2, 1]
    assert len(as_rows([])) == 0


def test_an_empty_store_moves_nothing(tmp_path):
    """No run: nothing is sent, and the receipt says that nothing differs."""
    (tmp_path / "lab").mkdir()
    runlift.ingest(tmp_path / "lab", tmp_path / "store")
    report = runlift.export("tensorboard", tmp_path / "logs", tmp_path / "store")
    assert (report.counts["runs"], report.unexplained) == (0, 0)
