"""How text tables are written: delimiters, headers, encodings, quotes, remarks, rows out of shape."""

from __future__ import annotations

import codecs

import pytest

from runlift.facts import Restart
from runlift.parsers._api import Level
from runlift.parsers.csv_table import CsvTable

TABLE = [["step", "loss", "acc"], ["1", "0.5", "0.1"], ["2", "0.25", "0.2"], ["3", "0.125", "0.3"]]


@pytest.fixture
def csv(read):
    """Reads a CSV text."""
    return lambda data, name="t.csv", **o: read(CsvTable(), data, name, **o)


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|", " ", "   ", ", ", " | "])
def test_delimiters_are_found(csv, delimiter):
    """The same table in any delimiter, padded or not, gives the same points."""
    said = csv("".join(delimiter.join(row) + "\n" for row in TABLE), "t.txt")
    assert said.values("loss") == [0.5, 0.25, 0.125]
    assert said.values("acc") == [0.1, 0.2, 0.3]
    assert said.steps("acc") == [1, 2, 3]
    assert said.positions("acc") == [2, 3, 4]


def test_markdown_table(csv):
    """The rule under the header of a Markdown table is no row."""
    said = csv("| step | loss |\n|-----:|:-----|\n| 1 | 0.5 |\n| 2 | 0.25 |\n", "t.txt")
    assert said.values("loss") == [0.5, 0.25]
    assert said.account.ignored == {"rule": 1}


@pytest.mark.parametrize(
    ("codec", "mark"),
    [
        ("utf-8", codecs.BOM_UTF8),
        ("utf-8", b""),
        ("utf-16-le", codecs.BOM_UTF16_LE),
        ("utf-16-be", codecs.BOM_UTF16_BE),
        ("utf-16-le", b""),
        ("latin-1", b""),
    ],
)
def test_encodings(csv, codec, mark):
    """Any usual encoding gives the same names and numbers."""
    said = csv(mark + "step,précision\n1,0.5\n2,0.25\n".encode(codec))
    assert said.values("précision") == [0.5, 0.25]
    assert said.positions("précision") == [2, 3]


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends(csv, end):
    """LF, CRLF and the CR of old spreadsheets end lines; rows are counted alike."""
    said = csv(end.join(["step,loss", "1,0.5", "2,0.25", ""]))
    assert said.values("loss") == [0.5, 0.25]
    assert said.positions("loss") == [2, 3]


def test_late_bytes_that_are_not_utf8_cost_nothing(csv):
    """A stray byte far down is read as Windows-1252, and an issue says so."""
    rows = b"".join(b"%d,0.5,x\n" % i for i in range(20000))
    said = csv(b"step,loss,note\n" + rows + b"20000,0.25,caf\xe9\n")
    assert said.values("loss")[-1] == 0.25
    assert said.texts[-1] == ("note", "café", 20000)
    assert said.issue("not-utf8")


def test_no_header_with_a_counting_column(csv):
    """A table without names whose first column counts is read under made-up names."""
    said = csv("0,0.5,0.1\n1,0.25,0.2\n2,0.125,0.3\n")
    assert said.values("column 2") == [0.5, 0.25, 0.125]
    assert said.steps("column 3") == [0, 1, 2]


def test_no_header_and_nothing_that_counts_is_left_alone(csv):
    """A matrix of numbers is no experiment: every row is unrecognised, unless a layout is asked for."""
    data = "0.5,0.1\n0.25,0.2\n0.125,0.3\n"
    said = csv(data)
    assert said.points == {}
    assert said.account.unrecognised == 3
    assert said.issue("no-experiment-data")
    assert csv(data, layout="wide").values("column 2") == [0.1, 0.2, 0.3]


def test_numbered_rows_of_data_are_no_runs(csv):
    """Rows with an id are runs where some other column is of what runs have, not in a file of predictions."""
    said = csv("id,prediction\n" + "".join(f"{i},{i % 2}\n" for i in range(30)))
    assert said.issue("no-experiment-data")
    assert said.account.unrecognised == 30
    runs = csv("id,lr,best\n1,0.1,0.5\n2,0.01,0.6\n3,0.001,0.4\n")
    assert len(runs.points) == 3


def test_a_header_in_a_remark(csv):
    """`# step loss` above rows of numbers names the columns."""
    said = csv("# made by hand\n#  step    loss\n     0    1.05e+01\n   100    7.63e+00\n", "t.out")
    assert said.values("loss") == [10.5, 7.63]
    assert said.steps("loss") == [0, 100]
    assert said.account.ignored == {"comment": 1}


def test_json_in_a_remark_is_settings_and_its_start_gives_wall_times(csv):
    """A Monitor file's first line tells the environment and the time from which `t` counts."""
    said = csv('#{"t_start": 1614619328.25, "env_id": "CartPole-v1"}\nr,l,t\n9.0,9,1.5\n8.0,8,2.5\n')
    assert said.params == {"t_start": 1614619328.25, "env_id": "CartPole-v1"}
    assert said.walls("r") == [1614619329.75, 1614619330.75]
    assert said.values("t") == [1.5, 2.5]
    assert said.steps("r") == [0, 1]


def test_titles_above_the_header(csv):
    """Lines above the header that are no part of the table are left out by name."""
    said = csv("Results of March\n\nstep,loss\n1,0.5\n2,0.25\n")
    assert said.values("loss") == [0.5, 0.25]
    assert said.positions("loss") == [4, 5]
    assert said.account.ignored == {"title": 1, "blank line": 1}


def test_a_group_row_above_equal_names(csv):
    """Where names repeat and a row of groups stands above, each name gets its group."""
    said = csv(",train,train,val,val\nstep,loss,acc,loss,acc\n1,0.5,0.1,0.6,0.2\n2,0.4,0.2,0.5,0.3\n")
    assert said.metrics == ["train/loss", "train/acc", "val/loss", "val/acc"]


def test_equal_names_are_numbered(csv):
    """Two columns of one name are two metrics."""
    assert csv("step,loss,loss\n1,0.5,0.6\n2,0.4,0.5\n").metrics == ["loss", "loss.1"]


def test_the_index_of_pandas_is_no_metric(csv):
    """The unnamed first column that counts rows is left out; it gives the steps where nothing else does."""
    assert csv(",step,loss\n0,10,0.5\n1,20,0.25\n").metrics == ["loss"]
    said = csv(",loss\n0,0.5\n1,0.25\n")
    assert said.metrics == ["loss"]
    assert said.steps("loss") == [0, 1]


def test_quotes_delimiters_and_line_breaks_in_cells(csv):
    """Quoted cells may hold delimiters, quotes and line breaks; positions are the lines where records start."""
    said = csv('step,note,loss\n1,"a, ""b""\nc",0.5\n2,"d",0.25\n')
    assert said.values("loss") == [0.5, 0.25]
    assert said.positions("loss") == [2, 4]
    assert said.texts[0] == ("note", 'a, "b"\nc', 1)
    assert said.account.total == 4


def test_a_quote_that_is_never_closed_costs_one_line(csv):
    """The line of a stray quote is read by itself and the rest of the file goes on."""
    said = csv('step,loss,note\n1,0.5,"lost\n' + "".join(f"{i},0.25,x\n" for i in range(2, 2000)))
    assert len(said.values("loss")) == 1999
    assert said.issue("unclosed-quote").position == 2


def test_rows_out_of_shape(csv):
    """Short rows keep their cells, long rows their named ones, foreign lines are counted; nothing ends the reading."""
    said = csv("step,loss,acc\n1,0.5,0.1\n2,0.4\nTraceback (most recent call last):\n3,0.3,0.3,99\n\n4,0.2,0.4\n")
    assert said.steps("loss") == [1, 2, 3, 4]
    assert said.steps("acc") == [1, 3, 4]
    assert said.issue("short-row").position == 3
    assert said.issue("extra-cells").position == 5
    assert said.issue("not-a-row").position == 4
    account = said.account
    assert (account.total, account.used, account.unrecognised, account.ignored) == (7, 5, 1, {"blank line": 1})


def test_repeated_headers_are_left_out(csv):
    """A header that a restarted writer wrote again is no row, and steps that start over are kept as read."""
    said = csv("step,loss\n1,0.5\n2,0.4\nstep,loss\n1,0.6\n2,0.3\n")
    assert said.steps("loss") == [1, 2, 1, 2]
    assert said.account.ignored == {"repeated header": 1}
    assert not said.of(Restart)


def test_empty_cells_at_the_ends_of_rows(csv):
    """Rows that mostly end with an empty cell are as wide as the header."""
    said = csv("loss,step,val_loss\n" + "".join(f"0.5,{i},\n0.4,{i},\n,{i},0.25\n" for i in range(9)))
    assert said.values("val_loss") == [0.25] * 9
    assert said.values("loss") == [0.5, 0.4] * 9
    assert not said.codes & {"extra-cells", "short-row"}


def test_a_delimiter_too_many_at_the_end_of_every_row(csv):
    """An empty cell after the last named one is no column, in all rows or in some."""
    said = csv("step,loss\n1,0.5\n2,0.4,\n3,0.3,\n4,0.2,\n")
    assert said.values("loss") == [0.5, 0.4, 0.3, 0.2]
    assert said.metrics == ["loss"]
    assert not said.codes & {"extra-cells", "short-row"}


def test_a_row_cut_at_the_end_is_left_for_later(csv):
    """The last line without its end and with cells missing is unfinished, not wrong."""
    said = csv("step,loss,acc\n1,0.5,0.1\n2,0.")
    assert said.values("loss") == [0.5]
    assert said.account.unfinished == 1
    assert said.issue("unfinished-row")


def test_zero_bytes_of_a_crash_are_damage(csv):
    """A line of zero bytes is damaged; what follows is read."""
    said = csv(b"step,loss\n1,0.5\n" + b"\0" * 20 + b"\n2,0.25\n3,0.125\n")
    assert said.values("loss") == [0.5, 0.25, 0.125]
    assert said.account.damaged == ((3, 4),)


def test_header_alone(csv):
    """A header without rows is told, and gives nothing."""
    said = csv("step,loss\n")
    assert said.points == {}
    assert said.issue("no-rows")


def test_words_alone(csv):
    """A table without numbers is no experiment."""
    said = csv("name,colour\nanna,red\nbert,blue\n")
    assert said.points == {}
    assert said.runs == []
    assert said.account.used == 0


def test_every_line_of_large_files_is_numbered_right(csv):
    """Positions are line numbers across blocks, with blank lines, remarks and quotes among the rows."""
    lines = ["step,loss,note"]
    for i in range(60_000):
        lines.append(f"{i},{i / 7!r},{chr(34) + 'x,y' + chr(34) if i % 5000 == 7 else 'x'}")
        if i % 9000 == 5:
            lines.append("")
        if i % 11000 == 5:
            lines.append("# remark")
    said = csv("\n".join(lines) + "\n")
    positions = said.positions("loss")
    assert len(positions) == 60_000
    for step, position, value in zip(said.steps("loss"), positions, said.values("loss"), strict=True):
        assert lines[position - 1].startswith(f"{step},")
        assert value == step / 7


def test_locate_shows_the_record(source):
    """The row of a position is the source's own text, line breaks in quotes included."""
    src = source('step,note,loss\n1,"a\nb",0.5\n2,c,0.25\n', "t.csv")
    assert CsvTable().locate(src, 2) == '1,"a\nb",0.5'
    assert CsvTable().locate(src, 4) == "2,c,0.25"
    assert CsvTable().locate(source("step,loss\n1,0.5\n".encode("utf-16"), "u.csv"), 2) == "1,0.5"


@pytest.mark.parametrize(
    ("data", "name", "level"),
    [
        ("step,loss\n1,0.5\n2,0.4\n", "metrics.csv", Level.SHAPE),
        ("step\tloss\n1\t0.5\n2\t0.4\n", "metrics.tsv", Level.SHAPE),
        ("# step loss acc\n0 0.5 1\n1 0.4 2\n2 0.3 3\n", "lcurve.out", Level.SHAPE),
        ("name,colour\na,b\n", "people.csv", Level.NAME),
        ("", "empty.csv", Level.NAME),
        ("Epoch 1: loss 0.5\nEpoch 2: loss 0.4\nEpoch 3: loss 0.3\n", "train.log", Level.NO),
        ("step 1 loss 0.5\nstep 2 loss 0.4\nstep 3 loss 0.3\n", "train.txt", Level.NO),
        ("Steps: 10\tLoss: 2.5\nSteps: 20\tLoss: 2.0\nSteps: 30\tLoss: 1.5\n", "valid.txt", Level.NO),
        ('{"step": 1, "loss": 0.5}\n{"step": 2, "loss": 0.4}\n', "log.txt", Level.NO),
        (
            "hello\n# step loss acc\n0 0.5 1\n1 0.4 2\n2 0.3 3\nbye bye\nall is well that ends well\n",
            "train.log",
            Level.NO,
        ),
        (bytes(range(256)) * 10, "x.txt", Level.NO),
    ],
)
def test_claims(match, data, name, level):
    """A table is claimed by its shape; logs, JSON lines and other bytes are not."""
    assert match(CsvTable(), data, name).level == level
