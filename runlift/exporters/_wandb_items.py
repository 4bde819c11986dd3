"""What a W&B run holds beside points: media, histograms and tables, as rows that name their files.

Source of the values' forms: wandb/sdk/data_types (image.py, audio.py, histogram.py, table.py).
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, NamedTuple

from runlift.exporters._wandb_rows import STEP, Row
from runlift.moving.files import FileItem, by_tag, component, from_bytes, suffix
from runlift.moving.items import Item, curve_table, time_of
from runlift.moving.names import NameRule, fit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.moving.growth import Growth
    from runlift.moving.prepare import Prepared

KEYS = NameRule(rf"^(?=_(?:step|timestamp|runtime|wandb)$|{STEP}$)")
_TEXTS = ["step", "wall_time", "text"]


class Logged(NamedTuple):
    """A row, and the file that it names."""

    row: Row
    file: FileItem | None


def logged(run: Prepared) -> Iterator[Logged]:
    """Histograms, images, audio and curves, a row each."""
    items, start = run.content.items, run.content.start
    for row in items.get("histograms", []):
        value = {"_type": "histogram", "bins": [*row["left"], *row["right"][-1:]], "values": row["count"]}
        yield Logged(_row(row, value, start), None)
    for row in items.get("media", []):
        if row["kind"] in ("image", "audio"):
            value, file = _media(run, row)
            yield Logged(_row(row, value, start), file)
    for row in items.get("curves", []):
        value, file = _table(row, row["columns"], curve_table(row))
        yield Logged(_row(row, value, start), file)


def text_tables(run: Prepared, growth: Growth) -> Iterator[Logged]:
    """The texts of a tag that are new, as one table of step, time and text."""
    for tag, rows in by_tag(run.content.items.get("texts", [])):
        texts = [[r["step"], r["wall_time"], r["text"]] for r in rows]
        new = [text for text in texts if growth.is_new([_text_item(_key(tag), text)])]
        if new:
            last = {"tag": tag, "step": new[-1][0], "wall_time": new[-1][1]}
            value, file = _table(last, _TEXTS, new)
            yield Logged(_row(last, value, run.content.start), file)


def text_items(run: Prepared) -> Iterator[Item]:
    """The texts, each by itself, as digests are made of."""
    for row in run.content.items.get("texts", []):
        yield _text_item(_key(row["tag"]), [row["step"], row["wall_time"], row["text"]])


def item(row: Row) -> Item:
    """A row as digests are made of."""
    text = json.dumps(row.value, sort_keys=True, ensure_ascii=False, default=str)
    return str(row.value["_type"]), row.key, row.step, row.time, text.encode("utf-8", "replace")


def is_text_table(table: dict[str, Any]) -> bool:
    """Whether a table is one of ``text_tables``."""
    return bool(table["columns"] == _TEXTS)


def items_of_table(row: Row, table: dict[str, Any]) -> Iterator[Item]:
    """The texts of a table that was read back."""
    return (_text_item(row.key, text) for text in table["data"])


def _text_item(key: str, text: list[Any]) -> Item:
    step, time, words = text
    return "text", key, -1 if step is None else step, 0.0 if time is None else time, words.encode("utf-8", "replace")


def _row(row: dict[str, Any], value: dict[str, Any], start: float) -> Row:
    return Row(_key(row["tag"]), value, row["step"] or 0, time_of(row, start))


def _key(tag: str) -> str:
    return fit([tag], KEYS)[tag]


def _media(run: Prepared, row: dict[str, Any]) -> tuple[dict[str, Any], FileItem]:
    kind = "images" if row["kind"] == "image" else "audio"
    path = f"media/{kind}/{_stem(row)}_{row['sha256'][:20]}{suffix(row)}"
    value = {"_type": f"{row['kind']}-file", "path": path, "sha256": row["sha256"], "size": row["bytes"]}
    if row["kind"] == "image":
        value |= {"format": suffix(row)[1:], "width": row["width"], "height": row["height"]}
    if row["caption"]:
        value["caption"] = row["caption"]
    return value, FileItem(path, row["sha256"], row["bytes"], path=run.content.reader.blob(row["sha256"]))


def _table(row: dict[str, Any], columns: list[str], data: list[list[Any]]) -> tuple[dict[str, Any], FileItem]:
    body = json.dumps({"columns": columns, "data": data}, ensure_ascii=False).encode("utf-8", "replace")
    made = from_bytes("", body)
    path = f"media/table/{_stem(row)}_{made.sha256[:20]}.table.json"
    value = {"_type": "table-file", "ncols": len(columns), "nrows": len(data), "path": path, "sha256": made.sha256}
    return value | {"size": made.size}, from_bytes(path, body)


def _stem(row: dict[str, Any]) -> str:
    return f"{component(row['tag'])}_{row['step'] or 0}"
