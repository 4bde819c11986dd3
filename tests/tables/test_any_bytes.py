"""No bytes make a reader of tables, records or settings fail: issues come instead, and ledgers add up."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import zipfile

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from runlift.facts import Account, Issue, Param, Points
from runlift.parsers._api import Head, Level, ParseOptions, Source
from runlift.parsers.csv_table import CsvTable
from runlift.parsers.jsonl import JsonRecords
from runlift.parsers.settings import Settings
from runlift.parsers.xlsx_table import XlsxTable

CSV = 'step,loss,acc,note\n1,0.5,12%,a\n2,nan,"1,234",b\n\n# x\n3,,0.5,"q ""w"" \n z"\n4,inf,0,\n'
LINES = (
    '{"step": 1, "loss": 0.5, "a": {"b": [1, 2]}}\n{"step": 2, "loss": NaN, "mode": "train"}\n{"step": 3, "t": "x"}\n'
)
DOCUMENT = json.dumps(
    {"log_history": [{"step": i, "loss": 0.5, "t": "x"} for i in range(5)], "h": {"loss": [1, 2]}}, indent=1
)
YAML = "a: !!python/tuple [1, 2]\nb: &x {c: 1e-3}\nd: *x\ne: |\n  text\nf: 'q'\n"
INI = "[a]\nb = 1\nc = [1,\n  2]\n"
OPTIONS = [
    ParseOptions(),
    ParseOptions(layout="wide"),
    ParseOptions(layout="long"),
    ParseOptions(layout="runs", mapping={"step": "loss"}),
]


@functools.cache
def xlsx_bytes() -> bytes:
    """A small workbook."""
    import openpyxl

    book = openpyxl.Workbook()
    for row in (["Results"], ["step", "loss"], [1, 0.5], [2, "12%"]):
        book.active.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


class Bytes:
    """A Source in memory."""

    def __init__(self, data: bytes, name: str) -> None:
        self.data, self.name, self.path, self.basename = data, name, name, name
        self.size, self.mtime_ns = len(data), 0

    def open(self):
        """A reader at the start."""
        return io.BytesIO(self.data)

    def head(self, n=65_536):
        """The first bytes."""
        return self.data[:n]


def check(parser, data: bytes, name: str, options: ParseOptions) -> list:
    """Read bytes: facts of right shape, one account that adds up, the same twice."""
    source = Bytes(data, name)
    head = Head(source, source.head())
    assert isinstance(parser.recognise(head).level, Level)
    assert isinstance(parser.seed(head), bytes)
    facts = list(parser.parse(source, options))
    accounts = [f for f in facts if isinstance(f, Account)]
    assert len(accounts) == 1
    assert facts[-1] is accounts[0]
    assert accounts[0].missing() == 0
    assert all(
        n >= 0
        for n in (accounts[0].used, accounts[0].unrecognised, accounts[0].unfinished, *accounts[0].ignored.values())
    )
    assert all(0 < a < b <= accounts[0].total + 1 for a, b in accounts[0].damaged)
    for f in facts:
        if isinstance(f, Points):
            assert (
                len(
                    {
                        len(c)
                        for c in (f.value, f.position, f.step, f.epoch, f.wall_time, f.step_missing)
                        if c is not None
                    }
                )
                == 1
            )
            assert (f.position >= 1).all()
            assert (f.position <= max(1, accounts[0].total)).all()
        elif isinstance(f, Param):
            assert f.position <= max(1, accounts[0].total)
        elif isinstance(f, Issue):
            assert f.message
            assert f.code
    with contextlib.suppress(FileNotFoundError):
        for f in facts[:3]:
            parser.locate(source, getattr(f, "position", 1) if not isinstance(f, Points) else int(f.position[0]))
    again = list(parser.parse(source, options))
    assert [repr(f) for f in facts] == [repr(f) for f in again]
    return facts


CASES = [
    (CsvTable(), CSV, "t.csv"),
    (JsonRecords(), LINES, "t.jsonl"),
    (JsonRecords(), DOCUMENT, "t.json"),
    (Settings(), YAML, "hparams.yaml"),
    (Settings(), DOCUMENT, "config.json"),
    (Settings(), INI, "config.cfg"),
    (Settings(), "a = 1\n[b]\nc = [1, 2]\n", "config.toml"),
]
SLOW = settings(deadline=None, max_examples=150, suppress_health_check=list(HealthCheck))


@pytest.mark.parametrize(("parser", "sample", "name"), CASES, ids=[c[2] for c in CASES])
def test_a_sample_cut_at_any_byte(parser, sample, name):
    """Every beginning of a sample is read as far as it goes."""
    data = sample.encode()
    for n in range(len(data) + 1):
        check(parser, data[:n], name, ParseOptions())


@pytest.mark.parametrize(
    "name",
    [
        "t.csv",
        "t.tsv",
        "t.txt",
        "t.jsonl",
        "t.json",
        "hparams.yaml",
        "config.json",
        "config.cfg",
        "config.toml",
        "args.txt",
        "t.xlsx",
    ],
)
@SLOW
@given(data=st.binary(max_size=400))
@example(data=b"")
@example(data=b"\0" * 50)
@example(data=b"\xff\xfe" + b"a" * 9)
@example(data=b"\xff\xfea\0,\0b\0\n\x001\0,\x002\0\n\0")
@example(data=b"[[[[" * 2000)
@example(data=b"{" * 3000)
def test_random_bytes(name, data):
    """Any bytes under any name are issues, never an exception."""
    parsers = {
        "csv": CsvTable(),
        "tsv": CsvTable(),
        "txt": Settings() if name == "args.txt" else CsvTable(),
        "jsonl": JsonRecords(),
        "json": Settings() if name == "config.json" else JsonRecords(),
        "xlsx": XlsxTable(),
    }
    check(parsers.get(name.split(".")[-1], Settings()), data, name, ParseOptions())


CELL = st.one_of(
    st.sampled_from(
        [
            "",
            "nan",
            "-inf",
            "1e400",
            "0.5",
            "12%",
            "1,234",
            "0,5",
            "x",
            '"',
            '""',
            "#",
            "-",
            "1e18",
            "99999999999999999999",
            "true",
            "2024-01-01",
            "1700000000",
            "{'a': 1}",
            "[1]",
            "0:01:02",
            " 1",
            "1 ",
            "\u00a0",
            "日",
            "=1+1",
        ]
    ),
    st.integers(-(2**70), 2**70).map(str),
    st.floats().map(repr),
    st.text(max_size=5),
)
HEADER = st.lists(
    st.sampled_from(
        ["step", "loss", "epoch", "run", "tag", "value", "time", "lr", "", "name", "mode", "acc", "seed", "x"]
    ),
    min_size=1,
    max_size=6,
)


@SLOW
@given(
    HEADER,
    st.lists(st.lists(CELL, max_size=7), max_size=12),
    st.sampled_from(list(",\t;| ")),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from(OPTIONS),
)
def test_random_tables(header, rows, delimiter, end, options):
    """Tables of odd cells under odd headers are read without an exception, in every layout."""
    text = end.join(delimiter.join(r) for r in [header, *rows])
    check(CsvTable(), text.encode("utf-8", "surrogatepass"), "t.csv", options)


VALUE = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(2**70), 2**70),
        st.floats(),
        st.text(max_size=4),
        st.sampled_from(["1:02:03", "train", "0.5"]),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.sampled_from(["step", "loss", "a", "steps", "values", "mode"]), inner, max_size=4),
    ),
    max_leaves=20,
)
RECORDS = st.lists(
    st.dictionaries(
        st.sampled_from(["step", "loss", "epoch", "mode", "run", "config", "name", "value", "time", "x"]),
        VALUE,
        max_size=6,
    ),
    max_size=6,
)


@SLOW
@given(RECORDS, st.sampled_from(OPTIONS))
def test_random_records(records, options):
    """Records of odd values are read without an exception, as lines and as a list."""
    check(JsonRecords(), "\n".join(json.dumps(r) for r in records).encode(), "t.jsonl", options)
    check(JsonRecords(), json.dumps(records, indent=1).encode(), "t.json", options)


@SLOW
@given(VALUE)
def test_random_documents(value):
    """Documents of odd values are read without an exception, as records and as settings."""
    data = json.dumps(value, indent=1).encode()
    check(JsonRecords(), data, "t.json", ParseOptions())
    check(Settings(), data, "config.json", ParseOptions())
    check(Settings(), data, "config.yaml", ParseOptions())


@SLOW
@given(st.data())
def test_damaged_samples(data):
    """A sample with bytes changed anywhere is read without an exception."""
    parser, sample, name = data.draw(st.sampled_from(CASES))
    damaged = bytearray(sample.encode())
    for _ in range(data.draw(st.integers(1, 4))):
        damaged[data.draw(st.integers(0, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    check(parser, bytes(damaged), name, data.draw(st.sampled_from(OPTIONS)))


@settings(deadline=None, max_examples=60, suppress_health_check=list(HealthCheck))
@given(st.data())
def test_damaged_workbooks(data):
    """A workbook cut short, or with bytes or parts of it changed, is an issue."""
    whole = xlsx_bytes()
    if data.draw(st.booleans()):
        check(XlsxTable(), whole[: data.draw(st.integers(0, len(whole)))], "t.xlsx", ParseOptions())
        return
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(whole)) as old, zipfile.ZipFile(out, "w") as new:
        victim = data.draw(st.sampled_from(old.namelist()))
        for part in old.namelist():
            content = bytearray(old.read(part))
            if part == victim and content:
                content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
            new.writestr(part, bytes(content))
    check(XlsxTable(), out.getvalue(), "t.xlsx", ParseOptions())


def test_a_source_that_is_not_there():
    """A file that vanished raises OSError, which the fence turns into an issue."""
    with pytest.raises(OSError, match="gone"):
        list(CsvTable().parse(Source("/gone.csv", "gone.csv", 1), ParseOptions()))
