"""Training logs: plain text that programs print while they train."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from runlift.facts import Issue
from runlift.grammars._claims import claims_for
from runlift.grammars._reading import Reading
from runlift.grammars._recognise import signature
from runlift.parsers._api import NO_MATCH, Head, Level, Match, ParseOptions, Parser, Source
from runlift.wire.line_text import blocks, calm, encoding_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import Fact

_NAMES = re.compile(
    r"(?i)(?:\.(?:log|out|err|txt|stdout|stderr|console)(?:\.\d+)?$|log[\w-]*\.\d+$|"
    r"^(?:std(?:out|err)|nohup|cout|log|slurm)\b)"
)


_OTHERS = re.compile(
    r"(?i)\.(?:py|pyi|ipynb|c|cc|cpp|h|hpp|cu|java|js|ts|jsx|tsx|go|rs|rb|sh|lua|jl|r|m|json|jsonl|ndjson|csv|tsv|"
    r"ya?ml|toml|ini|cfg|xml|css|svg|tex|bib|lock|xlsx?|pt|pth|ckpt|npz|npy|pkl|parquet|safetensors|onnx|pdf|png|jpe?g)$"
)


class TextLog(Parser):
    """Logs as text: read by grammars where one claims the lines, else by the general reader."""

    name: ClassVar[str] = "text_log"
    title: ClassVar[str] = "Training logs (plain text)"
    version: ClassVar[int] = 1
    suffixes: ClassVar[tuple[str, ...]] = (".log", ".out", ".err", ".txt")
    gathers: ClassVar[str] = "file"
    rank: ClassVar[int] = 10

    def recognise(self, head: Head) -> Match:
        """By a name that logs have; else by lines that hold metrics."""
        data = head.data
        if not data or (b"\x00" in data[:1024] and encoding_of(data).name == "utf-8"):
            return NO_MATCH
        if data.lstrip()[:1] in (b"{", b"[") and data.count(b"\n{") >= data.count(b"\n") // 2:
            return NO_MATCH
        if _NAMES.search(head.basename) or head.explicit:
            return Match(Level.NAME, "its name is that of a log")
        if _OTHERS.search(head.basename):
            return NO_MATCH
        why = signature(data)
        return Match(Level.NAME, why) if why else NO_MATCH

    def parse(self, source: Source, options: ParseOptions) -> Iterator[Fact]:
        """All that the log says, ending with its account in lines."""
        with source.open() as file:
            encoding = encoding_of(file.read(65_536))
        claims, wrong = claims_for(options.patterns)
        for error in wrong:
            yield Issue("grammar_unusable", str(error), done="Read without this grammar.", help=error.help)
        reading = Reading(claims, mtime=source.mtime_ns / 1e9)
        with source.open() as file:
            for block in blocks(file, encoding):
                yield from reading.facts(block)
        yield from reading.close()

    def locate(self, source: Source, position: int) -> str:
        """The line itself."""
        with source.open() as file:
            for number, line in enumerate(file, 1):
                if number == position:
                    return calm(line).decode("utf-8", "replace").rstrip("\r\n")
        return ""
