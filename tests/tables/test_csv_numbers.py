"""What cells of a text table say: numbers in every dress, nothing, words."""

from __future__ import annotations

import math

import pytest

from runlift.parsers.csv_table import CsvTable


@pytest.fixture
def csv(read):
    """Reads a CSV text."""
    return lambda data, name="t.csv", **o: read(CsvTable(), data, name, **o)


def test_every_value_is_kept_bit_for_bit(csv):
    """NaN, infinities, -0.0, denormals and 17 digits come out as they went in; empty cells are absent, not zero."""
    texts = [
        "nan",
        "-inf",
        "Infinity",
        "-0.0",
        "5e-324",
        "0.1000000000000000055",
        "1.7976931348623157e308",
        "",
        "1e400",
    ]
    said = csv("step,loss\n" + "".join(f"{i},{t}\n" for i, t in enumerate(texts)))
    got = said.values("loss")
    assert math.isnan(got[0])
    assert got[1:3] == [-math.inf, math.inf]
    assert math.copysign(1, got[3]) == -1
    assert got[4:] == [5e-324, 0.1, 1.7976931348623157e308, math.inf]
    assert said.steps("loss") == [0, 1, 2, 3, 4, 5, 6, 8]


def test_steps_are_exact_to_63_bits_and_may_be_negative(csv):
    """Steps that no double holds are read as integers."""
    said = csv(f"step,loss\n-7,1.0\n{2**53 + 1},2.0\n{2**63 - 1},3.0\n")
    assert said.steps("loss") == [-7, 2**53 + 1, 2**63 - 1]


def test_a_step_too_large_is_no_step(csv):
    """A step beyond 64 bits leaves the point without one and says so."""
    said = csv("step,loss\n1,1.0\n1e30,2.0\n")
    assert said.steps("loss") == [1, None]
    assert said.issue("step-out-of-range").position == 3


def test_percent_is_kept_as_printed(csv):
    """12% is 12, and an issue says how many there were."""
    said = csv("epoch,acc\n1,12%\n2,13.5 %\n")
    assert said.values("acc") == [12.0, 13.5]
    assert said.issue("percent").count == 2


def test_thousands_and_decimal_commas(csv):
    """1,234.5 is grouped in a file with points; 0,5 is a decimal in a file with semicolons."""
    assert csv('step,tokens,loss\n1,"1,234,567",0.5\n2,"2,000.5",0.25\n').values("tokens") == [1234567.0, 2000.5]
    said = csv("step;loss;tokens\n1;0,5;1.234.567\n2;0,25;12\n")
    assert said.values("loss") == [0.5, 0.25]
    assert said.values("tokens") == [1234567.0, 12.0]
    assert said.issue("decimal-comma").count == 2


def test_numbers_in_calls_are_taken_out(csv):
    """tensor(0.5) and np.float64(0.5) are numbers that someone printed."""
    said = csv("step,loss\n1,tensor(0.5)\n2,\"tensor(0.25, device='cuda:0')\"\n3,np.float64(0.125)\n")
    assert said.values("loss") == [0.5, 0.25, 0.125]
    assert said.issue("wrapped-number").count == 3


def test_one_bad_cell_costs_one_cell(csv):
    """A word in a column of numbers is an issue with its row; the column and the row's other cells stay."""
    said = csv("step,loss,acc\n1,0.5,0.1\n2,oops,0.2\n3,0.25,0.3\n")
    assert said.values("loss") == [0.5, 0.25]
    assert said.values("acc") == [0.1, 0.2, 0.3]
    issue = said.issue("non-number")
    assert issue.position == 3
    assert "'oops'" in issue.message
    assert "loss" in issue.message


def test_many_bad_cells_are_counted(csv):
    """The first five bad cells are told one by one, the rest in one issue with their count."""
    rows = "".join(f"{i},{'bad' if i % 3 == 0 else 0.5}\n" for i in range(60))
    issues = [i for i in csv("step,loss\n" + rows).facts if getattr(i, "code", "") == "non-number"]
    assert len(issues) == 6
    assert sum(i.count for i in issues) == 20


def test_words_that_never_change_are_settings_and_others_texts(csv):
    """A constant column of words is a setting; one that changes gives a text at each change."""
    said = csv("step,loss,optimizer,note\n1,0.5,adam,start\n2,0.4,adam,start\n3,0.3,adam,lower lr\n")
    assert said.params == {"optimizer": "adam"}
    assert said.texts == [("note", "start", 1), ("note", "lower lr", 3)]


def test_a_number_that_speaks_of_the_whole_run_is_a_setting_while_it_never_changes(csv):
    """n_parameters is a setting; where it changes after all, it is a metric with every point."""
    assert csv("step,loss,n_parameters\n1,0.5,1000\n2,0.4,1000\n").params == {"n_parameters": 1000}
    said = csv("step,loss,n_parameters\n1,0.5,1000\n2,0.4,1000\n3,0.4,900\n")
    assert said.values("n_parameters") == [1000.0, 1000.0, 900.0]
    assert said.params == {}


@pytest.mark.parametrize("word", ["None", "null", "NA", "n/a", "-", " ", "--"])
def test_words_for_nothing_are_nothing(csv, word):
    """Absent values in words are absent, and no issue is made of them."""
    said = csv(f"step,loss\n1,0.5\n2,{word}\n3,0.25\n")
    assert said.values("loss") == [0.5, 0.25]
    assert "non-number" not in said.codes
