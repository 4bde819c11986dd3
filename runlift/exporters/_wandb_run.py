"""A run in W&B's words: what its record and its config say."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runlift.moving.content import seconds
from runlift.moving.files import plain
from runlift.moving.names import NameRule
from runlift.moving.settings import project_of, typed

if TYPE_CHECKING:
    from runlift.moving.prepare import Prepared

PROJECTS = NameRule(r"[/\\#?%:]", 120)
PARAMS = NameRule(r"^(?=_wandb$|runlift$)")
OWN = "runlift"
_NOT_SAID = ("ingested_at", "written_at", "parts", "runlift_version", "revision", "fingerprint")


def config(run: Prepared) -> dict[str, Any]:
    """The config: the settings, and what W&B has no place for under ``runlift``."""
    said = {k: plain(v) for k, v in run.row.items() if v and k not in _NOT_SAID}
    return {k: typed(run.param_rows[k], text) for k, text in run.params.items()} | {OWN: said}


def fields(run: Prepared) -> dict[str, str]:
    """What the file holds of the run itself."""
    row = run.row
    found = {
        "name": row["name"],
        "project": project_of(run, PROJECTS),
        "group": row["group_name"],
        "job_type": row["job_type"],
        "notes": row["notes"],
        "host": row["host"],
        "tags": "\n".join(row["tags"] or ()),
        "start": repr(seconds(row["started_at"]) or 0.0),
        "exit_code": "" if exit_code(row["status"]) is None else str(exit_code(row["status"])),
        OWN: json.dumps(config(run)[OWN], sort_keys=True, ensure_ascii=False),
    }
    return {k: str(v) for k, v in found.items() if v}


def exit_code(status: str) -> int | None:
    """0 for finished, 1 for failed, 255 for killed, none for a run that has not ended."""
    return {"finished": 0, "failed": 1, "killed": 255, "unknown": 0}.get(status)
