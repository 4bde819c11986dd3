"""Words in brackets at the front of lines, where several of them report the same metrics: ``[Pong] reward: 3``, ``[Boxing] reward: 5``."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from runlift.grammars._words import own_phase, plain

if TYPE_CHECKING:
    from runlift.grammars._block import Block
    from runlift.grammars._draft import Draft

_TAG = re.compile(r"\s*\[([^\W\d][\w .+/-]{0,39})\]")
Tags = dict[tuple[str, ...], set[str]]


def tell_apart(block: Block, seen: Tags) -> None:
    """Put a line's tag before its metrics' names where another tag has metrics of these names; ``seen`` grows."""
    tagged = [(g, tag, tuple(p.name for p in g.draft.pairs)) for g in block.groups if (tag := _tag(g.draft))]
    for _, tag, names in tagged:
        seen.setdefault(names, set()).add(tag)
    for g, tag, names in tagged:
        if len(seen[names]) > 1:
            g.draft = replace(g.draft, lead=f"{tag}/{g.draft.lead}" if g.draft.lead else tag)


def _tag(draft: Draft) -> str:
    """The tag of a line of metrics; none that names a phase, and no logger's level."""
    match = _TAG.match(draft.text, draft.at) if draft.by == "general" and draft.pairs and not draft.code else None
    tag = match[1].strip() if match else ""
    return "" if own_phase(tag) or plain(tag) in LEVELS else tag


LEVELS = frozenset({"info", "warn", "warning", "error", "debug", "critical", "ok", "log", "trace"})
