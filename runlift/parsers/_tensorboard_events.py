"""Events that are no summary: file version and writer, session logs, log messages, graphs, run metadata.

Fields: tensorflow/core/util/event.proto. They are few and small but for graphs, whose bytes are kept as they are.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from runlift.facts import Artifact, Fact, Restart, Text
from runlift.parsers._tensorboard_logged import Ignored, When, lenient
from runlift.wire import events
from runlift.wire.protobuf_fields import LEN, VARINT, fields

if TYPE_CHECKING:
    from collections.abc import Iterator

_START, _CHECKPOINT = 1, 3
_WRITERS = {"tensorflow.core.util.events_writer": "tensorflow"}
_COMMON_OPS = 5


@dataclass(slots=True)
class FileWords:
    """What the first record of a file says: the version of the format, and the program that wrote it."""

    version: float | None = None
    writer: str | None = None

    @property
    def framework(self) -> str | None:
        """The writer by the name that people use."""
        return None if self.writer is None else _WRITERS.get(self.writer, self.writer)


def event_facts(kind: int, data: memoryview, when: When, words: FileWords) -> Iterator[Fact | Ignored]:
    """The facts of one event; ``data`` is the content of the field number ``kind`` of Event.what.

    Raises:
        ValueError: The content is no message of its kind.
    """
    if kind == events.FILE_VERSION:
        _file_version(data, words)
        yield Ignored("file version")
    elif kind == events.SESSION_LOG:
        yield from _session_log(data, when, words)
    elif kind == events.LOG_MESSAGE:
        yield from _texts("log_message", {2: ""}, data, when)
    elif kind == events.RUN_METADATA:
        yield from _run_metadata(data, when)
    else:
        yield from _graph(kind, data, when)


def _file_version(data: memoryview, words: FileWords) -> None:
    """``data`` is the whole Event, which may name its writer beside the version."""
    for f in fields(data):
        if f.number == 3 and f.type == LEN:
            name, _, number = lenient(bytes(data[f.start : f.stop])).partition(":")
            words.version = float(number) if name == "brain.Event" and number.isdigit() else None
        if f.number == 10 and f.type == LEN:
            for inner in fields(data, f.start, f.stop):
                if inner.number == 1 and inner.type == LEN:
                    words.writer = lenient(bytes(data[inner.start : inner.stop]))


def _session_log(data: memoryview, when: When, words: FileWords) -> Iterator[Fact | Ignored]:
    """START overtakes earlier points in files of version 2 and later, as in TensorBoard's event accumulator."""
    status = 0
    for f in fields(data):
        if f.number == 1 and f.type == VARINT:
            status = f.bits
    restart = status == _START and (words.version or 0) >= 2
    texts = list(_texts("session_log", {2: "/checkpoint", 3: "/message"}, data, when))
    if restart:
        yield Restart(when["position"], when["step"])
    yield from texts
    if not texts and not restart:
        yield Ignored("session log")


def _texts(tag: str, names: dict[int, str], data: memoryview, when: When) -> Iterator[Text]:
    for f in fields(data):
        if f.number in names and f.type == LEN and f.stop > f.start:
            yield Text(tag + names[f.number], lenient(bytes(data[f.start : f.stop])), **when)


def _run_metadata(data: memoryview, when: When) -> Iterator[Fact]:
    tag, content = "", b""
    for f in fields(data):
        if f.number == 1 and f.type == LEN:
            tag = lenient(bytes(data[f.start : f.stop]))
        if f.number == 2 and f.type == LEN:
            content = bytes(data[f.start : f.stop])
    yield Artifact(f"run_metadata/{tag or 'unnamed'}.pb", "run metadata", content, position=when["position"])


def _graph(kind: int, data: memoryview, when: When) -> Iterator[Fact]:
    """A GraphDef or MetaGraphDef as a file, and a line that says how large it is."""
    name = "graph_def" if kind == events.GRAPH else "meta_graph_def"
    yield Artifact(f"{name}.pb", "graph", bytes(data), position=when["position"])
    yield Text(name, graph_words(data, meta=kind == events.META_GRAPH), **when)


def graph_words(data: memoryview, *, meta: bool = False) -> str:
    """How many nodes a GraphDef (or MetaGraphDef) has, and which operations are the most frequent."""
    ops: Counter[str] = Counter()
    try:
        for start, stop in _graphs(data, meta=meta):
            for node in fields(data, start, stop):
                if node.number == 1 and node.type == LEN:
                    ops[_op_of(data, node.start, node.stop)] += 1
    except ValueError:
        return f"a graph that cannot be decoded, {len(data):,} bytes"
    common = ", ".join(f"{op} {n:,}" for op, n in ops.most_common(_COMMON_OPS))
    return f"{ops.total():,} nodes" + (f" ({common})" if common else "")


def _graphs(data: memoryview, *, meta: bool) -> Iterator[tuple[int, int]]:
    if not meta:
        yield 0, len(data)
        return
    for f in fields(data):
        if f.number == 2 and f.type == LEN:
            yield f.start, f.stop


def _op_of(data: memoryview, start: int, stop: int) -> str:
    for f in fields(data, start, stop):
        if f.number == 2 and f.type == LEN:
            return lenient(bytes(data[f.start : f.stop]))
    return "unnamed"
