"""A run in Trackio's words: rows of values at one step and time, a config, media and files."""

from __future__ import annotations

import hashlib
import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from runlift.moving.files import component, suffix
from runlift.moving.items import Item, curve_table, time_of
from runlift.moving.names import NameRule, fit
from runlift.moving.rows import as_rows
from runlift.moving.series import microseconds
from runlift.moving.settings import project_of, typed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.moving.prepare import Prepared
    from runlift.moving.series import Series

# Trackio keeps letters, digits, - and _ of a project's name; the endings are those of its own files.
PROJECTS = NameRule(r"[^\w\-]|^(?=registry-)|(?=_(?:system|configs|traces|\w*artifact\w*)$)", 100)
KEYS = NameRule(r"^(?=(?:project|run|timestamp|step|time|metrics)$|__)", instead="x_")
PARAMS = NameRule(r"^(?=_|runlift$)", instead="x_")
OWN = "runlift"
_SPELT = {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}
_ROWS = 20_000


class Rows(NamedTuple):
    """What ``bulk_log`` takes: values, steps, times (ISO 8601) and ids of some rows; ``points`` in them."""

    values: list[dict[str, Any]]
    steps: list[int]
    times: list[str]
    ids: list[str]
    points: int


def as_read(text: str) -> str:
    """A text as Trackio gives it back: it takes three of them for numbers."""
    return _SPELT.get(text, text)


def fields(run: Prepared) -> dict[str, str]:
    """What is said of the run itself, kept in its config."""
    kept = (
        k
        for k, v in run.row.items()
        if v and k not in ("ingested_at", "written_at", "parts", "runlift_version", "revision", "fingerprint")
    )
    return {k: _text(run.row[k]) for k in kept}


def _text(value: Any) -> str:
    return (
        value.isoformat()
        if hasattr(value, "isoformat")
        else ", ".join(value)
        if isinstance(value, list)
        else str(value)
    )


def config(run: Prepared, mark: str) -> dict[str, Any]:
    """The whole config; ``mark`` says that everything before it is there."""
    found: dict[str, Any] = {k: typed(run.param_rows[k], text) for k, text in run.params.items()}
    row = run.row
    own = {"_Created": iso(run.content.start), "_Group": row["group_name"], "_Username": row["user_name"]}
    return found | {k: v for k, v in own.items() if v} | {OWN: {"complete": mark, "run": run.fields}}


def iso(time: float) -> str:
    """Unix seconds as Trackio writes times, to the microsecond."""
    return _iso(np.array([microseconds(np.array([time]))[0]]))[0]


def _iso(us: Any) -> list[str]:
    found: list[str] = [t + "+00:00" for t in np.datetime_as_string(us.astype("datetime64[us]")).tolist()]
    return found


def seconds(times: list[str]) -> Any:
    """Times as Trackio gives them, as Unix seconds; all are UTC."""
    return np.array([t[:26] for t in times], "datetime64[us]").astype(np.int64) / 1_000_000


def point_rows(run: Prepared, missing: list[Series]) -> Iterator[Rows]:
    """Points that have a step and a time in common share a row; of equal ones each has its own."""
    names = [run.names[s.metric] for s in missing]
    for part in as_rows(missing).parts(_ROWS):
        keys, numbers = [names[i] for i in part.code.tolist()], part.value.tolist()
        firsts, micros = part.starts[:-1], microseconds(part.time)
        values = [dict(zip(keys[a:b], numbers[a:b], strict=True)) for a, b in itertools.pairwise(part.starts.tolist())]
        steps, times, again = part.step[firsts].tolist(), micros[firsts].tolist(), part.nth[firsts].tolist()
        ids = [
            f"{run.run_id}:{s}:{t}:{n}:{_digest(','.join(v))}"
            for s, t, n, v in zip(steps, times, again, values, strict=True)
        ]
        yield Rows(values, steps, _iso(micros[firsts]), ids, len(keys))


_digests: dict[str, str] = {}


def _digest(text: str) -> str:
    if text not in _digests:
        _digests[text] = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:12]
    return _digests[text]


def item_rows(run: Prepared) -> Rows:
    """Histograms, images, audio and curves, a row each. An id is the same however many items come later."""
    made = Rows([], [], [], [], 0)
    again: Counter[str] = Counter()
    items = run.content.items
    logged = [("trackio.histogram", r, _histogram(r)) for r in items.get("histograms", [])]
    logged += [(f"trackio.{r['kind']}", r, _media(run, r)) for r in media(run)]
    logged += [
        ("trackio.table", r, {"_value": [dict(zip(r["columns"], values, strict=True)) for values in curve_table(r)]})
        for r in items.get("curves", [])
    ]
    for kind, row, value in logged:
        tag = fit([row["tag"]], KEYS)[row["tag"]]
        made.values.append({tag: {"_type": kind, **value}})
        made.steps.append(row["step"] or 0)
        made.times.append(iso(time_of(row, run.content.start)))
        own = f"{kind}:{_digest(repr((tag, row['step'], made.times[-1], value)))}"
        made.ids.append(f"{run.run_id}:{own}:{again[own]}")
        again[own] += 1
    return made


def _histogram(row: dict[str, Any]) -> dict[str, Any]:
    return {"bins": [*row["left"], *row["right"][-1:]], "values": row["count"]}


def _media(run: Prepared, row: dict[str, Any]) -> dict[str, Any]:
    return {"file_path": media_path(run, row), "caption": row["caption"]}


def media(run: Prepared) -> list[dict[str, Any]]:
    """What a run has of the kinds of media that Trackio shows."""
    return [r for r in run.content.items.get("media", []) if r["kind"] in ("image", "audio")]


def media_path(run: Prepared, row: dict[str, Any]) -> str:
    """Where Trackio looks for the bytes, below its folder for media: equal bytes of a step are one file."""
    return f"{project_of(run, PROJECTS)}/{component(run.run_id)}/{row['step'] or 0}/{row['sha256'][:24]}{suffix(row)}"


def items(rows: Rows) -> Iterator[Item]:
    """The rows of items as digests are made of."""
    times = seconds(rows.times) if rows.times else []
    for value, step, time in zip(rows.values, rows.steps, times, strict=True):
        for tag, said in value.items():
            yield said["_type"], tag, step, float(time), repr(sorted(said.items())).encode()
