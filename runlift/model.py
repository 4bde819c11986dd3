"""The unified run schema: every table and column of a store, documented here and nowhere else.

The tables are the public interface: SQL, pandas and any Parquet or Delta reader see these names. Types are Arrow's
(``timestamp`` is microseconds, UTC). ``docs/schema.md`` is generated from this file.
"""

from __future__ import annotations

from dataclasses import dataclass

SCHEMA_VERSION = 1

STATUSES = ("finished", "failed", "killed", "running", "unknown")
GOALS = ("min", "max", "unknown")


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its Arrow type as text, whether Parquet keeps it as a dictionary, and what it means."""

    name: str
    type: str
    doc: str
    dictionary: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """One table: what a row is, its columns, and the columns that its parts are sorted by."""

    name: str
    row: str
    columns: tuple[Column, ...]
    order: tuple[str, ...] = ("run_id",)

    @property
    def names(self) -> list[str]:
        """The column names in order."""
        return [c.name for c in self.columns]


def _text(name: str, doc: str) -> Column:
    return Column(name, "string", doc, dictionary=True)


RUN_ID = _text("run_id", "The run: 16 hex digits that derive from its own content, the same from any path.")
SOURCE = _text("source", "The source that this was read from, as in `sources`.")
POSITION = Column(
    "position", "int64", "Where in the source: line of a text, byte offset of a binary record, row of a table."
)
STEP = Column("step", "int64", "The step as read; null where the source gives none.")
WALL_TIME = Column("wall_time", "double", "Unix seconds, exactly as read; null where the source gives none.")
TAG = _text("tag", "The name that it was logged under.")
SHA256 = Column("sha256", "string", "Digest of the bytes, which lie in `blobs/<first two digits>/<digest>`.")
_ITEM = (RUN_ID, TAG, STEP, WALL_TIME)
_ORIGIN = (SOURCE, POSITION)
_ITEM_ORDER = ("run_id", "tag", "position")

RUNS = Table(
    "runs",
    "one experiment",
    (
        RUN_ID,
        Column("name", "string", "A name for people: the source's own, else its folder or file name."),
        _text("project", "The project or experiment that the source names, else the folder that was ingested."),
        _text("group_name", "The group that the source names."),
        _text("job_type", "What kind of work it was (train, eval, ...), where the source says so."),
        _text("status", "finished, failed, killed, running or unknown."),
        Column("started_at", "timestamp", "When it started, UTC, as precisely as the source says."),
        Column("ended_at", "timestamp", "When it ended, or the last time that was seen of it, UTC."),
        Column("duration_s", "double", "Seconds from start to end."),
        Column("source", "string", "Its first source."),
        Column("formats", "list<string>", "The formats that it was read from."),
        _text("framework", "What wrote it, where that is known."),
        _text("host", "The machine that it ran on."),
        _text("user_name", "Who ran it."),
        Column("command", "string", "The command line that started it."),
        Column("git_commit", "string", "The commit that it ran from."),
        Column("git_remote", "string", "The repository that it ran from."),
        Column("parent_run_id", "string", "The run that this one belongs to (a fold, a trial, a rank)."),
        _text("sweep_id", "The sweep or study that it is a trial of."),
        Column("tags", "list<string>", "Tags."),
        Column("notes", "string", "Notes of its author."),
        Column("native_id", "string", "The id that its own tracker gave it."),
        Column("fingerprint", "string", "Digest of what identity derives from."),
        Column("revision", "int64", "Rises by one each time that the run is read again with more in it."),
        Column("ingested_at", "timestamp", "When this revision was read, UTC."),
        Column("runlift_version", "string", "The runlift that read it."),
        Column(
            "written_at", "timestamp", "When this row was written, UTC: the latest row of the highest revision counts."
        ),
        Column("parts", "list<string>", "The parts (files of the other tables) that hold this revision."),
    ),
)

PARAMS = Table(
    "params",
    "one setting",
    (
        RUN_ID,
        Column("key", "string", "Dotted path of the setting.", dictionary=True),
        Column("value", "string", "The value as text, as read; lists and maps as JSON."),
        Column("number", "double", "The value as a number, where it is one; true is 1."),
        _text("kind", "int, float, bool, string, null, list or map."),
        *_ORIGIN,
    ),
    ("run_id", "key", "position"),
)

POINTS = Table(
    "points",
    "one point as read, superseded ones too",
    (
        RUN_ID,
        _text("metric", "The metric's name as logged."),
        STEP,
        Column("epoch", "double", "The epoch as read; null where the source gives none."),
        WALL_TIME,
        Column("value", "double", "The value: NaN, infinities and -0.0 as read."),
        Column("attempt", "int32", "0 for the first start of the run, one more for each restart."),
        Column(
            "superseded", "bool", "True where a later attempt, or a better source of the same metric, overtakes it."
        ),
        *_ORIGIN,
    ),
    ("run_id", "metric", "position"),
)

METRICS = Table(
    "metrics",
    "one metric of one run, over the points in force",
    (
        RUN_ID,
        _text("metric", "The metric's name as logged."),
        Column("n", "int64", "Points in force."),
        Column("first_step", "int64", "Step of the first point."),
        Column("last_step", "int64", "Step of the last point."),
        Column("first", "double", "Value of the first point."),
        Column("last", "double", "Value of the last point."),
        Column("min", "double", "Smallest finite value."),
        Column("max", "double", "Largest finite value."),
        Column("mean", "double", "Mean of the finite values."),
        Column("n_nonfinite", "int64", "How many values are NaN or infinite."),
        _text("step_kind", "What counts its x: step, epoch, time or none."),
        _text("goal", "min, max or unknown: which way is better, where the source or the name says so."),
    ),
    ("run_id", "metric"),
)

TEXTS = Table("texts", "one logged text", (*_ITEM, Column("text", "string", "The text, whole."), *_ORIGIN), _ITEM_ORDER)

HISTOGRAMS = Table(
    "histograms",
    "one logged histogram of k buckets",
    (
        *_ITEM,
        Column("left", "list<double>", "Left edges, k values."),
        Column("right", "list<double>", "Right edges, k values."),
        Column("count", "list<double>", "Counts, k values."),
        Column("min", "double", "Smallest value, where the source gives it."),
        Column("max", "double", "Largest value, where the source gives it."),
        Column("sum", "double", "Sum of the values, where the source gives it."),
        Column("sum_squares", "double", "Sum of the squares, where the source gives it."),
        *_ORIGIN,
    ),
    _ITEM_ORDER,
)

MEDIA = Table(
    "media",
    "one image, audio clip, video or mesh",
    (
        *_ITEM,
        _text("kind", "image, audio, video, mesh or other."),
        _text("mime", "Media type of the bytes."),
        Column("index", "int32", "Which of several that were logged at once, from 0."),
        Column("bytes", "int64", "Size of the bytes."),
        SHA256,
        Column("width", "int32", "Pixels across."),
        Column("height", "int32", "Pixels down."),
        Column("sample_rate", "double", "Audio samples a second."),
        Column("length_frames", "int64", "Audio or video frames."),
        Column("caption", "string", "Caption or label."),
        *_ORIGIN,
    ),
    _ITEM_ORDER,
)

CURVES = Table(
    "curves",
    "one curve logged at one step",
    (
        *_ITEM,
        _text("kind", "What curve: pr, roc, ..."),
        Column("columns", "list<string>", "Names of the columns."),
        Column("values", "list<double>", "The columns one after the other, all of one length."),
        *_ORIGIN,
    ),
    _ITEM_ORDER,
)

TENSORS = Table(
    "tensors",
    "one tensor of a kind with no table of its own",
    (
        *_ITEM,
        _text("plugin", "The plugin that it was logged for."),
        _text("dtype", "NumPy name of the element type, or string."),
        Column("shape", "list<int64>", "Its shape."),
        Column("bytes", "int64", "Size of the bytes (C order, little endian)."),
        SHA256,
        *_ORIGIN,
    ),
    _ITEM_ORDER,
)

ARTIFACTS = Table(
    "artifacts",
    "one file that belongs to the run",
    (
        RUN_ID,
        Column("name", "string", "Its name."),
        _text("type", "What it is: graph, model, config, ..."),
        Column("path", "string", "Where it lies, where it was left in place."),
        Column("bytes", "int64", "Its size."),
        SHA256,
        Column("stored", "bool", "True where the bytes are in the store."),
        *_ORIGIN,
    ),
    ("run_id", "name"),
)

SOURCES = Table(
    "sources",
    "one file that was read",
    (
        Column("source", "string", "What the store calls it: where it lay when it was first read."),
        Column("run_id", "string", "Its run; null where it has none, or several (see `run_ids`)."),
        _text("format", "The format that read it; null where none claimed it."),
        Column("parser_version", "int32", "Version of that format's reader."),
        Column("bytes", "int64", "Its size."),
        Column("digest", "string", "SHA-256 of its bytes; null where they were not read to the end."),
        Column("mtime", "int64", "Its time of change, Unix nanoseconds."),
        _text("unit", "What the ledger counts: bytes, lines or rows."),
        Column("total", "int64", "Ledger: units in the source."),
        Column("used", "int64", "Ledger: units that gave facts."),
        Column("ignored", "int64", "Ledger: units that a named rule leaves out (the rules are in `ledger`)."),
        Column("unrecognised", "int64", "Ledger: units that nothing understood."),
        Column("damaged", "int64", "Ledger: units that are damaged (the ranges are in `ledger`)."),
        Column("unfinished", "int64", "Ledger: units of a cut tail that a later reading may complete."),
        Column(
            "ledger", "string", "The whole ledger as JSON: a list of accounts with ignored rules and damaged ranges."
        ),
        Column("run_ids", "list<string>", "All the runs that it has a part in."),
        Column("path", "string", "Where it was last seen."),
        Column("copy_of", "string", "The source of which it is a copy."),
        Column(
            "joined_as", "string", "The run_id that its sources were joined under, whether or not that run has rows."
        ),
        Column("head", "string", "Digests of its beginning, as JSON: how a moved or grown source is known again."),
        Column("parts", "list<string>", "The parts that were written when it was read."),
        Column("ingest_id", "string", "The ingest that saw it last."),
        Column("ingested_at", "timestamp", "When that was, UTC."),
    ),
    ("source",),
)

ISSUES = Table(
    "issues",
    "one thing that was wrong, repaired or chosen",
    (
        _text("run_id", "The run; empty where it concerns a source without one."),
        *_ORIGIN,
        _text("code", "The cause, a short constant word."),
        _text("severity", "info (a repair or a choice), warning (something is short), error (a source is lost)."),
        Column("message", "string", "What was read and what is wrong with it."),
        Column("done", "string", "What was done about it."),
        Column("help", "string", "What you can do."),
        Column("count", "int64", "How many times."),
        Column("ingest_id", "string", "The ingest that found it."),
    ),
    ("run_id", "source", "position"),
)

INGESTS = Table(
    "ingests",
    "one command that read sources",
    (
        Column("ingest_id", "string", "Its id."),
        Column("started_at", "timestamp", "When it started, UTC."),
        Column("seconds", "double", "How long it took."),
        Column("paths", "list<string>", "What it was asked to read."),
        Column("sources", "int64", "Sources that it found."),
        Column("sources_read", "int64", "Sources that it decoded."),
        Column("sources_unchanged", "int64", "Sources that it knew already."),
        Column("sources_unrecognised", "int64", "Sources that no format claimed."),
        Column("runs", "int64", "Runs that it wrote."),
        Column("points", "int64", "Points that it wrote."),
        Column("issues", "int64", "Issues that it found."),
        Column("runlift_version", "string", "The runlift that ran."),
    ),
    ("ingest_id",),
)

TABLES: dict[str, Table] = {
    t.name: t
    for t in (
        RUNS, PARAMS, POINTS, METRICS, TEXTS, HISTOGRAMS, MEDIA, CURVES, TENSORS, ARTIFACTS, SOURCES, ISSUES, INGESTS,
    )
}  # fmt: skip

VIEWS = {
    "history": ("points", "one point in force: the points that are not superseded"),
    "aliases": ("names.json", "(name, metric), names that the user confirmed to mean a metric (`runlift names`)"),
    "meant": (
        "metrics",
        "(run_id, name, metric), which name a run logged of a metric that it has under a confirmed name alone",
    ),
    "named_metrics": ("metrics", "as `metrics`, under the names that the user confirmed"),
    "named_history": ("points", "as `history`, under the names that the user confirmed"),
}
