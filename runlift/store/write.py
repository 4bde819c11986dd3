"""What an ingest commits: the parts of its workers, then the rows that belong to no run."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runlift import __version__
from runlift.store.commit import commit_files
from runlift.store.committed import current_runs
from runlift.store.parts import PartFile, PartWriter

if TYPE_CHECKING:
    from collections.abc import Sequence


def state_of(run: dict[str, Any] | None) -> str:
    """Which row of ``runs`` a plan was made from; empty where there was none."""
    return f"{run['revision']} {run['written_at'].isoformat()}" if run else ""


def commit_batches(root: str, results: Sequence[Any]) -> int:
    """Commit parts and the runs in them (``runs`` last). The caller holds the lock.

    A run that another process has written since this one looked is left out, so that nothing of it is lost: the caller
    looks again and reads what is still missing.

    Args:
        root: The store.
        results: Of workers: ``files``, ``part`` and ``runs``, whose rows carry ``expected``, the ``state_of`` before.

    Returns:
        How many runs were left out.
    """
    current = current_runs(root)
    rows_now = {r["run_id"]: r for r in current.select(["run_id", "revision", "written_at"]).to_pylist()}
    now = dt.datetime.now(dt.UTC)
    stamp = {"ingested_at": now, "written_at": now, "runlift_version": __version__}
    rows: list[dict[str, Any]] = []
    files: list[PartFile] = []
    stale = 0
    for result in results:
        files += result.files
        for run in result.runs:
            before = rows_now.get(run["run_id"])
            if state_of(before) != run["expected"]:
                stale += 1
                continue
            number = before["revision"] + 1 if before else 1
            rows.append(run | stamp | {"revision": number, "parts": [result.part]})
    writer = PartWriter(root)
    writer.add("runs", sorted(rows, key=lambda r: r["run_id"]))
    commit_files(root, [*files, *writer.close(len(rows))])
    return stale


@dataclass(slots=True)
class Loose:
    """Rows that belong to no run: sources that gave none, and their issues."""

    sources: list[dict[str, Any]] = field(default_factory=list)
    issues: list[dict[str, Any]] = field(default_factory=list)

    def commit(self, root: str, ingest_id: str, ingest_row: dict[str, Any]) -> None:
        """Commit them with the ingest's own row. The caller holds the lock."""
        now = dt.datetime.now(dt.UTC)
        writer = PartWriter(root)
        sources = [r | {"ingested_at": now} for r in self.sources]
        writer.add("sources", sorted(sources, key=lambda r: r["source"]))
        issues = [{"ingest_id": ingest_id} | r for r in self.issues]
        writer.add("issues", sorted(issues, key=lambda r: (r["source"], r["position"])))
        writer.add("ingests", [ingest_row | {"runlift_version": __version__}])
        commit_files(root, writer.close(0))
