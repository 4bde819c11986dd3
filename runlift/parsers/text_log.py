"""Training logs: plain text that programs print while they train."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, ClassVar

import numpy as np

from runlift.facts import Issue, Points, Severity
from runlift.parsers._api import NO_MATCH, Head, Level, Match, ParseOptions, Parser, Source
from runlift.wire.line_sources import BROKEN, MissingZstdError, packing, unpacked, unpacked_head
from runlift.wire.line_text import BLOCK_BYTES, Encoding, blocks, encoding_of
from runlift.wire.line_wraps import Wraps

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import Fact

_NAMES = re.compile(
    r"(?i)(?:\.(?:log|out|err|txt|stdout|stderr|console)(?:\.\d+)?$|log[\w-]*\.\d+$|"
    r"^(?:std(?:out|err)|nohup|cout|log|slurm)\b)"
)

_NAME_PLACE = re.compile(
    r"(?i)(?<![a-z])(?P<what>step|steps|iter|iteration|epoch|ep|ckpt|checkpoint)[-_=]?(?P<number>\d{1,9})(?!\d)"
)
_JSON = re.compile(rb"\s*(?:\{\s*[\"}]|\[\s*[\[{\"])")
_PACKED = re.compile(r"(?i)\.(?:gz|bz2|xz|zst|zstd)$")
_OTHERS = re.compile(
    r"(?i)\.(?:py|pyi|ipynb|c|cc|cpp|h|hpp|cu|java|js|ts|jsx|tsx|go|rs|rb|sh|lua|jl|r|m|json|jsonl|ndjson|csv|tsv|"
    r"ya?ml|toml|ini|cfg|xml|css|svg|tex|bib|lock|xlsx?|pt|pth|ckpt|npz|npy|pkl|parquet|safetensors|onnx|pdf|png|jpe?g)$"
)


class TextLog(Parser):
    """Logs as text: read by grammars where one claims the lines, else by the general reader."""

    name: ClassVar[str] = "text_log"
    title: ClassVar[str] = "Training logs (plain text)"
    version: ClassVar[int] = 2
    suffixes: ClassVar[tuple[str, ...]] = (".log", ".out", ".err", ".txt")
    gathers: ClassVar[str] = "file"
    rank: ClassVar[int] = 10

    def recognise(self, head: Head) -> Match:
        """By a name that logs have; else by lines that hold metrics."""
        data = unpacked_head(head.data)
        name = _PACKED.sub("", head.basename)
        if packing(head.data) and not data:
            return Match(Level.NAME, "it is packed, and its name is that of a log") if _NAMES.search(name) else NO_MATCH
        if not data or (b"\x00" in data[:1024] and encoding_of(data).name == "utf-8"):
            return NO_MATCH
        if _JSON.match(data) and data.count(b"\n{") >= data.count(b"\n") // 2:
            return NO_MATCH
        if _NAMES.search(name) or head.explicit:
            return Match(Level.NAME, "its name is that of a log")
        if _OTHERS.search(name):
            return NO_MATCH
        from runlift.grammars._recognise import signature  # noqa: PLC0415 - the grammars take long to import

        why = signature(data)
        return Match(Level.NAME, why) if why else NO_MATCH

    def parse(self, source: Source, options: ParseOptions) -> Iterator[Fact]:
        """All that the log says, ending with its account in lines."""
        from runlift.grammars._claims import claims_for  # noqa: PLC0415 - a folder without logs needs no grammars
        from runlift.grammars._reading import Reading  # noqa: PLC0415 - the same
        from runlift.grammars._times import Times  # noqa: PLC0415 - the same

        claims, wrong = claims_for(options.patterns)
        for error in wrong:
            yield Issue("grammar_unusable", str(error), done="Read without this grammar.", help=error.help)
        whole = source.size <= BLOCK_BYTES and not packing(source.head(8))
        reading = Reading(claims, times=Times(source.mtime_ns / 1e9, whole))
        wraps = Wraps()
        try:
            for block in wraps.lines(self._blocks(source)):
                yield from _placed_by_name(reading.facts(block.data, block.starts), source.basename)
        except MissingZstdError as error:
            yield Issue(
                "packed_unread", f"{source.basename}: {error}.", 0, Severity.ERROR, help="pip install zstandard"
            )
        except BROKEN as error:
            if not packing(source.head(8)):
                raise
            what = f"{source.basename}: the packed text ends early or is damaged ({error})"
            yield Issue("packed_cut", what + ".", reading.line, done="What could be unpacked was read.")
        yield from _encoding_issue(self._encoding(source))
        if wraps.joined:
            what = f"{wraps.joined} line(s) go on behind a line of {wraps.width} characters, as a terminal wraps them"
            yield Issue(
                "wrapped-lines", what + ".", count=wraps.joined, severity=Severity.INFO, done="They were joined to it."
            )
        yield from reading.close()

    def seed(self, head: Head) -> bytes:
        """The first line, unpacked: a log and its packed copy are one run."""
        return unpacked_head(head.data).lstrip(b"\r\n \t").split(b"\n", 1)[0][:4096]

    def locate(self, source: Source, position: int) -> str:
        """The line itself, with what a terminal wrapped of it."""
        first = 1
        for block in Wraps().lines(self._blocks(source)):
            data, starts = block.data, block.starts
            count = data.count(b"\n") + (not data.endswith(b"\n")) if starts is None else int(starts[-1])
            if position < first + count:
                at = position - first if starts is None else int(np.searchsorted(starts, position - first, "right")) - 1
                return data.split(b"\n")[at].decode("utf-8", "replace").rstrip("\r")
            first += count
        return ""

    @staticmethod
    def _encoding(source: Source) -> Encoding:
        return encoding_of(unpacked_head(source.head()))

    def _blocks(self, source: Source) -> Iterator[bytes]:
        encoding = self._encoding(source)
        with source.open() as file, unpacked(file) as text:
            yield from blocks(text, encoding)


def _placed_by_name(facts: Iterator[Fact], basename: str) -> Iterator[Fact]:
    """A metric that stands once and says no place is of the step or epoch that the file's name holds, if it holds one."""
    match = _NAME_PLACE.search(basename)
    said = False
    for fact in facts:
        if match and isinstance(fact, Points) and len(fact.value) == 1 and fact.step is None and fact.epoch is None:
            if not said:
                how = f"The {match['what']} {match['number']} stands in the file's name alone."
                yield Issue("place-in-name", how, severity=Severity.INFO, done="Metrics without a place were given it.")
            said, number = True, float(match["number"])
            if match["what"].lower().startswith("ep"):
                yield replace(fact, epoch=np.array([number]))
            else:
                yield replace(fact, step=np.array([number], np.int64))
        else:
            yield fact


def _encoding_issue(encoding: Encoding) -> Iterator[Issue]:
    if encoding.name != "utf-8" or encoding.why.endswith("damaged bytes"):
        how = f"The text was read as {encoding.name}: {encoding.why}."
        yield Issue("text-encoding", how, severity=Severity.INFO, done="" if encoding.sure else "This is a guess.")
