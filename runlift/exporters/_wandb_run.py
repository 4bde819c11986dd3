"""A run in W&B's words: its record, config, media, tables, files."""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from runlift.exporters._wandb_rows import STEP, Row
from runlift.moving.content import seconds
from runlift.moving.files import FileItem, component, from_bytes, plain, suffix
from runlift.moving.items import Item, time_of
from runlift.moving.names import NameRule, fit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.moving.prepare import Prepared

KEYS = NameRule(rf"^(?=_(?:step|timestamp|runtime|wandb)$|{STEP}$)")
PROJECTS = NameRule(r"[/\\#?%:]", 120)
PARAMS = NameRule(r"^(?=_wandb$|runlift$)")
OWN = "runlift"
_NOT_SAID = ("ingested_at", "written_at", "parts", "runlift_version", "revision", "fingerprint")
_INT64 = 1 << 63


def project(run: Prepared) -> str:
    """The project's name there."""
    name = run.row["project"] or "runlift"
    return fit([name], PROJECTS)[name]


def config_value(row: dict[str, Any], text: str) -> Any:
    """A setting as JSON holds it exactly; else its text."""
    kind, value = row["kind"], row["value"]
    if kind == "bool":
        return value == "true"
    if kind == "int" and -_INT64 <= int(value) < _INT64:
        return int(value)
    x = row["number"]
    return x if kind == "float" and x is not None and math.isfinite(x) and repr(x) == value else text


def text_of(value: Any) -> str:
    """A setting as the store spells it."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return repr(value) if isinstance(value, float) else str(value)


def config(run: Prepared) -> dict[str, Any]:
    """The config: the settings, and what W&B has no place for under ``runlift``."""
    said = {k: plain(v) for k, v in run.row.items() if v and k not in _NOT_SAID}
    return {k: config_value(run.param_rows[k], text) for k, text in run.params.items()} | {OWN: said}


def fields(run: Prepared) -> dict[str, str]:
    """What the file holds of the run itself."""
    row = run.row
    found = {
        "name": row["name"],
        "project": project(run),
        "group": row["group_name"],
        "job_type": row["job_type"],
        "notes": row["notes"],
        "host": row["host"],
        "tags": "\n".join(row["tags"] or ()),
        "start": repr(seconds(row["started_at"]) or 0.0),
        "exit_code": str(exit_code(row["status"])),
        OWN: json.dumps(config(run)[OWN], sort_keys=True, ensure_ascii=False),
    }
    return {k: str(v) for k, v in found.items() if v}


def exit_code(status: str) -> int | None:
    """0 for finished, 1 for failed, 255 for killed, none for a run that has not ended."""
    return {"finished": 0, "failed": 1, "killed": 255, "unknown": 0}.get(status)


def other_rows(run: Prepared) -> tuple[list[Row], list[FileItem]]:
    """Rows of images, histograms and tables, and the files that they name."""
    rows, files = [], []
    start = run.content.start
    for row in run.content.items.get("histograms", []):
        value = {"_type": "histogram", "bins": [*row["left"], *row["right"][-1:]], "values": row["count"]}
        rows.append(Row(_key(row["tag"]), value, row["step"] or 0, time_of(row, start)))
    for row in run.content.items.get("media", []):
        if row["kind"] == "image":
            value, file = _image(run, row)
            rows.append(Row(_key(row["tag"]), value, row["step"] or 0, time_of(row, start)))
            files.append(file)
    for tag, texts in _by_tag(run.content.items.get("texts", [])).items():
        value, file = _table(tag, texts)
        rows.append(Row(_key(tag), value, texts[-1]["step"] or 0, time_of(texts[-1], start)))
        files.append(file)
    return rows, files


def _key(tag: str) -> str:
    return fit([tag], KEYS)[tag]


def _image(run: Prepared, row: dict[str, Any]) -> tuple[dict[str, Any], FileItem]:
    path = f"media/images/{component(row['tag'])}_{row['step'] or 0}_{row['sha256'][:20]}{suffix(row)}"
    value = {"_type": "image-file", "path": path, "sha256": row["sha256"], "size": row["bytes"]}
    value |= {"format": suffix(row)[1:], "width": row["width"], "height": row["height"]}
    if row["caption"]:
        value["caption"] = row["caption"]
    return value, FileItem(path, row["sha256"], row["bytes"], path=run.content.reader.blob(row["sha256"]))


def _table(tag: str, texts: list[dict[str, Any]]) -> tuple[dict[str, Any], FileItem]:
    """All texts of a tag as one table of step, time and text."""
    data = [[t["step"], t["wall_time"], t["text"]] for t in texts]
    body = json.dumps({"columns": ["step", "wall_time", "text"], "data": data}, ensure_ascii=False)
    made = from_bytes("", body.encode("utf-8", "replace"))
    path = f"media/table/{component(tag)}_{texts[-1]['step'] or 0}_{made.sha256[:20]}.table.json"
    value = {"_type": "table-file", "ncols": 3, "nrows": len(data), "path": path, "sha256": made.sha256}
    return value | {"size": made.size}, from_bytes(path, made.data or b"")


def _by_tag(rows: list[dict[str, Any]]) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["tag"], []).append(row)
    return found


def items(rows: list[Row]) -> Iterator[Item]:
    """The rows as digests are made of."""
    for row in rows:
        text = json.dumps(row.value, sort_keys=True, ensure_ascii=False, default=str)
        yield str(row.value["_type"]), row.key, row.step, row.time, text.encode("utf-8", "replace")
