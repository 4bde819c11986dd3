"""Words at the front of lines, where several of them report the same metrics: ``[Pong] reward: 3``, ``Noun - acc: 0.5``."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from runlift.grammars._words import own_phase, plain

if TYPE_CHECKING:
    from runlift.grammars._block import Block
    from runlift.grammars._draft import Draft

_TAG = re.compile(r"\s*(?:\[([^\W\d][\w .+/-]{0,39})\]|([^\W\d][\w+/-]{0,29}(?: [\w+/-]{1,20})?) +[-|] )")
_NUMBERED = re.compile(
    r"\s*(?:\[(?=[^\]]*\]))?((?i:client|agent|node|player|site|expert|party|env|task|class|actor|island|member|participant|device|"
    r"organization|hospital|edge|silo|head|level|branch|layer)) ?#?\x01(?![\w/.]|%)"
)
LEVELS = frozenset({"info", "warn", "warning", "error", "debug", "critical", "ok", "log", "trace"})
MOST_NUMBERED = 1000
Tags = dict[str, set[str]]


def tell_apart(block: Block, seen: Tags) -> None:
    """Put a line's tag before its metrics' names where another tag has most of these names; ``seen`` grows."""
    tagged = [(g, tag) for g in block.groups if (tag := _tag(g.draft))]
    for g, tag in tagged:
        for p in g.draft.pairs:
            seen.setdefault(p.name, set()).add(tag)
    for g, tag in tagged:
        shared = sum(len(seen[p.name]) > 1 for p in g.draft.pairs)
        if shared * 2 > len(g.draft.pairs):
            g.draft = replace(g.draft, lead=f"{tag}/{g.draft.lead}" if g.draft.lead else tag)


def tell_numbers_apart(block: Block, seen: set[str]) -> None:
    """Of lines that several clients, agents or tasks print in turn (``[Client 3] loss: 0.5``) each one's metrics are its own.

    ``seen``: what an earlier block showed to be printed in turn; it grows.
    """
    numbered = [(g, match[1]) for g in block.groups if (match := _numbered(g.draft))]
    for g, label in numbered:
        value = block.column(g.frames, g.draft.first_slot)
        if np.any(np.diff(value) < 0) and len(np.unique(value)) <= MOST_NUMBERED:
            seen.add(label)
    for g, label in numbered:
        if label in seen:
            keys = (g.draft.first_slot,)
            own = [p for p in g.draft.pairs if p.slot != keys[0]]
            named = [replace(p, name=f"{label} {{0}}/{_safe(p.name)}", keys=keys) for p in own]
            g.draft = replace(g.draft, pairs=named)


def _numbered(draft: Draft) -> re.Match[str] | None:
    """The label at the front of a line of metrics whose number says no place."""
    if draft.by != "general" or not draft.pairs or draft.code or any(p.keys for p in draft.pairs):
        return None
    return None if draft.first_slot in (draft.step, draft.epoch) else _NUMBERED.match(draft.text, draft.at)


def _safe(name: str) -> str:
    return name.replace("{", "(").replace("}", ")")


def _tag(draft: Draft) -> str:
    """The tag of a line of metrics; none that names a phase, and no logger's level."""
    match = _TAG.match(draft.text, draft.at) if draft.by == "general" and draft.pairs and not draft.code else None
    tag = (match[1] or match[2]).strip() if match else ""
    return "" if own_phase(tag) or plain(tag) in LEVELS else tag
