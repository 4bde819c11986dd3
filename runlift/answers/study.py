"""What a page shows of runs, as plain data: the table of runs, details of one run, its media. Used by report and app."""

from __future__ import annotations

import datetime as dt
import math
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runlift.api import RunStore

OWN = ("name", "project", "group_name", "job_type", "status", "started_at", "duration_s", "framework", "host",
       "user_name", "command", "git_commit", "parent_run_id", "sweep_id", "tags", "notes", "formats", "source")  # fmt: skip


def overview(store: RunStore) -> dict[str, Any]:
    """Counts of the store, its metrics (goal, runs, x kinds), confirmed names, keys of settings by how many have them."""
    counts = store.rows(
        "SELECT (SELECT count(*) FROM runs) AS runs, (SELECT sum(n)::BIGINT FROM metrics) AS points, "
        "(SELECT count(*) FROM sources) AS sources, (SELECT count(*) FROM issues WHERE severity <> 'info') AS losses, "
        "(SELECT max(ingested_at) FROM runs) AS read_at"
    )[0]
    metrics = store.rows(
        "SELECT metric AS name, count(*) AS runs, sum(n)::BIGINT AS points, max(n) AS most, "
        "CASE WHEN count(*) FILTER (goal = 'min') > count(*) FILTER (goal = 'max') THEN 'min' "
        "WHEN count(*) FILTER (goal = 'max') > 0 THEN 'max' ELSE 'unknown' END AS goal, "
        "mode(step_kind) AS step_kind FROM named_metrics GROUP BY metric ORDER BY runs DESC, name"
    )
    params = store.rows(
        "SELECT key, count(*) AS runs, count(DISTINCT value) AS distinct_values FROM params GROUP BY key "
        "ORDER BY runs DESC, key"
    )
    kinds = {
        table: store.rows(f"SELECT count(*) AS n FROM {table}")[0]["n"]
        for table in ("texts", "histograms", "media", "curves", "tensors", "issues")
    }
    found: dict[str, Any] = json_plain(
        {"counts": counts, "metrics": metrics, "params": params, "kinds": kinds, "aliases": store.names}
    )
    return found


def run_rows(store: RunStore, run_ids: list[str]) -> list[dict[str, Any]]:
    """A row a run, in the order of ``run_ids``: its own columns, ``p`` (settings) and ``m`` (metric -> last, min, ...)."""
    columns = ", ".join(("run_id", *OWN))
    rows = {
        r["run_id"]: {k: v for k, v in r.items() if v not in (None, [], "")} | {"p": {}, "m": {}}
        for r in _asked(store, f"SELECT {columns} FROM runs WHERE run_id IN (SELECT unnest($1::VARCHAR[]))", run_ids)
    }
    for r in _asked(
        store,
        "SELECT run_id, key, value, number, kind FROM params WHERE run_id IN (SELECT unnest($1::VARCHAR[]))",
        run_ids,
    ):
        number = r["kind"] in ("int", "float") and r["number"] is not None and math.isfinite(r["number"])
        rows[r["run_id"]]["p"][r["key"]] = r["number"] if number else r["value"]
    values = "run_id, metric, n, last, min, max, mean, last_step, n_nonfinite"
    for r in _asked(
        store, f"SELECT {values} FROM named_metrics WHERE run_id IN (SELECT unnest($1::VARCHAR[]))", run_ids
    ):
        rows[r["run_id"]]["m"][r["metric"]] = [
            r["last"],
            r["min"],
            r["max"],
            r["mean"],
            r["last_step"],
            r["n"],
            r["n_nonfinite"],
        ]
    found: list[dict[str, Any]] = json_plain([rows[i] for i in run_ids if i in rows])
    return found


DETAILS = {
    "sources": (
        ("SELECT unnest(run_ids) AS run_id, source, path, format, bytes, unit, total, used, ignored, unrecognised, damaged, "
        "unfinished FROM sources"),
        "source", 2000,
    ),
    "issues": (
        "SELECT run_id, severity, code, message, done, help, count, source, position FROM issues", "severity, code", 500,
    ),
    "texts": (
        "SELECT run_id, tag, step, text[:200000] AS text, length(text) AS length, source, position FROM texts",
        "tag, step", 500,
    ),
    "media": (
        ('SELECT run_id, tag, step, kind, mime, "index", width, height, sample_rate, length_frames, caption, bytes, sha256 '
        "FROM media"),
        'tag, step, "index"', 2000,
    ),
    "histograms": ('SELECT run_id, tag, step, "left", "right", count FROM histograms', "tag, step", 1000),
    "curves": ('SELECT run_id, tag, step, kind, columns, "values" FROM curves', "tag, step", 200),
    "tensors": ("SELECT run_id, tag, step, plugin, dtype, shape, bytes FROM tensors", "tag, step", 500),
}  # fmt: skip


def run_details(store: RunStore, run_ids: list[str]) -> dict[str, dict[str, Any]]:
    """Of each run: sources with their ledger, issues, texts (200,000 characters of each), media, histograms, curves, tensors.

    Lists are cut at 200 curves, 500 issues, texts and tensors, 1,000 histograms, 2,000 sources and media a run.
    """
    found: dict[str, dict[str, Any]] = {i: {kind: [] for kind in DETAILS} for i in run_ids}
    for kind, (query, order, most) in DETAILS.items():
        asked = (
            f"SELECT * FROM ({query}) WHERE run_id IN (SELECT unnest($1::VARCHAR[])) "
            f"QUALIFY row_number() OVER (PARTITION BY run_id ORDER BY {order}) <= {most} ORDER BY run_id, {order}"
        )
        for row in _asked(store, asked, run_ids):
            found[row.pop("run_id")][kind].append(json_plain(row))
    return found


def _asked(store: RunStore, query: str, run_ids: list[str]) -> list[dict[str, Any]]:
    return store.rows(query, [run_ids])


def json_plain(value: Any) -> Any:
    """As JSON knows it: times in ISO 8601 UTC, numbers that are not finite as the words nan, inf and -inf."""
    if isinstance(value, dict):
        return {k: json_plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [json_plain(v) for v in value]
    if isinstance(value, float) and not math.isfinite(value):
        return "nan" if math.isnan(value) else "inf" if value > 0 else "-inf"
    if isinstance(value, dt.datetime):
        return value.replace(tzinfo=None).isoformat(timespec="seconds") + "Z"
    return value
