"""A run in MLflow's words: its tags, status and times, the files that its UI shows as image charts."""

from __future__ import annotations

import json
import re
import uuid
from typing import TYPE_CHECKING

from runlift.moving.content import seconds
from runlift.moving.files import FileItem
from runlift.moving.losses import Loss
from runlift.moving.names import NameRule, fit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.moving.prepare import Prepared

TAG_LIMIT, NAME_LIMIT = 8000, 250
RUN_ID, MARK = "runlift.run_id", "runlift.complete"
# Letters and digits of any script, _ - . space : / and no path that is another's: not /a, a/, a//b, . or ..
NAMES = NameRule(r"[^\w\-. :/]|(?<=/)/|^/|/$|(?:^|(?<=/))\.{1,2}(?=/|$)", NAME_LIMIT)
_IMAGE_KEY = NameRule(r"[^a-zA-Z0-9_\-.]", 100)
_STATUS = {"finished": "FINISHED", "failed": "FAILED", "killed": "KILLED", "running": "RUNNING", "unknown": "FINISHED"}
_OWN_TAGS = {
    "user_name": "mlflow.user",
    "notes": "mlflow.note.content",
    "command": "mlflow.source.name",
    "git_commit": "mlflow.source.git.commit",
    "git_remote": "mlflow.source.git.repoURL",
}
_LISTED = ("group_name", "job_type", "host", "framework", "sweep_id", "native_id", "parent_run_id", "status")

NO_START = Loss("no-start", "a run whose start is unknown", "1970-01-01T00:00:00.001Z", "as null in `runlift/run.json`")
NO_END = Loss("no-end", "an ended run whose end is unknown", "its start", "as null in `runlift/run.json`")
PARENT = Loss("parent-absent", "a parent that is not in the target", "the tag `runlift.parent_run_id` alone")
IMAGE_KEYS = Loss(
    "image-key", "an image tag with other than letters, digits, _ - . and space", "`_` and a digest there"
)


def fields(run: Prepared) -> dict[str, str]:
    """Name, experiment, status, start and end (Unix milliseconds) as MLflow is to hold them."""
    row = run.row
    start = _ms(seconds(row["started_at"]))
    end = _ms(seconds(row["ended_at"]))
    if not start:
        run.losses[NO_START.code] += 1
    if end is None and row["status"] != "running":
        run.losses[NO_END.code] += 1
        end = start or 1
    return {
        "name": run.text(NAME_LIMIT, row["name"] or run.run_id),
        "experiment": run.text(NAME_LIMIT, row["project"] or "runlift"),
        "status": _STATUS[row["status"]],
        "start": str(start or 1),
        "end": "" if end is None else str(end),
    }


def _ms(time: float | None) -> int | None:
    return None if time is None else round(time * 1000)


def tags(run: Prepared) -> dict[str, str]:
    """Tags: what MLflow shows of a run under its own names, everything else under ``runlift.``."""
    row = run.row
    found = {RUN_ID: run.run_id}
    found |= {tag: row[column] for column, tag in _OWN_TAGS.items() if row[column]}
    found |= {f"runlift.{column}": str(row[column]) for column in _LISTED if row[column]}
    for column in ("started_at", "ended_at"):
        if row[column]:
            found[f"runlift.{column}"] = row[column].isoformat()
    if row["tags"]:
        found["runlift.tags"] = json.dumps(row["tags"], ensure_ascii=False)
        rule = NameRule(NAMES.refused, NAME_LIMIT - len("tag."))
        found |= {f"tag.{name}": "true" for name in fit(row["tags"], rule).values()}
    if run.row["command"]:
        found["mlflow.source.type"] = "LOCAL"
    if any(f.name.startswith("images/") for f in run.files):
        found["mlflow.loggedImages"] = "True"
    return {k: run.text(TAG_LIMIT, v) for k, v in found.items()}


def images(run: Prepared) -> Iterator[FileItem]:
    """PNG images under the names by which the UI draws them over steps (mlflow/tracking/client.py, log_image)."""
    for n, row in enumerate(run.content.items.get("media", [])):
        if row["kind"] != "image":
            continue
        key = fit([row["tag"].replace("/", "~")], NameRule(_IMAGE_KEY.refused.replace("\\-", "\\-~ "), 100))
        name = next(iter(key.values()))
        run.losses[IMAGE_KEYS.code] += name != row["tag"].replace("/", "~")
        time = run.content.start if row["wall_time"] is None else row["wall_time"]
        own = uuid.uuid5(uuid.NAMESPACE_OID, f"{run.run_id} {n} {row['sha256']}")
        ending = re.sub(r"^image/(\w+).*", r"\1", row["mime"] or "image/png")
        path = f"images/{name}+step+{row['step'] or 0}+timestamp+{round(time * 1000)}+{own}"
        bytes_ = run.content.reader.blob(row["sha256"])
        # The UI draws the second, a smaller copy; here it is the image itself, so that no library has to shrink it.
        for end in (f".{ending}", f"+compressed.{ending}"):
            yield FileItem(path + end, row["sha256"], row["bytes"], path=bytes_)
