"""Times, settings, outcomes, and what must not be invented."""

from __future__ import annotations

import datetime as dt

import pytest

from runlift.facts import Param, RunSeen, Text


def _unix(*args: int) -> float:
    return dt.datetime(*args, tzinfo=dt.UTC).timestamp()


@pytest.mark.parametrize(
    ("stamp", "time"),
    [
        ("2026-11-25 10:00:05,250", _unix(2026, 11, 25, 10, 0, 5, 250_000)),
        ("2026-11-25 10:00:05.250", _unix(2026, 11, 25, 10, 0, 5, 250_000)),
        ("[2026-11-25 10:00:05]", _unix(2026, 11, 25, 10, 0, 5)),
        ("2026-11-25T10:00:05Z", _unix(2026, 11, 25, 10, 0, 5)),
        ("2026-11-25T10:00:05+02:00", _unix(2026, 11, 25, 8, 0, 5)),
        ("2026-11-25T10:00:05-0500", _unix(2026, 11, 25, 15, 0, 5)),
        ("2026/11/25 10:00:05", _unix(2026, 11, 25, 10, 0, 5)),
        ("11/25/2026 10:00:05", _unix(2026, 11, 25, 10, 0, 5)),
        ("25/11/26 10:00:05", _unix(2026, 11, 25, 10, 0, 5)),
        ("Wed Nov 25 10:00:05 2026", _unix(2026, 11, 25, 10, 0, 5)),
        ("[11/20 10:00:05]", _unix(2025, 11, 20, 10, 0, 5)),
        ("I1120 10:00:05.000000 77 solver.cpp:1]", _unix(2025, 11, 20, 10, 0, 5)),
    ],
)
def test_times(read, stamp, time):
    """Usual stamps become Unix seconds; a stamp without a year is of the last year before the file's own time."""
    got = read("".join(f"{stamp} - step {k} loss 0.{k}\n" for k in range(1, 4)))
    assert got["loss"]["time"] == [time] * 3


def test_what_is_inferred_of_times_is_said(read):
    """A missing zone, year or date is an Issue."""
    assert "time-zone" in read("2026-11-25 10:00:05 step 1 loss 0.1\n").codes
    assert "time-year" in read("[11/20 10:00:05] step 1 loss 0.1\n").codes
    got = read("".join(f"10:00:0{k} - step {k} loss 0.{k}\n" for k in range(1, 4)))
    assert "time-of-day" in got.codes
    assert got["loss"]["time"] == [_unix(2025, 11, 24, 10, 0, k) for k in range(1, 4)]


def test_a_clock_passes_midnight(read):
    """Times of day get their dates backwards from the file's own time; a clock that falls passed midnight."""
    got = read(
        "".join(
            f"{t} - step {k} loss 0.{k}\n" for k, t in enumerate(("22:00:00", "23:59:59", "00:10:00", "01:00:00"), 1)
        )
    )
    first = _unix(2025, 11, 23, 22, 0, 0)
    assert got["loss"]["time"] == [first, first + 7199, first + 7800, first + 10800]


def _params(got):
    return {p.key: p.value for p in got.of(Param)}


RUN = "".join(f"epoch {k} loss 0.{k}\n" for k in range(1, 5))


def test_params_of_a_namespace(read):
    """A printed Namespace is settings, with values as Python would read them."""
    got = read("Namespace(lr=0.1, model='resnet', layers=[1, 2], opt=Adam(beta=0.9), amp=False, seed=None)\n" + RUN)
    assert _params(got) == {"lr": 0.1, "model": "resnet", "layers": [1, 2], "opt.beta": 0.9, "amp": False, "seed": None}
    assert got.names == ["loss"]


def test_params_of_a_command(read):
    """A command line is kept, and its options are settings."""
    got = read("+ python train.py --lr 0.1 --epochs=3 --amp --name my_run\n" + RUN)
    assert _params(got) == {"lr": 0.1, "epochs": 3, "amp": True, "name": "my_run"}
    assert any(r.command and "train.py" in r.command for r in got.of(RunSeen))


def test_params_of_a_yaml_dump(read):
    """Indented blocks give dotted keys."""
    got = read("model:\n  name: vit\n  depth: 12\ntrain:\n  lr: 0.1\n  schedule: cosine\nseed: 3\n" + RUN)
    assert _params(got)["model.depth"] == 12
    assert _params(got)["train.schedule"] == "cosine"


def test_params_with_leaders(read):
    """``key ...... value`` blocks are settings."""
    got = read(
        "".join(
            f"  {k} {'.' * (30 - len(k))} {v}\n"
            for k, v in (("lr", 0.1), ("hidden_size", 64), ("seed", 3), ("fp16", True))
        )
        + RUN
    )
    assert _params(got) == {"lr": 0.1, "hidden_size": 64, "seed": 3, "fp16": True}


def test_params_of_a_table_of_flags(read):
    """A box of flags and values is settings; its header is none."""
    rows = "".join(
        f"| {k:<8} | {v:<8} |\n"
        for k, v in (("flag", "value"), ("lr", 0.1), ("model", "resnet"), ("bs", 64), ("opt", "adam"))
    )
    got = read(f"+----------+----------+\n{rows}+----------+----------+\n" + RUN)
    assert _params(got) == {"lr": 0.1, "model": "resnet", "bs": 64, "opt": "adam"}
    assert got.names == ["loss"]


def _status(got):
    return next((r.status for r in got.of(RunSeen) if r.status), None)


TRACE = 'Traceback (most recent call last):\n  File "train.py", line 3, in <module>\n    main()\n{}\n'


@pytest.mark.parametrize(
    ("end", "status"),
    [
        ("Training completed.\n", "finished"),
        (TRACE.format("ValueError: bad shape"), "failed"),
        (TRACE.format("KeyboardInterrupt"), "killed"),
        ("RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB\n", "failed"),
        ("slurmstepd: error: *** JOB 17 ON node1 CANCELLED AT 2026-11-25T10:00:00 ***\n", "killed"),
        ("slurmstepd: error: *** STEP 17.0 ON n1 CANCELLED DUE TO TIME LIMIT ***\n", "killed"),
        ("", None),
    ],
)
def test_outcome(read, end, status):
    """How the run ended is what the log says last."""
    assert _status(read(RUN + end)) == status


def test_a_failure_that_training_outlived_is_none(read):
    """Metrics after a traceback: the run went on."""
    assert _status(read(TRACE.format("ValueError: x") + RUN)) is None


def test_all_epochs_done_is_finished(read):
    """The last epoch of its total is the end."""
    assert _status(read("".join(f"Epoch {k}/4 loss 0.{k}\n" for k in range(1, 5)))) == "finished"


def test_a_traceback_is_kept_whole(read):
    """The traceback is a text of the run, at its line."""
    got = read(RUN + TRACE.format("ValueError: bad shape"))
    (text,) = got.of(Text)
    assert text.position == 5
    assert text.text.endswith("ValueError: bad shape")


def test_a_crash_before_metrics_is_a_run_without_metrics(read):
    """Nothing is made up for a log that crashed."""
    got = read("loading data\n" + TRACE.format("ImportError: no module named 'x'"))
    assert got.names == []
    assert _status(got) == "failed"


def test_printed_source_code_is_no_data(read):
    """A program's own source in its log gives no metric."""
    code = (
        "import torch\nfrom torch import nn\nclass Net(nn.Module):\n    def __init__(self):\n        super().__init__()\n"
        "        self.lr = 0.1\n        self.steps = 100\n    def forward(self, x):\n        loss = 0.5\n        return loss * 3.0\n"
        "def main():\n    for epoch in range(10):\n        loss = 1.5\n        print(f'epoch {epoch} loss {loss}')\nmain()\n"
    )
    got = read(code + RUN)
    assert got.names == ["loss"]
    assert got["loss"]["value"] == [0.1, 0.2, 0.3, 0.4]


def test_a_package_list_is_no_data(read):
    """A pip list in the log gives no metric."""
    listing = "".join(f"package-{c}=={k}.{k + 1}\n" for k, c in enumerate("abcdefgh"))
    assert read(listing + RUN).names == ["loss"]


def test_a_user_pattern_comes_before_all(read):
    """A pattern given by the user names what it reads."""
    got = read(
        "".join(f"it {k} | L {1 / k:.2f} | other 3\n" for k in range(1, 4)),
        patterns=("it {step:d} | L {train/loss} | other {_}",),
    )
    assert got["train/loss"]["step"] == [1, 2, 3]
    assert got.names == ["train/loss"]
