"""Names that mean one metric (``val_acc``, ``acc/val``, ``valid.accuracy``): proposed, confirmed by the user, undoable.

A proposal comes from the words of the names alone. What is confirmed stands in ``names.json`` in the store's folder and
in the table ``aliases(name, metric)`` of SQL; points keep the names that they were read with, in ``metrics`` and ``history``;
answers ask ``named_metrics`` and ``named_history``.
"""

from __future__ import annotations

import json
import os
import re
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runlift.errors import MetricNotFoundError, OptionError
from runlift.store.named import FILE

if TYPE_CHECKING:
    from runlift.api import RunStore

_SPLIT = re.compile(r"[^A-Za-z0-9@]+|(?<=[a-z])(?=[A-Z])")
_SAME = {
    "valid": "val", "validation": "val", "dev": "val", "training": "train", "trn": "train", "testing": "test",
    "accuracy": "acc", "loss": "loss", "losses": "loss", "lr": "learning rate", "learningrate": "learning rate",
    "perplexity": "ppl", "prec": "precision", "rec": "recall", "err": "error", "epochs": "epoch", "acc1": "acc 1",
    "top1": "acc 1", "top5": "acc 5", "acc5": "acc 5", "grad": "gradient", "gnorm": "gradient norm",
}  # fmt: skip
_EMPTY = frozenset({"metrics", "metric", "epoch", "step", "avg", "mean", "the", "of"})


@dataclass(frozen=True, slots=True)
class Proposal:
    """Names that seem to mean one metric: ``metric`` is the one that most runs use, ``names`` the others."""

    metric: str
    names: tuple[str, ...]
    runs: int


def propose(store: RunStore) -> list[Proposal]:
    """Names that are made of the same words in another order or spelling and are not confirmed yet, the most used first.

    Two names that stand in one run with different values mean two things, and are never proposed.
    """
    rows = store.rows("SELECT metric, list(run_id) AS runs FROM metrics GROUP BY metric ORDER BY metric")
    settled = store.names
    runs = {r["metric"]: set(r["runs"]) for r in rows}
    by_words: dict[tuple[str, ...], list[str]] = defaultdict(list)
    for metric in runs:
        if metric not in settled:
            by_words[_words(metric)].append(metric)
    found = []
    for names in by_words.values():
        order = sorted(names, key=lambda n: (-len(runs[n]), n))
        others = tuple(n for n in order[1:] if not runs[n] & runs[order[0]])
        if others:
            found.append(Proposal(order[0], others, len(set().union(*(runs[n] for n in (order[0], *others))))))
    return sorted(found, key=lambda p: (-p.runs, p.metric))


def _words(name: str) -> tuple[str, ...]:
    words = [w.lower() for w in _SPLIT.split(name) if w]
    same = " ".join(_SAME.get(w, w) for w in words).split()
    return tuple(sorted(w for w in same if w not in _EMPTY)) or tuple(words)


def confirm(store: RunStore, metric: str, names: list[str]) -> dict[str, str]:
    """Store that ``names`` mean ``metric``; all that is confirmed now.

    Raises:
        MetricNotFoundError: A name that no run has.
        OptionError: ``metric`` itself is confirmed to mean another.
    """
    store.renew_names()  # another process may have confirmed some since this store was opened
    known = [r["metric"] for r in store.rows("SELECT DISTINCT metric FROM metrics ORDER BY 1")]
    for name in (metric, *names):
        if name not in known:
            raise MetricNotFoundError(name, known)
    settled = dict(store.names)
    if metric in settled:
        raise OptionError("metric", metric, f"{settled[metric]}, which it is confirmed to mean (or undo that first)")
    settled = {n: metric if meant in names else meant for n, meant in settled.items()}
    settled |= {n: metric for n in names if n != metric}
    _write(store, settled)
    return settled


def undo(store: RunStore, name: str) -> dict[str, str]:
    """Take back what was confirmed of a name (or of all names that mean it); all that is confirmed then.

    Raises:
        OptionError: Nothing is confirmed of that name.
    """
    store.renew_names()
    settled = dict(store.names)
    kept = {k: v for k, v in settled.items() if name not in (k, v)}
    if kept == settled:
        raise OptionError("name", name, f"one of {', '.join(settled) or '(nothing is confirmed)'}")
    _write(store, kept)
    return kept


def _write(store: RunStore, aliases: dict[str, str]) -> None:
    path = os.path.join(store.root, FILE)
    part = f"{path}.{os.getpid()}.tmp"
    with open(part, "w", encoding="utf-8") as f:
        json.dump({"aliases": aliases}, f, indent=1, ensure_ascii=False, sort_keys=True)
    os.replace(part, path)
    store.renew_names()
