"""What launchers, containers and loggers put in front of lines does not change what the lines give."""

from __future__ import annotations

import json

import pytest

from runlift.grammars._catalogue import catalogue
from runlift.grammars._claims import Claims
from runlift.grammars._load import built_in, folder
from runlift.grammars._sample import expected_lines, read_sample

PREFIXES = {
    "kubernetes": "2026-11-25T10:00:00.123456789Z stdout F ", "time": "[2026-11-25 10:00:00] ", "rank": "0: ", "rank word": "[rank0]: ",
    "worker": "(main pid=3) ", "logging": "INFO:root:", "level": "2026-11-25 10:00:00,123 INFO ", "slurm": "srun: ",
    "syslog": "Nov 25 10:00:00 node17 trainer[42]: ", "loguru": "2026-11-25 10:00:00.123 | INFO     | __main__:train:42 - ",
    "logger": "2026-11-25 10:00:00,123 - my.train - INFO - ", "elastic": "[default0]:", "torchrun": "[node1:0]:", "horovod": "[0]<stdout>:",
    "docker compose": "train_1  | ",
}  # fmt: skip


def _values(rows):
    return [r["value"] for r in map(json.loads, rows) if "metric" in r]


@pytest.mark.parametrize("name", PREFIXES)
def test_a_prefix_changes_nothing(name):
    """Of all series of all samples nearly all are found behind a prefix (samples that redraw lines are left out)."""
    found = wanted = 0
    for file in catalogue(folder() / "none"):
        log = file.log.read_bytes().decode("utf-8")
        if "\r" in log or "\x1b" in log:
            continue
        text = "\n".join(PREFIXES[name] + line if line.strip() else line for line in log.split("\n"))
        got = _values(expected_lines(read_sample(text.encode(), Claims(built_in()))))
        want = _values(file.expected.read_text(encoding="utf-8").splitlines())
        wanted += len(want)
        found += sum(values in got for values in want)
    assert found / wanted >= 0.97


def test_line_ends_and_colours_change_nothing():
    """CRLF and colours leave every series of every sample as it is."""
    for file in catalogue(folder() / "none"):
        log = file.log.read_bytes().decode("utf-8")
        if "\r" in log or "\x1b" in log:
            continue
        want = _values(file.expected.read_text(encoding="utf-8").splitlines())
        for text in (log.replace("\n", "\r\n"), "\n".join(f"\x1b[36m{line}\x1b[0m" for line in log.split("\n"))):
            assert _values(expected_lines(read_sample(text.encode(), Claims(built_in())))) == want, file.toml.stem
