"""What runs logged besides numbers, as rows of one table: media, histograms, texts, curves, tensors across runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runlift.answers.study import DETAILS, json_plain
from runlift.errors import OptionError

if TYPE_CHECKING:
    from runlift.api import RunStore

KINDS = ("media", "histograms", "texts", "curves", "tensors")
MOST = 1000
_LETTERS = 2000


def items(store: RunStore, kind: str, run_ids: list[str] | None = None, words: str = "") -> dict[str, Any]:
    """{rows, total}: of each run's items those of a kind, by tag, run and step, at most 1,000; texts up to 2,000 letters.

    Args:
        store: An open store.
        kind: One of ``KINDS``.
        run_ids: Only of these runs.
        words: Only where the tag or the run's name holds this, whichever case.

    Raises:
        OptionError: There is no such kind.
    """
    if kind not in KINDS:
        raise OptionError("kind", kind, ", ".join(KINDS))
    query, order, _ = DETAILS[kind]
    mine = "" if run_ids is None else "AND run_id IN (SELECT unnest($2::VARCHAR[]))"
    values = [words] if run_ids is None else [words, run_ids]
    asked = (
        f"FROM ({query}) i JOIN runs r USING (run_id) WHERE ($1 = '' OR contains(lower(i.tag), lower($1)) "
        f"OR contains(lower(r.name), lower($1))) {mine}"
    )
    total = store.rows(f"SELECT count(*) AS n {asked}", values)[0]["n"]
    order = f"i.tag, r.name, run_id, {order} LIMIT {MOST}"
    rows = store.rows(f"SELECT i.*, r.name {asked} ORDER BY {order}", values)
    for row in rows:
        if kind == "texts":
            row["text"] = row["text"][:_LETTERS]
    return {"rows": json_plain(rows), "total": total}
