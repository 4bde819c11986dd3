"""A destination looked at again, later: is all that the store has still there as it was sent?"""

from __future__ import annotations

import tempfile
from typing import TYPE_CHECKING

from runlift import registry
from runlift.errors import OptionError
from runlift.moving.move import prepare_all, read_back
from runlift.moving.prepare import WITH_SOURCES, loss_table
from runlift.moving.target import MovingTarget

if TYPE_CHECKING:
    from runlift.exporters._api import StoreReader, Tell
    from runlift.moving.receipt import Receipt


def verify_moved(dest: str, store: StoreReader, target: str | None, tell: Tell | None = None) -> Receipt:
    """Compare a destination with the store; see ``runlift.api.verify_destination``."""
    chosen = _target(dest, target)
    chosen.tell = tell
    with tempfile.TemporaryDirectory(prefix="runlift-") as folder, chosen.open(dest, reading=True) as session:
        runs = prepare_all(chosen, store, folder, attach_sources=False)
        places = [session.find(run) for run in runs]
        if any(p is not None and (p.mark or "").endswith(WITH_SOURCES) for p in places):
            runs = prepare_all(chosen, store, folder, attach_sources=True)
        return read_back(chosen, session, runs, dest)


def targets() -> dict[str, type[MovingTarget]]:
    """The trackers that runs can be moved to, by name."""
    return {name: e for name, e in registry.exporters().items() if issubclass(e, MovingTarget)}


def owner(dest: str) -> type[MovingTarget] | None:
    """The tracker that a destination is; None where runs were moved to it with none."""
    return next((t for t in targets().values() if t.owns(dest)), None)


def _target(dest: str, name: str | None) -> MovingTarget:
    known = targets()
    if name is not None and name not in known:
        raise OptionError("target", name, f"one of {', '.join(sorted(known))}")
    found = known[name] if name else owner(dest)
    if found is None:
        raise OptionError("destination", dest, "no runs were moved here; name the target")
    return found()


def loss_tables() -> str:
    """The loss table of every target, as the text of a page."""
    return "\n".join(_loss_table(name, target) for name, target in targets().items())


def _loss_table(name: str, target: type[MovingTarget]) -> str:
    head = f"### `{name}`\n\n| code | what is met | what it becomes | where the original is |\n|---|---|---|---|"
    rows = [f"| `{loss.code}` | {loss.what} | {loss.becomes} | {loss.kept} |" for loss in loss_table(target)]
    return "\n".join([head, *rows, ""])
