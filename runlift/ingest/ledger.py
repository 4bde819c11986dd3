"""The ledger of a source: does every unit of it lie in exactly one place?"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from runlift.facts import Issue, Severity

if TYPE_CHECKING:
    from runlift.facts import Account


def ledger_columns(accounts: list[Account]) -> dict[str, Any]:
    """The ledger columns of a ``sources`` row: the first account in columns, all of them as JSON."""
    if not accounts:
        return {}
    a = accounts[0]
    return {
        "unit": a.unit,
        "total": a.total,
        "used": a.used,
        "ignored": sum(a.ignored.values()),
        "unrecognised": a.unrecognised,
        "damaged": sum(stop - start for start, stop in a.damaged),
        "unfinished": a.unfinished,
        "ledger": json.dumps([_as_json(x) for x in accounts]),
    }


def _as_json(a: Account) -> dict[str, Any]:
    return {
        "unit": a.unit,
        "total": a.total,
        "used": a.used,
        "ignored": a.ignored,
        "unrecognised": a.unrecognised,
        "damaged": [list(r) for r in a.damaged],
        "unfinished": a.unfinished,
    }


def check(name: str, accounts: list[Account]) -> list[Issue]:
    """An Issue for each account that does not add up: a fault of the reader, shown and not hidden."""
    return [
        Issue(
            "ledger-open",
            f"{name}: {abs(a.missing())} {a.unit} stand {'nowhere' if a.missing() > 0 else 'twice'} in the ledger.",
            severity=Severity.ERROR,
            done="All that was read was kept.",
            help="Please report this with the file.",
        )
        for a in accounts
        if a.missing() != 0
    ]
