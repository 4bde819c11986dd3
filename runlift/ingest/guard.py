"""The one fence round format code: whatever it raises becomes an Issue, and what it gave before that is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runlift.facts import Issue, Severity
from runlift.parsers._api import NO_MATCH, Head, Match, ParseOptions, Parser, Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import Fact


def guarded_recognise(parser: Parser, head: Head) -> tuple[Match, Issue | None]:
    """A format's claim; a format that fails claims nothing, and an Issue says so."""
    try:
        return parser.recognise(head), None
    except Exception as error:  # noqa: BLE001 - the fence
        return NO_MATCH, _failed(parser, error, "recognise")


def guarded_parse(parser: Parser, source: Source, options: ParseOptions) -> Iterator[Fact]:
    """A format's facts; what it raises ends them with an Issue. Lack of memory or disk space still stops the call."""
    try:
        yield from parser.parse(source, options)
    except (FileNotFoundError, PermissionError, IsADirectoryError) as error:
        yield unreadable(source, error)
    except MemoryError:
        raise
    except Exception as error:  # noqa: BLE001 - the fence
        yield _failed(parser, error, "parse")


def guarded_seed(parser: Parser, head: Head) -> bytes:
    """What identity derives from; the beginning of the bytes where the format fails to say."""
    try:
        return parser.seed(head)
    except Exception:  # noqa: BLE001 - the fence
        return head.data[:256]


def unreadable(source: Source, error: OSError) -> Issue:
    """A source that cannot be opened or read."""
    return Issue(
        "unreadable-file",
        f"{source.name}: cannot be read ({error.strerror or error}).",
        severity=Severity.ERROR,
        done="Left out; the rest was read.",
        help="Check its permissions and ingest again.",
    )


def _failed(parser: Parser, error: Exception, verb: str) -> Issue:
    return Issue(
        "reader-failed",
        f"The {parser.name} reader failed to {verb} it: {type(error).__name__}: {error}.",
        severity=Severity.ERROR,
        done="What it gave before was kept.",
        help="Please report this with the file; --as FORMAT reads it with another reader.",
    )


def guarded_locate(parser: Parser, source: Source, position: int) -> str | None:
    """The source's own text at a position; None where it cannot be had."""
    try:
        return parser.locate(source, position)
    except Exception:  # noqa: BLE001 - the fence
        return None
