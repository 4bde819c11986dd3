"""The workbook as a person and as a program finds it, read back with openpyxl."""

from __future__ import annotations

import re
import zipfile

import openpyxl
import pytest

import runlift
from runlift.errors import DestinationError, OptionError
from runlift.exporters._xlsx_book import MAX_TEXT


@pytest.fixture
def book(store, tmp_path):
    """The workbook of the store."""
    runlift.export("xlsx", tmp_path / "runs.xlsx", store)
    return openpyxl.load_workbook(tmp_path / "runs.xlsx")


def _column(sheet, title):
    titles = [c.value for c in sheet[1]]
    return [row[titles.index(title)].value for row in sheet.iter_rows(min_row=2)]


def test_it_begins_with_a_real_table_of_runs(book):
    """The first sheet is a table with filters and a frozen header: a row a run, last and best of each metric."""
    sheet = book.worksheets[0]
    assert sheet.title == "Runs"
    (table,) = sheet.tables.values()
    assert table.autoFilter is not None
    assert sheet.freeze_panes == "B2"
    assert set(_column(sheet, "name")) == {"lab/first.csv", "lab/second.csv", "lab/records.jsonl"}
    lasts = dict(zip(_column(sheet, "name"), _column(sheet, "loss (last)"), strict=True))
    bests = dict(zip(_column(sheet, "name"), _column(sheet, "loss (best)"), strict=True))
    assert (lasts["lab/first.csv"], bests["lab/first.csv"]) == (0.25, 0.25)
    assert (lasts["lab/second.csv"], bests["lab/records.jsonl"]) == ("1e-310", pytest.approx(1 / 3))


def test_every_double_comes_back_as_it_was(book):
    """Numbers keep all 17 digits; what a cell cannot hold stands there as text, visibly."""
    sheet = book["loss"]
    second = [v for v in _column(sheet, "lab/second.csv") if v is not None]
    assert second[:2] == [0.1, 0.30000000000000004]
    assert second[2] == "1e-310"
    assert [v for v in _column(sheet, "lab/first.csv") if v is not None] == [1.5, "nan", "inf", "-inf", 0.25]


def test_each_metric_has_a_sheet_and_a_chart(book):
    """Runs stand side by side over their steps; a native chart shows them."""
    sheet = book["loss"]
    assert sheet["A1"].value == "step"
    assert _column(sheet, "step") == [0, 1, 2, 3, 4, 10, 20]
    assert len(sheet._charts) == 1


def test_names_of_sheets_fit(book):
    """At most 31 characters, none twice, none of the characters that Excel refuses."""
    names = [s.title for s in book.worksheets]
    assert len({n.lower() for n in names}) == len(names)
    assert all(len(n) <= 31 and not re.search(r"[\[\]:*?/\\]", n) for n in names)
    assert sum(n.startswith("a-metric-with-a-name") for n in names) == 2


def test_no_text_is_a_formula(store, tmp_path):
    """Whatever a text begins with, no cell of any sheet holds a formula, and no link calls one."""
    runlift.export("xlsx", tmp_path / "runs.xlsx", store)
    with zipfile.ZipFile(tmp_path / "runs.xlsx") as file:
        sheets = [n for n in file.namelist() if n.startswith("xl/worksheets/sheet")]
        assert len(sheets) > 4
        assert not any(b"<f>" in file.read(n) or b"<f " in file.read(n) for n in sheets)
    cells = [c for s in openpyxl.load_workbook(tmp_path / "runs.xlsx") for row in s.iter_rows() for c in row]
    texts = {c.value for c in cells if c.data_type == "s"}
    assert {"=1+1", "+cmd", "-2+3", "@SUM(A1)"} <= texts


def test_long_texts_are_cut_and_said(book):
    """A text over Excel's limit is cut with a mark, and About says so."""
    longest = max((c.value for row in book["Runs"].iter_rows() for c in row if isinstance(c.value, str)), key=len)
    assert MAX_TEXT - 100 < len(longest) <= MAX_TEXT
    assert longest.endswith("[cut: 40,000 characters]")
    about = [c.value for row in book["About"].iter_rows() for c in row if c.value]
    assert any("longer than 32,767 characters" in str(v) for v in about)


def test_losses_are_in_the_workbook(book):
    """The sheet Losses holds the ledger of the sources and each issue."""
    texts = [c.value for row in book["Losses"].iter_rows() for c in row if c.value]
    assert "table-layout" in texts
    assert "csv" in texts


def test_more_rows_than_a_sheet_takes_are_split(store, tmp_path, monkeypatch):
    """Over the limit of rows a metric goes on, on a second sheet, and About lists both."""
    monkeypatch.setattr("runlift.exporters._xlsx_metrics.MAX_ROWS", 4)
    runlift.export("xlsx", tmp_path / "runs.xlsx", store)
    book = openpyxl.load_workbook(tmp_path / "runs.xlsx")
    parts = [s for s in book.worksheets if s.title.startswith("loss")]
    assert [s.max_row - 1 for s in parts] == [3, 3, 1]
    assert [step for s in parts for step in _column(s, "step")] == [0, 1, 2, 3, 4, 10, 20]


def test_more_columns_than_a_sheet_takes_are_split(store, tmp_path, monkeypatch):
    """Over the limit of columns the runs go on, on a second sheet, each with the name first."""
    monkeypatch.setattr("runlift.exporters._xlsx_runs.MAX_COLUMNS", 8)
    report = runlift.export("xlsx", tmp_path / "runs.xlsx", store)
    book = openpyxl.load_workbook(tmp_path / "runs.xlsx")
    parts = [s for s in book.worksheets if s.title.startswith("Runs")]
    assert len(parts) > 1
    assert all(s.max_column <= 8 and s["A1"].value == "name" for s in parts)
    assert any("split over" in note for note in report.notes)


def test_metrics_beyond_the_sheets_stand_in_one(store, tmp_path):
    """With fewer sheets than metrics the others stand one below the other; no point is left out."""
    full = runlift.export("xlsx", tmp_path / "full.xlsx", store)
    report = runlift.export("xlsx", tmp_path / "runs.xlsx", store, sheets=1)
    assert report.counts["points"] == full.counts["points"]
    assert "Points" in openpyxl.load_workbook(tmp_path / "runs.xlsx").sheetnames


def test_only_metrics_that_fit_a_pattern(store, tmp_path):
    """``metric`` chooses by pattern."""
    runlift.export("xlsx", tmp_path / "runs.xlsx", store, metric=("val/*",), charts=False)
    book = openpyxl.load_workbook(tmp_path / "runs.xlsx")
    assert book.sheetnames == ["Runs", "val_acc", "Losses", "About"]
    assert not book["val_acc"]._charts


def test_an_empty_store_gives_an_empty_workbook(tmp_path):
    """No run: the sheets are there, and nothing breaks."""
    (tmp_path / "lab").mkdir()
    runlift.ingest(tmp_path / "lab", tmp_path / "s")
    runlift.export("xlsx", tmp_path / "runs.xlsx", tmp_path / "s")
    assert openpyxl.load_workbook(tmp_path / "runs.xlsx").sheetnames[0] == "Runs"


def test_a_failed_export_leaves_the_old_file(store, tmp_path, monkeypatch):
    """The workbook is replaced only when the new one is whole; the error says where and why."""
    path = tmp_path / "runs.xlsx"
    path.write_bytes(b"old")

    def full(src, dst):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises(DestinationError, match="No space left"):
        runlift.export("xlsx", path, store)
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert not (tmp_path / "runs.xlsx.part").exists()
    with pytest.raises(DestinationError, match="cannot be written"):
        runlift.export("xlsx", tmp_path / "nowhere" / "runs.xlsx", store)


def test_a_wrong_option_is_said(store, tmp_path):
    """An option that there is not, or a value out of range, is an OptionError."""
    with pytest.raises(OptionError):
        runlift.export("xlsx", tmp_path / "x.xlsx", store, colour="red")
    with pytest.raises(OptionError, match="--sheets"):
        runlift.export("xlsx", tmp_path / "x.xlsx", store, sheets=-1)


def test_points_come_in_order_however_they_lie(tmp_path):
    """A run from one file in one part is read as it lies; one that is spread over files or parts is sorted."""
    lab = tmp_path / "lab"
    (lab / "a").mkdir(parents=True)
    (lab / "b").mkdir()
    (lab / "a" / "one.csv").write_text("step,loss\n" + "".join(f"{i},{2 / (i + 1)}\n" for i in range(40)))
    lines = [f"{i},{1 / (i + 1)}\n" for i in range(40)]
    (lab / "b" / "grown.csv").write_text("step,loss\n" + "".join(lines[:20]))
    runlift.ingest(lab, tmp_path / "s")
    (lab / "b" / "grown.csv").write_text("step,loss\n" + "".join(lines))
    runlift.ingest(lab, tmp_path / "s")
    runlift.export("xlsx", tmp_path / "runs.xlsx", tmp_path / "s")
    sheet = openpyxl.load_workbook(tmp_path / "runs.xlsx")["loss"]
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=2)]
    assert [sorted(r[1:]) for r in rows] == [[1 / (i + 1), 2 / (i + 1)] for i in range(40)]
