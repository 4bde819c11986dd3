"""Settings in YAML: read as nodes, so that nothing is ever built or run; unknown tags are kept as what they tag."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runlift.parsers._settings_leaves import Leaf, SettingsError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from yaml.nodes import Node

MAX_LEAVES = 20_000
MAX_DEPTH = 60
_CORE = "tag:yaml.org,2002:"
_FLOAT = re.compile(r"[-+]?(?:\d[\d_]*\.?[\d_]*|\.\d[\d_]*)[eE][-+]?\d+\Z")
_PLAIN_PYTHON = {"python/str": "str", "python/unicode": "str", "python/int": "int", "python/long": "int",
                 "python/float": "float", "python/bool": "bool", "python/none": "null"}  # fmt: skip
_NAMES = ("python/name:", "python/module:")
_WANDB_OWN = frozenset({"wandb_version", "_wandb"})


@dataclass(slots=True)
class YamlSettings:
    """The leaves of a YAML text. ``tags``: unknown tags and how often; ``left_out``: leaves beyond the limit."""

    tags: Counter[str] = field(default_factory=Counter)
    left_out: int = 0
    _seen: int = 0

    def leaves(self, text: str) -> Iterator[Leaf]:
        """(path, value, line) of each setting.

        Raises:
            SettingsError: It is not YAML, with the line where it stops being so.
        """
        for node in _documents(text):
            yield from self._walk(node, (), 0)

    def _walk(self, node: Node, path: tuple[str, ...], depth: int) -> Iterator[Leaf]:
        line = node.start_mark.line + 1
        pairs = self._pairs(node, depth) if depth < MAX_DEPTH else None
        if self._seen >= MAX_LEAVES:
            self.left_out += 1
        elif pairs:
            inner = _unwrapped(pairs) if depth == 0 else None
            for key, at, value in pairs:
                wrapped = inner.get(key) if inner is not None else None
                if inner is not None and key in _WANDB_OWN:
                    continue
                yield from self._at(at, self._walk(wrapped or value, (*path, key), depth + 1))
        elif path or not (pairs is not None or _is_empty(node)):
            self._seen += 1
            yield path, self._value(node, depth), line

    @staticmethod
    def _at(line: int, leaves: Iterator[Leaf]) -> Iterator[Leaf]:
        """Leaves stand no higher than their key: an alias stands where it is used."""
        for path, value, own in leaves:
            yield path, value, max(line, own)

    def _pairs(self, node: Node, depth: int) -> list[tuple[str, int, Node]] | None:
        """(key, line, value) of a mapping, also of one written as an OrderedDict; None for anything else."""
        from yaml.nodes import MappingNode  # noqa: PLC0415 - only for YAML

        if isinstance(node, MappingNode):
            self._note(node)
            return [p for k, v in node.value for p in self._pair(k, v, depth)]
        ordered = _ordered_pairs(node)
        if ordered is None:
            return None
        self._note(node)
        return [(str(self._value(k, depth)), k.start_mark.line + 1, v) for k, v in ordered]

    def _pair(self, key: Node, value: Node, depth: int) -> list[tuple[str, int, Node]]:
        if key.tag == _CORE + "merge" and depth < MAX_DEPTH:
            return self._pairs(value, depth + 1) or []
        return [(str(self._value(key, depth)), key.start_mark.line + 1, value)]

    def _value(self, node: Node, depth: int) -> Any:
        """The plain value of a node: text, number, bool, None, list or dict."""
        from yaml.nodes import ScalarNode, SequenceNode  # noqa: PLC0415 - only for YAML

        if depth > MAX_DEPTH or self._seen >= MAX_LEAVES:
            self.left_out += 1
            return "..."
        if isinstance(node, ScalarNode):
            return self._scalar(node)
        pairs = self._pairs(node, depth)
        if pairs is not None:
            return {k: self._value(v, depth + 1) for k, _, v in pairs}
        self._note(node)
        assert isinstance(node, SequenceNode)  # noqa: S101 - there are three kinds of nodes
        self._seen += len(node.value)
        items = [self._value(v, depth + 1) for v in node.value]
        return "/".join(map(str, items)).replace("//", "/") if node.tag.endswith("Path") else items

    def _scalar(self, node: Any) -> Any:
        self._note(node)
        kind = _PLAIN_PYTHON.get(_kind(node), _kind(node))
        if kind.startswith(_NAMES):
            return kind.split(":", 1)[1] or node.value
        try:
            return _plain(kind, node)
        except (ValueError, OverflowError):
            return node.value

    def _note(self, node: Node) -> None:
        kind = _kind(node)
        if kind.startswith(("!", "python/")) and kind not in _PLAIN_PYTHON:
            self.tags["!!" + kind if kind.startswith("python/") else kind] += 1


def _documents(text: str) -> list[Node]:
    import yaml  # noqa: PLC0415 - only for YAML

    if _too_deep(text):
        raise SettingsError(1, "it is nested too deeply")
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    try:
        return [n for n in yaml.compose_all(text, Loader=loader) if n is not None]
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        reason = getattr(error, "problem", None) or str(error).split("\n", 1)[0]
        raise SettingsError(mark.line + 1 if mark else 1, str(reason)) from error
    except RecursionError as error:
        raise SettingsError(1, "it is nested too deeply") from error


def _too_deep(text: str) -> bool:
    """Whether brackets, dashes or indents nest beyond what a recursive reader in C survives."""
    depth = deepest = 0
    for c in re.findall(r"[\[\]{}]", text):
        depth = depth + 1 if c in "[{" else max(0, depth - 1)
        deepest = max(deepest, depth)
    steps = max((len(re.findall(r"[-?:] ", m)) for m in re.findall(r"^[-?: ]+", text, re.MULTILINE)), default=0)
    indent = max((len(m) for m in re.findall(r"^ +(?=\S)", text, re.MULTILINE)), default=0)
    return deepest > 400 or steps > 400 or indent > 2000


def _kind(node: Node) -> str:
    return str(node.tag).removeprefix(_CORE)


def _plain(kind: str, node: Any) -> Any:
    from yaml.constructor import SafeConstructor  # noqa: PLC0415 - only for YAML

    text = node.value
    if kind in ("int", "float") and ":" not in text:
        made = SafeConstructor()
        return made.construct_yaml_int(node) if kind == "int" else made.construct_yaml_float(node)
    if kind in ("null", "bool"):
        return None if kind == "null" else SafeConstructor.bool_values[text.lower()]
    # YAML 1.1 takes 1e-3, written without a point, for text; whoever wrote it meant a number.
    if kind == "str" and not node.style and _FLOAT.match(text):
        return float(text.replace("_", ""))
    return text


def _is_empty(node: Node) -> bool:
    return _kind(node) == "null" or node.value in ("", [])


def _ordered_pairs(node: Node) -> list[tuple[Node, Node]] | None:
    """The pairs of ``!!python/object/apply:collections.OrderedDict [[[key, value], ...]]``."""
    from yaml.nodes import SequenceNode  # noqa: PLC0415 - only for YAML

    if not node.tag.endswith("collections.OrderedDict") or not isinstance(node, SequenceNode):
        return None
    if not node.value:
        return []
    rows = node.value[0].value
    if len(node.value) != 1 or not isinstance(rows, list):
        return None
    if not all(isinstance(r, SequenceNode) and len(r.value) == 2 for r in rows):
        return None
    return [(r.value[0], r.value[1]) for r in rows]


def _unwrapped(pairs: list[tuple[str, int, Node]]) -> dict[str, Node] | None:
    """Key -> value of a W&B config.yaml, in which each setting stands as {desc, value}; None for other files."""
    found: dict[str, Node] = {}
    is_wandb = any(key == "wandb_version" for key, _, _ in pairs)
    own = [p for p in pairs if p[0] not in _WANDB_OWN]
    for key, _, node in own:
        inner = {k.value: v for k, v in node.value if isinstance(k.value, str)} if _kind(node) == "map" else {}
        if "value" in inner and inner.keys() <= {"desc", "value"}:
            found[key] = inner["value"]
        elif not is_wandb:
            return None
    return found if found or is_wandb else None
