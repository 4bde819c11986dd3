"""Filters in the words of people: ``lr<0.01 and opt=adam run~"resnet"``, made into SQL over the runs of a store.

A condition is ``NAME OP VALUE`` with ``= != < <= > >= ~ !~`` (``~`` searches a regular expression). Conditions stand side
by side (all must hold) or are joined by ``and``, ``or``, ``not`` and parentheses. NAME is a column of ``runs``, a setting
(its dotted key or, where that is unique, its last part) or a metric (its last value); ``run.``, ``param.`` and
``metric.`` in front say which is meant.
"""

from __future__ import annotations

import difflib
import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from runlift.answers.asked import metric_names
from runlift.errors import OptionError
from runlift.model import TABLES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from runlift.api import RunStore

# The lexer is contextual: behind an operator stands a value, whatever it looks like; ``not``, ``and`` and ``or`` are
# words of their own only where a blank or a bracket follows (``notes=x`` is a column).
_GRAMMAR = r"""
    start: either
    ?either: both (_OR both)*
    ?both: one (_AND? one)*
    ?one: _NOT one -> negated
        | "(" either ")"
        | NAME OP value -> condition
    value: NUMBER | STRING | WORD
    _AND.3: /and(?=[\s(])/i
    _OR.3: /or(?=[\s(])/i
    _NOT.3: /not(?=[\s(])/i
    OP: "!=" | "<=" | ">=" | "!~" | "==" | "=" | "<" | ">" | "~"
    NUMBER.2: /[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?(?=[\s)]|$)/
    STRING.2: /"[^"]*"|'[^']*'/
    NAME: /`[^`]+`|[^\s()<>=!~"'`]+/
    WORD: /[^\s()"']+/
    %ignore /\s+/
"""
_RUN_COLUMNS = {c.name: c.type for c in TABLES["runs"].columns}


@dataclass(frozen=True, slots=True)
class Known:
    """The names that a store has: keys of settings and names of metrics."""

    params: frozenset[str]
    metrics: frozenset[str]


Wanted = str | list[str] | None


def select_runs(store: RunStore, wanted: Wanted) -> list[str]:
    """The ids of the runs that fit a filter, the latest start first; all where it is None; a list of ids as it is.

    Raises:
        OptionError: The expression cannot be read, or names what the store does not have.
    """
    if isinstance(wanted, list):
        return wanted
    where, values = filter_sql(store, wanted) if wanted and wanted.strip() else ("true", [])
    query = f"SELECT run_id FROM runs r WHERE {where} ORDER BY started_at DESC NULLS LAST, name, run_id"
    return [r["run_id"] for r in store.rows(query, values)]


def filter_sql(store: RunStore, expression: str) -> tuple[str, list[Any]]:
    """(condition over ``runs r``, its parameters), the same that ``show as SQL`` shows."""
    from lark.exceptions import LarkError  # noqa: PLC0415 - slow to import

    try:
        tree = _parser().parse(expression)
    except LarkError as error:
        where = getattr(error, "column", None)
        at = f" at character {where}" if where and where > 0 else ""
        raise OptionError(
            "filter", expression, f"conditions such as lr<0.01 and opt=adam; it cannot be read{at}"
        ) from error
    known = _known(store)
    values: list[Any] = []
    return _sql(tree.children[0], known, values), values


@functools.cache
def _parser() -> Any:
    from lark import Lark  # noqa: PLC0415 - slow to import

    return Lark(_GRAMMAR, parser="lalr")


_SEEN: WeakKeyDictionary[RunStore, tuple[dict[str, str], Known]] = WeakKeyDictionary()


def _known(store: RunStore) -> Known:
    """The names of a store; a snapshot does not change but for the names that are confirmed, so they are asked once."""
    seen = _SEEN.get(store)
    if seen is None or seen[0] is not store.names:
        seen = _SEEN[store] = (store.names, _names(store))
    return seen[1]


def _names(store: RunStore) -> Known:
    keys = frozenset(r["key"] for r in store.rows("SELECT DISTINCT key FROM params"))
    return Known(keys, frozenset(metric_names(store)))


def _sql(tree: Any, known: Known, values: list[Any]) -> str:
    if tree.data in ("either", "both"):
        word = " OR " if tree.data == "either" else " AND "
        return "(" + word.join(_sql(c, known, values) for c in tree.children) + ")"
    if tree.data == "negated":
        return f"NOT ({_sql(tree.children[0], known, values)})"
    name, op, value = tree.children
    return _condition(str(name).strip("`"), str(op), value.children[0], (known, values))


def _condition(name: str, op: str, token: Any, at: tuple[Known, list[Any]]) -> str:
    known, values = at
    kind, full = _resolve(name, known)
    number = float(token) if token.type == "NUMBER" else None
    text = str(token)[1:-1] if token.type == "STRING" else str(token)
    if kind == "run":
        return _compared(
            _own_column(full), op, (number if _RUN_COLUMNS[full] in ("double", "int64") else None, text), values
        )
    values.append(full)
    if kind == "metric":
        inner = _compared("last", op, (_number(name, text) if "~" not in op else None, text), values)
        return f"r.run_id IN (SELECT run_id FROM named_metrics WHERE metric = ${len(values) - 1} AND {inner})"
    number = None if "~" in op else number
    column = "number" if number is not None else "value"
    place = len(values)
    inner = _compared(column, op, (number, text), values)
    return f"r.run_id IN (SELECT run_id FROM params WHERE key = ${place} AND {inner})"


def _number(name: str, text: str) -> float:
    """A value to hold a metric against. OptionError where it is none."""
    try:
        return float(text)
    except ValueError:
        raise OptionError(
            "filter", f"{name} ... {text}", "a number behind a metric, such as 0.5, 1e-3, nan or inf"
        ) from None


def _own_column(name: str) -> str:
    return f"array_to_string({name}, ' ')" if _RUN_COLUMNS[name].startswith("list") else f"r.{name}"


def _compared(column: str, op: str, value: tuple[float | None, str], values: list[Any]) -> str:
    number, text = value
    values.append(text if number is None or "~" in op else number)
    mark = f"${len(values)}"
    if "~" in op:
        return f"{'NOT ' if op[0] == '!' else ''}regexp_matches({column}::VARCHAR, {mark}, 'i')"
    typed = column if number is not None else f"{column}::VARCHAR"
    return f"{typed} {'=' if op == '==' else op} {mark}"


def _resolve(name: str, known: Known) -> tuple[str, str]:
    """(run, param or metric; full name) of what a person wrote."""
    kind, _, rest = name.partition(".")
    if kind in ("run", "param", "metric") and rest:
        return _resolve_as(kind, rest, known, name)
    if name == "run":
        return "run", "name"
    if name in known.params:
        return "param", name
    if name in _RUN_COLUMNS:
        return "run", name
    for word in ("param", "metric"):
        try:
            return _resolve_as(word, name, known, name)
        except OptionError:
            continue
    raise _unknown(name, [*_RUN_COLUMNS, *known.params, *known.metrics])


def _resolve_as(kind: str, name: str, known: Known, asked: str) -> tuple[str, str]:
    names: Sequence[str] = {"run": list(_RUN_COLUMNS), "param": sorted(known.params), "metric": sorted(known.metrics)}[
        kind
    ]
    if name in names:
        return kind, name
    ends = [n for n in names if kind == "param" and n.rsplit(".", 1)[-1] == name]
    if len(ends) == 1:
        return kind, ends[0]
    if ends:
        raise OptionError("filter", asked, f"one of {', '.join(ends)}")
    raise _unknown(asked, list(names))


def _unknown(name: str, names: list[str]) -> OptionError:
    near = difflib.get_close_matches(name, names, 4) or sorted(names)[:8]
    return OptionError("filter", name, f"a column of runs, a setting or a metric, such as {', '.join(near)}")
