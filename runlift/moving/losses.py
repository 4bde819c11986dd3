"""What a target cannot hold as it is, in words: one row of its loss table each."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

POINTS_FILE = "runlift/points.parquet"
RUN_FILE = "runlift/run.json"


@dataclass(frozen=True, slots=True)
class Loss:
    """One stated loss: ``code``, ``what`` is met, what it ``becomes`` in the target, where the original is ``kept``."""

    code: str
    what: str
    becomes: str
    kept: str = "in the store"


_POINTS = f"in `{POINTS_FILE}` of the run"
_RUN = f"in `{RUN_FILE}` of the run"

CLAMPED = Loss("infinite-value", "a value that is +Inf or -Inf", "the largest double of that sign", _POINTS)
FLOAT32 = Loss("float32-value", "a value that is no 32-bit float", "the nearest 32-bit float", _POINTS)
NEGATIVE_ZERO = Loss("negative-zero", "a value -0.0", "0.0", _POINTS)
NO_STEP = Loss("no-step", "a point without a step", "its place in its series, from 0", _POINTS)
NO_TIME = Loss("no-time", "a point without a time", "the start of its run, 1970 where that is unknown", _POINTS)
NEGATIVE_TIME = Loss("time-before-1970", "a time before 1970", "1970-01-01", _POINTS)
MILLISECONDS = Loss("time-to-ms", "a time finer than a millisecond", "the nearest millisecond")
MICROSECONDS = Loss("time-to-us", "a time finer than a microsecond", "the nearest microsecond")
EPOCH = Loss("epoch", "the epoch of a point", "nothing: points have a step and a time only", _POINTS)
COLLAPSED = Loss("equal-points", "points of a metric that are equal in step, time and value", "one of them", _POINTS)
SUPERSEDED = Loss("superseded", "points that a restart overtook", "nothing: points in force are moved")
STEP_RANGE = Loss("step-range", "a step of more than twelve digits", "the largest step that there is", _POINTS)
NAMES = Loss(
    "name",
    "a name with characters that the target refuses, or too long",
    "the name with `_` for what is refused, cut, and a digest of the original behind it",
    _RUN,
)
TWICE = Loss(
    "param-twice", "a setting that several sources give", "one setting a source, the later with a digest", _RUN
)
LONG = Loss("long-text", "a text over the target's limit", "its beginning, with `...` and its length", _RUN)
SPELLING = Loss("param-number", "a setting that is a number", "that number; how it was spelt is not kept", _RUN)
# Columns of runs that say more of it than its name, times, status and group.
RUN_WORDS = ("host", "user_name", "command", "git_commit", "git_remote", "notes", "tags", "job_type", "parent_run_id")
RUN_FIELDS = Loss("run-fields", "host, user, command, commit, notes, tags, parent", "nothing the target shows", _RUN)
RUN_TIME = Loss("run-time-to-ms", "start and end finer than a millisecond", "the nearest millisecond", _RUN)
STATUS = Loss("status", "the status unknown", "FINISHED", _RUN)
LEFT_FILE = Loss("file-left", "a file of the run that is not in the store", "its name and path, in `runlift/run.json`")
HISTOGRAM_SUMS = Loss(
    "histogram-sums", "smallest, largest, sum and squares of a histogram", "nothing", "in `runlift/histograms.jsonl`"
)
GAPS = Loss(
    "histogram-gaps", "a histogram whose buckets leave gaps", "buckets without them", "in `runlift/histograms.jsonl`"
)
CURVES = Loss(
    "curve-table",
    "a curve",
    "a table of its columns, a row a point, NaN and infinities empty; its kind is not said",
    "in `runlift/curves.jsonl`",
)


def count_histograms(rows: list[dict[str, Any]]) -> dict[str, int]:
    """How often the losses of histograms are met."""
    gaps = sum(row["left"][1:] != row["right"][:-1] for row in rows)
    return {HISTOGRAM_SUMS.code: len(rows), GAPS.code: gaps}


def as_file(kind: str, where: str, without: str = "") -> Loss:
    """The row for a kind of item that the target has no place for and keeps as a file; ``without``: but these."""
    what = f"logged {kind}" + (f" but {without}" if without else "")
    return Loss(f"{kind}-file", what, f"a file, `{where}`", "whole, in that file")
