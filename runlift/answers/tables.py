"""Answers as tables: rows under headings, as CSV, Markdown or LaTeX that pastes into a paper."""

from __future__ import annotations

import csv
import dataclasses
import io
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd

    from runlift.answers.compare import Comparison
    from runlift.answers.groups import Groups
    from runlift.answers.importance import Importance
    from runlift.answers.leaderboard import Leaderboard
    from runlift.answers.pareto import Pareto

_LATEX = {
    "\\": r"\textbackslash{}", "&": r"\&", "%": r"\%", "$": r"\$", "#": r"\#", "_": r"\_", "{": r"\{", "}": r"\}",
    "~": r"\textasciitilde{}", "^": r"\textasciicircum{}", "<": r"\textless{}", ">": r"\textgreater{}",
}  # fmt: skip
_LATEX_MARK = re.compile("[" + re.escape("".join(_LATEX)) + "]")


@dataclass(frozen=True, slots=True)
class Sheet:
    """Rows of plain values (text, numbers, None) under headings; ``notes`` in sentences."""

    columns: tuple[str, ...]
    rows: tuple[tuple[Any, ...], ...]
    title: str = ""
    notes: tuple[str, ...] = ()

    def frame(self) -> pd.DataFrame:
        """The rows as a pandas frame."""
        import pandas as pd  # noqa: PLC0415 - only for this answer

        return pd.DataFrame(list(self.rows), columns=list(self.columns))


def leaderboard_sheet(board: Leaderboard) -> Sheet:
    """A row a place, with the settings that differ."""
    columns = ("rank", "run", "name", f"best {board.metric}", "at step", "last", "points", *board.params)
    rows = tuple(
        (p.rank, p.run_id, p.name, p.best, p.step, p.last, p.n, *(p.params.get(k) for k in board.params))
        for p in board.places
    )
    notes = (f"{board.without} runs have no finite {board.metric}.",) if board.without else ()
    way = "the lower the better" if board.goal == "min" else "the higher the better"
    return Sheet(columns, rows, f"{board.metric}, {way}", notes)


def groups_sheet(found: Groups, goal: str = "") -> Sheet:
    """A row a group: mean of the runs' last values with the 95% interval, and n at the last step."""
    rows = [
        (g.label, len(g.run_ids), g.final_mean, g.final_half, int(g.step[-1]), int(g.n[-1]), float(g.mean[-1]))
        for g in found.groups
    ]
    rows.sort(key=lambda r: r[2] if goal == "min" else -r[2])
    notes = (f"Taken for seeds: {', '.join(found.seeds)}.",) if found.seeds else ()
    columns = ("group", "runs", "mean of last values", "95% interval, half", "last step", "runs there", "mean there")
    return Sheet(columns, tuple(rows), found.metric, notes)


def importance_sheet(found: Importance) -> Sheet:
    """A row a setting, the strongest first."""
    rows = tuple(
        (d.param, d.importance, d.low, d.high, d.correlation, ", ".join(d.same_as) or None) for d in found.drivers
    )
    columns = ("setting", "importance", "95% low", "95% high", "rank correlation", "changes together with")
    notes = [found.silent] if found.silent else []
    if found.r2 is not None:
        notes.append(f"{found.runs} runs; R2 on runs not seen: {found.r2:.2f}.")
    return Sheet(columns, rows, f"What drives {found.metric}", tuple(notes))


def pareto_sheet(found: Pareto) -> Sheet:
    """A row a candidate, the front first."""
    columns = ("front", "run", "name", *(f"{m} ({g})" for m, g in zip(found.metrics, found.goals, strict=True)))
    rows = tuple(("yes" if c.front else "", c.run_id, c.name, *c.values) for c in found.candidates)
    notes = (f"{found.without} runs lack one of the metrics.",) if found.without else ()
    return Sheet(columns, rows, "Pareto front", notes)


def compare_sheet(found: Comparison) -> Sheet:
    """Settings that differ, then the last value of each metric, a column a run."""
    rows: list[tuple[Any, ...]] = [(p.key, *p.values, None) for p in found.params if p.differs]
    rows += [(m.metric, *m.last, m.delta) for m in found.metrics]
    names = [f"{n} ({i[:6]})" for i, n in zip(found.run_ids, found.names, strict=True)]
    return Sheet(("", *names, "delta of last"), tuple(rows))


def as_csv(sheet: Sheet) -> str:
    """RFC 4180, every digit of a number, nan and inf in letters; a text that looks like a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(sheet.columns)
    writer.writerows([[_exact(v) for v in row] for row in sheet.rows])
    return out.getvalue()


def as_markdown(sheet: Sheet) -> str:
    """A GitHub-style table."""
    head = [_markdown(c) for c in sheet.columns]
    lines = [head, ["---:" if _numbers(sheet, i) else "---" for i in range(len(head))]]
    lines += [[_markdown(_short(v)) for v in row] for row in sheet.rows]
    return "".join(f"| {' | '.join(line)} |\n" for line in lines) + "".join(f"\n{n}\n" for n in sheet.notes)


def as_latex(sheet: Sheet) -> str:
    """A ``tabular`` with booktabs' rules."""
    align = "".join("r" if _numbers(sheet, i) else "l" for i in range(len(sheet.columns)))
    body = [_latex_row(tuple(_short(v) for v in row)) for row in sheet.rows]
    head = [rf"\begin{{tabular}}{{{align}}}", r"\toprule", _latex_row(sheet.columns), r"\midrule"]
    rows = [*head, *body, r"\bottomrule"]
    return "\n".join([*rows, r"\end{tabular}", ""])


FORMATS: dict[str, Callable[[Sheet], str]] = {"csv": as_csv, "markdown": as_markdown, "latex": as_latex}


def _numbers(sheet: Sheet, i: int) -> bool:
    values = [r[i] for r in sheet.rows if r[i] is not None]
    return bool(values) and all(isinstance(v, int | float) for v in values)


def _exact(value: Any) -> Any:
    if isinstance(value, float):
        return repr(value) if math.isfinite(value) else _short(value)
    if isinstance(value, str) and value[:1] in ("=", "+", "-", "@", "\t", "\r"):
        return "'" + value
    return "" if value is None else value


def _short(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, float):
        return f"{value:.6g}" if math.isfinite(value) else str(value)
    return str(value)


def _markdown(text: str) -> str:
    return text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("\n", " ").replace("\r", " ")


def _latex_row(cells: tuple[str, ...]) -> str:
    return " & ".join(_latex(c) for c in cells) + r" \\"


def _latex(text: str) -> str:
    return _LATEX_MARK.sub(lambda m: _LATEX[m[0]], text).replace("\n", " ").replace("\r", " ")


def plain(answer: Any) -> Any:
    """An answer as what JSON knows: dataclasses as maps, arrays as lists."""
    if dataclasses.is_dataclass(answer) and not isinstance(answer, type):
        return {f.name: plain(getattr(answer, f.name)) for f in dataclasses.fields(answer)}
    if isinstance(answer, tuple | list):
        return [plain(a) for a in answer]
    if isinstance(answer, dict):
        return {k: plain(v) for k, v in answer.items()}
    return answer.tolist() if hasattr(answer, "tolist") else answer
