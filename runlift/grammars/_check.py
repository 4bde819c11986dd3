"""The checks that every grammar passes: sample and expected result are there, every rule fires, no one else claims it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from runlift.errors import GrammarError
from runlift.grammars._claims import Claims
from runlift.grammars._load import GrammarFile, load
from runlift.grammars._peel import peel
from runlift.grammars._sample import SampleReading, expected_lines, read_sample
from runlift.wire.line_text import calm
from runlift.wire.lines import new_scanner

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from runlift.grammars._rules import Grammar


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong with a grammar: where, why, and what to do."""

    grammar: str
    where: str
    why: str
    help: str

    def __str__(self) -> str:
        return f"grammar {self.grammar}: {self.where}: {self.why}. {self.help}"


def check(file: GrammarFile, others: Iterable[Grammar] = ()) -> list[Problem]:
    """Everything that is wrong with one grammar, its sample and its expected result; ``others`` must not claim it."""
    name = file.toml.stem
    try:
        own = load(file.toml)
    except GrammarError as error:
        return [Problem(name, error.where, error.why, error.help)]
    missing = list(_missing(name, file))
    if not file.log.is_file() or missing:
        return missing
    data = file.log.read_bytes()
    got = read_sample(data, Claims((own,)))
    return [*_unfired(own, got), *_foreign(own, data, others), *_unequal(own, file, got)]


def check_folder(folder: Path) -> list[Problem]:
    """Samples and expected results in a folder that belong to no grammar."""
    stray = [p for p in sorted(folder.glob("*.log")) if not p.with_suffix(".toml").exists()]
    stray += [p for p in sorted(folder.glob("*.expected.jsonl")) if not (folder / f"{p.name[:-15]}.toml").exists()]
    return [Problem(p.name.split(".")[0], p.name, "there is no grammar of this name", "Remove it, or add its TOML.")
            for p in stray]  # fmt: skip


def _missing(name: str, file: GrammarFile) -> Iterator[Problem]:
    if not file.log.is_file():
        yield Problem(name, file.log.name, "the sample is missing", "Put lines of a real log into a file of this name.")
    elif not file.log.read_bytes().strip():
        yield Problem(name, file.log.name, "the sample is empty", "Put lines of a real log into it.")
    elif not file.expected.is_file():
        yield Problem(
            name,
            file.expected.name,
            "the expected result is missing",
            f"Look at it, then: runlift grammar accept {name}",
        )


def _unfired(own: Grammar, got: SampleReading) -> Iterator[Problem]:
    fired = got.tally.rules()
    for rule in own.rules:
        if f"{own.name}/{rule.name}" not in fired:
            yield Problem(
                own.name, f"rule {rule.name!r}", "it takes no line of the sample",
                "Add a line that it reads to the sample, or remove it; a rule above it may take its lines.",
            )  # fmt: skip
    if not any(g.gave for g in got.tally.shapes.values()):
        yield Problem(own.name, "the sample", "it gives no value", "Add lines with metrics to it.")


def _foreign(own: Grammar, data: bytes, others: Iterable[Grammar]) -> Iterator[Problem]:
    scanner = new_scanner()
    scanner.scan(calm(data))
    shapes = [peel(k.decode("utf-8", "replace")) for k in scanner.keys]
    for other in others:
        if other.name == own.name:
            continue
        line = next((p.rest for p in shapes if other.marks(p)), None)
        if line is not None:
            yield Problem(
                own.name, "the sample", f"grammar {other.name} claims it too, by {_shown(line)!r}",
                "Make one of the two marks more exact: a mark is a line that only this format prints.",
            )  # fmt: skip


def _shown(shape: str) -> str:
    return shape.strip().translate({1: "#", 2: "#", 3: "#", 4: "="})[:80]


def _unequal(own: Grammar, file: GrammarFile, got: SampleReading) -> Iterator[Problem]:
    want = file.expected.read_text(encoding="utf-8").splitlines()
    have = expected_lines(got)
    if not any('"value": [' in line for line in want):
        yield Problem(
            own.name, file.expected.name, "it holds no values", f"runlift grammar accept {own.name} writes them."
        )
    elif want != have:
        at = next((i for i, (a, b) in enumerate(zip(want, have, strict=False)) if a != b), min(len(want), len(have)))
        a, b = (x[at] if at < len(x) else "(nothing)" for x in (want, have))
        yield Problem(
            own.name, f"{file.expected.name}:{at + 1}", f"expected {_near(a, b)}, the sample gives {_near(b, a)}",
            f"If that is right: runlift grammar accept {own.name}",
        )  # fmt: skip


def _near(text: str, other: str) -> str:
    """The part of a line round the place where it differs from another."""
    at = next((i for i, (a, b) in enumerate(zip(text, other, strict=False)) if a != b), min(len(text), len(other)))
    start = max(at - 30, 0)
    return ("..." if start else "") + text[start : at + 30] + ("..." if at + 30 < len(text) else "")


def accept(file: GrammarFile) -> tuple[list[str], list[str]]:
    """Write what the sample gives as the expected result; gives the lines before and after."""
    own = load(file.toml)
    if not file.log.is_file():
        raise GrammarError(own.name, file.log.name, "the sample is missing", "Put lines of a real log into it.")
    before = file.expected.read_text(encoding="utf-8").splitlines() if file.expected.is_file() else []
    after = expected_lines(read_sample(file.log.read_bytes(), Claims((own,))))
    file.expected.write_text("\n".join(after) + "\n", encoding="utf-8")
    return before, after
