"""What a shape looks like besides its numbers: a setting, source code, part of a traceback, the head of a table."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from runlift.grammars import _listings as listings
from runlift.grammars._settings import is_boxed, is_structure, single
from runlift.grammars._tables import header_cells
from runlift.grammars._words import OPENERS, phase_of

if TYPE_CHECKING:
    from runlift.grammars._draft import Draft

LONGEST = 2000
_SECTION = re.compile(r"^\s*[|│┃]\s*([\w.-]+)/\s*[|│┃]\s*[|│┃]\s*$")


def note_traits(draft: Draft, rest: str) -> None:
    """Fill in the traits of a shape whose own words are ``rest``."""
    if len(rest) > LONGEST:
        return
    draft.single, draft.wordy = single(rest)
    draft.neutral = is_structure(rest)
    draft.code = 2 if listings.starts_code(draft.text) else int(listings.looks_like_code(draft.text))
    if draft.code:
        draft.awaits = ""
    draft.trace = _trace(draft.text, rest)
    draft.package = listings.is_package(rest)
    wide, narrow = header_cells(rest)
    draft.boxed = is_boxed(rest)
    if draft.boxed and not draft.phase:
        section = _SECTION.match(rest)
        draft.phase = section[1] if section else ""
    draft.heads = len(wide) > 1 or len(narrow) > 1


def note_header(draft: Draft) -> None:
    """A line without metrics may announce a phase: ``***** Running Evaluation *****``, ``Validation:``."""
    if draft.pairs or draft.phase or draft.step_rank >= 1:
        return
    own = re.findall(r"[A-Za-z][A-Za-z_]*", draft.words)
    if not own or len(own) > 8:
        return
    for i, word in enumerate(own[:4]):
        phase = phase_of(word)
        if phase and phase != "best" and all(w.lower() in OPENERS for w in own[:i]):
            draft.phase = next((p for p in map(phase_of, own[i + 1 : i + 3]) if p), phase) if phase == "eval" else phase
            return


def _trace(text: str, rest: str) -> int:
    if listings.starts_trace(rest):
        return 1
    if listings.ends_trace(rest):
        return 2
    return 3 if listings.in_trace(text) else 0
