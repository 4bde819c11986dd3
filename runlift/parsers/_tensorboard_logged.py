"""What the readers of TensorBoard's kinds of values share: one logged value and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, NamedTuple, TypedDict

from runlift.facts import Issue, Severity


class When(TypedDict):
    """The fields that every logged item has."""

    step: int
    wall_time: float
    position: int


class Ignored(NamedTuple):
    """Bytes that say nothing that a run is asked for; ``rule`` names them in the ledger."""

    rule: str


@dataclass(frozen=True, slots=True)
class Logged:
    """A Summary.Value (``proto``) under ``tag``; ``metadata`` is what is in force for the tag (None: none was seen)."""

    tag: str
    when: When
    proto: Any
    metadata: Any

    @property
    def position(self) -> int:
        """The offset of its record."""
        return self.when["position"]

    @property
    def plugin(self) -> str:
        """The name of the plugin that the metadata gives; empty when it gives none."""
        return "" if self.metadata is None else str(self.metadata.plugin_data.plugin_name)

    @property
    def content(self) -> bytes:
        """The plugin's own data."""
        return b"" if self.metadata is None else bytes(self.metadata.plugin_data.content)


def lenient(data: bytes) -> str:
    r"""UTF-8 as text, bytes that are not UTF-8 as ``\xNN``."""
    return data.decode("utf-8", "backslashreplace")


def unreadable_value(tag: str, position: int, why: str) -> Issue:
    """A value whose bytes are no message of its kind."""
    return Issue(
        "value-undecodable",
        f"{tag!r}: a value cannot be decoded ({why}).",
        position=position,
        severity=Severity.WARNING,
        done="Counted as unrecognised; the rest of its record was read.",
        help="runlift trace shows the record.",
    )
