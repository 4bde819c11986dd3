"""Lines that a terminal wrapped read as they were printed; so do lines that two writers share."""

from __future__ import annotations

import random

import pytest

from runlift.parsers._api import Source
from runlift.parsers.text_log import TextLog


def record(k, r):
    """One print, of a length that differs."""
    return (
        f"2026-11-25 10:{k // 60:02d}:{k % 60:02d} INFO step {k * 10} | train loss {r.uniform(0, 12):.{r.randrange(3, 7)}f} | "
        f"grad norm {r.uniform(0, 3):.4f} | validation accuracy {r.random():.4f} | samples per second {r.uniform(90, 2000):.2f}"
    )


def text(n=60):
    """A log with chatter between its prints."""
    r = random.Random(5)
    return "".join(record(k, r) + "\n" + ("Saving checkpoint\n" if k % 7 == 0 else "") for k in range(1, n))


def wrapped(whole, width):
    """The same as a terminal of ``width`` columns leaves it when it is copied."""
    return "".join(
        "".join(line[i : i + width] + "\n" for i in range(0, max(len(line), 1), width)) for line in whole.splitlines()
    )


@pytest.mark.parametrize("width", [60, 80, 100, 117])
def test_a_wrapped_log_reads_like_the_log(read, width):
    """Every series has the values, steps and times of the log that was not wrapped, and no other is there."""
    whole, got = read(text()), read(wrapped(text(), width))
    assert whole.names == got.names
    assert len(whole.names) >= 3
    for name in whole.names:
        for what in ("value", "step", "epoch", "time"):
            assert whole[name][what] == got[name][what]
    assert "wrapped-lines" in got.codes
    assert "wrapped-lines" not in whole.codes


def test_origins_are_physical_lines(read, tmp_path):
    """A point's position is the line of the file on which its print begins; the ledger counts every physical line."""
    folded = wrapped(text(), 80)
    got = read(folded)
    lines = folded.splitlines()
    first = [i + 1 for i, x in enumerate(lines) if x.startswith("2026-")]
    assert got["train/loss"]["line"] == first
    assert got.account.total == len(lines)
    joined = next(f for f in got.facts if getattr(f, "code", "") == "wrapped-lines")
    assert joined.count == len(lines) - len(text().splitlines())
    source = Source(str(tmp_path / "run.log"), "run.log", len(folded), 0)
    assert TextLog().locate(source, first[3]) == [x for x in text().splitlines() if x.startswith("2026-")][3]


def test_lines_that_are_equally_long_are_not_joined(read):
    """Prints of one length, under rulers as long, are no wrapped lines."""
    line = "step {k:05d} | train loss {a:.4f} | grad norm {b:.4f} | learning rate 0.000100 |"
    prints = [line.format(k=k, a=1 / k, b=2 / k) for k in range(1, 40)]
    got = read("\n".join(["=" * len(prints[0]), *prints, "=" * len(prints[0])]) + "\n")
    assert "wrapped-lines" not in got.codes
    assert got["train/loss"]["value"] == [float(f"{1 / k:.4f}") for k in range(1, 40)]


def test_a_line_as_wide_as_the_terminal_ends_there(read):
    """In a wrapped log a print that just fills the line is not joined with the next print."""
    r = random.Random(5)
    prints = [record(k, r) for k in range(1, 60)]
    prints[20] = (prints[20] + " " + "x" * 200)[:160]
    got = read(wrapped("\n".join(prints) + "\n", 80))
    assert len(got["train/loss"]["value"]) == 59


def test_a_wrapped_log_over_blocks_reads_alike(read, monkeypatch):
    """Where a block ends between a line and its continuation they are joined still."""
    from runlift.parsers import text_log

    folded = wrapped(text(400), 80)
    whole = read(folded)
    monkeypatch.setattr(text_log.TextLog, "_blocks", lambda *_: (
        ("\n".join(lines) + "\n").encode() for lines in (folded.splitlines()[i : i + 301] for i in range(0, 4000, 301)) if lines
    ))  # fmt: skip
    parted = read(folded)
    assert whole.series == parted.series
    assert parted.account.total == len(folded.splitlines())


def test_two_writers_on_one_line(read):
    """A print that begins right behind a number of another is a print of its own, on the same physical line."""
    got = read("".join(f"Epoch {k} train loss: 0.{k}5Epoch {k + 1} train loss: 0.{k + 1}5\n" for k in (1, 3, 5)))
    assert got["train/loss"]["value"] == [0.15, 0.25, 0.35, 0.45, 0.55, 0.65]
    assert got["train/loss"]["epoch"] == [1, 2, 3, 4, 5, 6]
    assert got["train/loss"]["line"] == [1, 1, 2, 2, 3, 3]
    assert got.account.total == 3
    assert "glued-lines" in got.codes


def test_a_time_right_behind_a_number(read):
    """The digits of the next print's date are no digits of the number before it."""
    got = read("".join(f"step {k} loss: 0.{k}2026-11-25 10:00:0{k},123 INFO saved\n" for k in range(1, 6)))
    assert got["loss"]["value"] == [0.1, 0.2, 0.3, 0.4, 0.5]


def test_indented_lines_of_one_width_are_prints_of_their_own(read):
    """Lines below a heading that are as long and as indented as the one before them go on nothing."""
    heads = "".join(
        f"Epoch [{e}/8]\n  [Train] Loss: 1.{e}937 | Dice: 0.9{e}34 | IoU: 0.9{e}07\n"
        f"  [Valid] Loss: 2.{e}796 | Dice: 0.9{e}23 | IoU: 0.9{e}02\n  [ LR  ] Current Learning Rate: 0.00{e}022\n"
        + "-" * 50
        + "\n"
        for e in range(1, 9)
    )
    got = read(heads)
    assert got["val/IoU"]["value"] == [round(0.9002 + e / 100, 4) for e in range(1, 9)]
    assert "wrapped-lines" not in got.codes
