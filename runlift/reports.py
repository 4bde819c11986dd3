"""What calls answer with: plain data, printed by the command line and read by programs."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(slots=True)
class IngestReport:
    """What an ingest did.

    Attributes:
        store: The store's folder.
        sources: Files found; ``read`` were decoded, ``unchanged`` known already, ``unrecognised`` claimed by no format.
        runs: Runs that were written (new or with more in them); ``runs_total`` in the store now.
        points: Points that were written; ``superseded`` of them overtaken or mirrored.
        bytes: Bytes that were decoded. ``seconds``: how long it all took.
        issues: Issues by severity. ``ledger``: totals by unit. ``formats``: sources read by format.
        unrecognised_kinds: Count of unrecognised files by suffix. ``skipped``: folders left out, by rule.
        worst: The first issues of severity warning and error, as rows of ``issues``.
    """

    store: str
    sources: int = 0
    read: int = 0
    unchanged: int = 0
    unrecognised: int = 0
    runs: int = 0
    runs_total: int = 0
    points: int = 0
    superseded: int = 0
    bytes: int = 0
    seconds: float = 0.0
    issues: dict[str, int] = field(default_factory=dict)
    formats: dict[str, int] = field(default_factory=dict)
    ledger: dict[str, dict[str, int]] = field(default_factory=dict)
    unrecognised_kinds: dict[str, int] = field(default_factory=dict)
    skipped: dict[str, int] = field(default_factory=dict)
    worst: list[dict[str, Any]] = field(default_factory=list)

    @property
    def losses(self) -> bool:
        """Whether anything is short: the command line then exits 1."""
        return bool(self.issues.get("warning") or self.issues.get("error"))


@dataclass(frozen=True, slots=True)
class ScanRow:
    """One source as ``scan`` sees it: the format that would read it, why, the run it would be part of, its issues."""

    source: str
    bytes: int
    format: str | None
    level: str
    why: str
    run: str | None
    joined: str
    state: str
    issues: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TraceLine:
    """Where one point or setting was read: ``text`` is the source's own line or record, None where it is gone."""

    source: str
    position: int
    unit: str
    format: str
    text: str | None
    note: str
    point: dict[str, Any]
