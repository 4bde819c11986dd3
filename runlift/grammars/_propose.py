"""A grammar proposed from logs: the general reader's drafts of their shapes, written as patterns."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from runlift.grammars._claims import Claims, claims_for
from runlift.grammars._sample import read_sample
from runlift.wire.line_text import calm

if TYPE_CHECKING:
    from pathlib import Path

    from runlift.grammars._draft import Draft
    from runlift.grammars._tally import ShapeTally

MOST_RULES = 12
SAMPLE_LINES = 60
_MASKS = re.compile(r"[\x01-\x04]")
_UNSAFE = re.compile(r"[{}:]")


@dataclass(slots=True)
class Proposed:
    """One rule: its pattern, how many lines of the logs it takes, the first of them, and the names it gives."""

    name: str
    pattern: str
    lines: int
    example: str
    gives: list[str]
    phase: str = ""


@dataclass(slots=True)
class Proposal:
    """A grammar that was inferred: its rules, its sample, and how many lines of the logs no rule takes.

    ``known``: grammars that claim lines of the logs already.
    """

    name: str
    rules: list[Proposed] = field(default_factory=list)
    sample: list[str] = field(default_factory=list)
    lines: int = 0
    left: int = 0
    known: list[str] = field(default_factory=list)

    @property
    def toml(self) -> str:
        """The grammar as TOML, ready to be edited."""
        head = [
            f'name = "{self.name}"',
            f'title = "{self.name} (proposed: say what prints these lines)"',
            'source = "(say where the format is defined)"',
            'sample = "(say which tool and version printed the sample, when and how)"',
        ]
        for i, rule in enumerate(self.rules):
            head += ["", "[[rule]]", f'name = "{rule.name}"', f"pattern = {_toml_text(rule.pattern)}"]
            head += [f'phase = "{rule.phase}"'] if rule.phase else []
            head += ["mark = true"] if i == 0 else []
        return "\n".join(head) + "\n"

    def write(self, folder: Path) -> list[Path]:
        """Write the TOML and the sample; FileExistsError where one of them is there."""
        folder.mkdir(parents=True, exist_ok=True)
        paths = [folder / f"{self.name}.toml", folder / f"{self.name}.log"]
        for path in paths:
            if path.exists():
                raise FileExistsError(path)
        paths[0].write_text(self.toml, encoding="utf-8")
        paths[1].write_text("\n".join(self.sample) + "\n", encoding="utf-8")
        return paths


def _toml_text(text: str) -> str:
    return f"'{text}'" if "'" not in text else '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def propose(name: str, logs: list[bytes]) -> Proposal:
    """Rules for the shapes that hold metrics or places, the most frequent first; the logs as the general reader sees them."""
    made = Proposal(name)
    taken: set[str] = set()
    for data in logs:
        got = read_sample(data, Claims(()))
        shapes = [t for t in got.tally.by_count() if t.gave]
        for tally in shapes:
            pattern = pattern_of(tally.draft, tally.gave)
            if not pattern or pattern in taken:
                continue
            if len(made.rules) < MOST_RULES:
                taken.add(pattern)
                made.rules.append(
                    Proposed(
                        _rule_name(tally, made), pattern, tally.frames, tally.example, tally.gave, tally.draft.phase
                    )
                )
        kept = {t.example for t in shapes}
        made.sample += _sample_of(data, kept)
        claims = claims_for()[0]
        read_sample(data, claims)
        made.known += [g.name for g in claims.awake if g.name not in made.known]
        made.lines += got.account.total
        made.left += got.account.total - sum(r.lines for r in made.rules)
    return made


def _rule_name(tally: ShapeTally, made: Proposal) -> str:
    words = re.findall(r"[a-z]+", (tally.draft.phase or tally.draft.words).lower())
    base = words[0] if words else "line"
    used = [r.name for r in made.rules]
    return base if base not in used else f"{base}_{sum(u.startswith(base) for u in used) + 1}"


def _sample_of(data: bytes, kept: set[str]) -> list[str]:
    """The first lines of a log, and of each shape that gives something its first line."""
    lines = [x for x in re.split(r"[\r\n]+", calm(data).decode("utf-8", "replace")) if x.strip()]
    first = lines[:SAMPLE_LINES]
    seen = set(first)
    return first + [x for x in dict.fromkeys(lines[SAMPLE_LINES:]) if x in kept and x not in seen]


def pattern_of(draft: Draft, names: list[str]) -> str:
    """A shape as a pattern with ``{name}`` for each of the numbers that the draft names, ``{_}`` for others."""
    fields = {p.slot: p.name for p in draft.pairs if p.name in names}
    averages = {p.average: p.name for p in draft.pairs if p.average is not None and p.name in names}
    places = {
        draft.epoch: "epoch",
        draft.epoch_total: "total_epochs",
        draft.step_total: "total_steps",
        draft.step: "step",
    }
    if any(p.keys for p in draft.pairs):
        return ""
    used: set[str] = set()
    out: list[str] = []
    slot, at = draft.first_slot, 0
    rest = draft.text[draft.at :]
    for mask in _MASKS.finditer(rest):
        out.append(_literal(rest[at : mask.start()]))
        at = mask.end()
        if mask.group() != "\x01":
            out.append("{*}")
            continue
        out.append(_field(slot, fields, averages, places, used))
        slot += 1
    return "".join(out) + _literal(rest[at:])


def _literal(text: str) -> str:
    return re.sub(r"\s+", " ", text.replace("{", "{{").replace("}", "}}"))


def _field(
    slot: int, fields: dict[int, str], averages: dict[int, str], places: dict[int | None, str], used: set[str]
) -> str:
    if slot in fields:
        name = _UNSAFE.sub("_", fields[slot])
        if name not in used:
            used.add(name)
            return f"{{{name}}}"
    if slot in averages:
        return f"{{{_UNSAFE.sub('_', averages[slot])}:avg}}"
    if slot in places and places[slot] not in used:
        used.add(places[slot])
        return f"{{{places[slot]}:d}}"
    return "{_}"
