"""Tables in workbooks, as people keep them: titles, percent signs, gaps, notes, hidden sheets, several sheets."""

from __future__ import annotations

import datetime as dt
import io

import openpyxl
import pytest

from runlift.parsers._api import Level
from runlift.parsers.xlsx_table import XlsxTable


def book(**sheets: list) -> bytes:
    """A workbook with these sheets of rows."""
    made = openpyxl.Workbook()
    made.remove(made.active)
    for title, rows in sheets.items():
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


@pytest.fixture
def xlsx(read):
    """Reads a workbook."""
    return lambda data, **o: read(XlsxTable(), data, "runs.xlsx", **o)


RUNS = [
    ["Results of the spring", None, None, None, None],
    [],
    ["name", "lr", "batch_size", "val_acc", "notes"],
    ["base", 0.1, 32, "91.5%", None],
    ["wide", 0.01, 64, None, "crashed?"],
    [None, None, None, None, "ask Anna about this one"],
    ["deep", 1e-3, 64, 0.93, "best"],
]


def test_a_sheet_of_runs(xlsx):
    """A hand-kept sheet: each row is a run, a percent sign is kept as printed, an empty cell is nothing."""
    said = xlsx(book(Runs=RUNS))
    assert [(r.name, r.notes, r.position) for r in said.runs] == [
        ("base", None, 4),
        ("wide", "crashed?", 5),
        ("deep", "best", 7),
    ]
    assert [p[0][3] for (_, m), p in said.points.items() if m == "val_acc"] == [91.5, 0.93]
    assert [p.value for p in said.facts if getattr(p, "key", "") == "lr"] == [0.1, 0.01, 0.001]
    assert said.account.ignored == {"title": 1, "blank line": 1, "remark": 1}


def test_steps_in_a_sheet(xlsx):
    """A sheet by steps is one run; positions are rows of the sheet."""
    said = xlsx(book(log=[["step", "loss", "optimizer"], [10, 0.5, "adam"], [20, 0.25, "adam"]]))
    assert said.steps("loss") == [10, 20]
    assert said.positions("loss") == [2, 3]
    assert said.params == {"optimizer": "adam"}


def test_a_table_that_does_not_begin_in_the_corner(xlsx):
    """Empty rows and columns before a table, and remarks beside it, do not matter."""
    said = xlsx(
        book(
            log=[
                [],
                [None, "My table"],
                [],
                [None, None, "epoch", "loss"],
                [None, None, 1, 0.5, "hm"],
                [None, None, 2, 0.4],
            ]
        )
    )
    assert said.values("loss") == [0.5, 0.4]
    assert said.epochs("loss") == [1.0, 2.0]
    assert said.issue("cells-outside").count == 1


def test_groups_over_equal_names(xlsx):
    """A merged row of groups over equal names is put before them."""
    said = xlsx(
        book(
            log=[
                [None, "train", None, "val", None],
                ["epoch", "loss", "acc", "loss", "acc"],
                [1, 0.5, 0.1, 0.6, 0.2],
                [2, 0.4, 0.2, 0.5, 0.3],
            ]
        )
    )
    assert said.metrics == ["train/loss", "train/acc", "val/loss", "val/acc"]


def test_dates_and_durations(xlsx):
    """Cells that are dates are wall times; durations are seconds."""
    start = dt.datetime.fromisoformat("2024-01-01T10:00:00")
    said = xlsx(
        book(
            log=[
                ["step", "date", "loss", "took"],
                [1, start, 0.5, dt.timedelta(minutes=2)],
                [2, start, 0.4, dt.timedelta(hours=1)],
            ]
        )
    )
    assert said.walls("loss") == [1704103200.0, 1704103200.0]
    assert said.values("took") == [120.0, 3600.0]


def test_several_sheets(xlsx):
    """The first table is the workbook's own run, each further one a run named as its sheet; rows count on."""
    said = xlsx(
        book(a=[["step", "loss"], [1, 0.5], [2, 0.4]], b=[["step", "loss"], [1, 0.6], [2, 0.3]], c=[["just", "words"]])
    )
    assert said.values("loss") == [0.5, 0.4]
    assert said.values("loss", "b") == [0.6, 0.3]
    assert said.positions("loss", "b") == [5, 6]
    assert said.account.unrecognised == 1


def test_hidden_sheets_are_read_and_told(xlsx):
    """A hidden sheet is read like any other, and an issue says so."""
    made = openpyxl.load_workbook(io.BytesIO(book(a=[["step", "loss"], [1, 0.5], [2, 0.4]])))
    made.create_sheet("front")
    made["a"].sheet_state = "hidden"
    out = io.BytesIO()
    made.save(out)
    said = xlsx(out.getvalue())
    assert said.values("loss") == [0.5, 0.4]
    assert said.issue("hidden-sheet")


def test_formulas_that_were_never_computed_are_told(xlsx):
    """A formula without a stored value reads as empty; an issue counts them."""
    said = xlsx(book(log=[["step", "loss"], [1, 0.5], [2, "=B2/2"], [3, 0.25]]))
    assert said.steps("loss") == [1, 3]
    assert said.issue("formula-without-value").count == 1


def test_a_word_in_a_column_of_numbers(xlsx):
    """It costs one cell, by name and row."""
    said = xlsx(book(log=[["step", "loss"], [1, 0.5], [2, "n.a.!"], [3, 0.25]]))
    assert said.values("loss") == [0.5, 0.25]
    assert said.issue("non-number").position == 3


def test_many_rows(xlsx):
    """A long sheet comes in blocks, every row once."""
    said = xlsx(book(log=[["step", "loss"], *([i, i / 8] for i in range(9000))]))
    assert said.values("loss") == [i / 8 for i in range(9000)]
    assert said.positions("loss") == list(range(2, 9002))


@pytest.mark.parametrize(
    "data", [b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, b"PK\x03\x04" + b"\0" * 100, b"not a zip"]
)
def test_other_files(xlsx, data):
    """Old, encrypted and broken workbooks are issues that say what to do."""
    said = xlsx(data)
    assert {i.severity for i in said.facts if hasattr(i, "severity")} == {"error"}
    assert said.points == {}


def test_claims(match):
    """A workbook is known by its parts, whatever its name."""
    assert match(XlsxTable(), book(a=[["step", "loss"], [1, 0.5]]), "x.bin").level == Level.SIGNATURE
    assert match(XlsxTable(), b"PK\x03\x04 something", "weights.zip").level == Level.NO
    assert match(XlsxTable(), b"step,loss\n1,2\n", "x.xlsx").level == Level.NO


def test_locate(source):
    """A position shows the sheet, its row and the cells."""
    src = source(book(a=[["step", "loss"], [1, 0.5]], b=[["step", "loss"], [7, 0.25]]), "runs.xlsx")
    assert XlsxTable().locate(src, 4) == "b!2: 7\t0.25"


def test_a_row_keeps_its_identity_when_the_book_is_saved_again(xlsx):
    """Rows added, moved or completed: a run is known by its name and settings."""
    one = xlsx(book(Runs=RUNS))
    two = xlsx(book(Runs=[*RUNS[:4], ["new", 0.5, 16, 0.1], ["wide", 0.01, 64, 0.88, "finished now"], *RUNS[6:]]))
    assert {r.name: r.seed for r in one.runs}.items() <= {r.name: r.seed for r in two.runs}.items()
