"""What several answers ask of a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from runlift.api import RunStore


def params_of(store: RunStore, ids: list[str]) -> list[dict[str, Any]]:
    """The settings of some runs, one row each, by run_id and key."""
    query = "SELECT * FROM params WHERE run_id IN (SELECT unnest($1::VARCHAR[])) ORDER BY run_id, key"
    return store.rows(query, [ids])


def metric_names(store: RunStore, ids: list[str] | None = None) -> list[str]:
    """The metrics under their confirmed names, those of some runs or all, in order."""
    where, values = ("", []) if ids is None else ("WHERE run_id IN (SELECT unnest($1::VARCHAR[]))", [ids])
    rows = store.rows(f"SELECT DISTINCT metric FROM named_metrics {where} ORDER BY 1", values)
    return [r["metric"] for r in rows]
