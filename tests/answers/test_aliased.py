"""Lines under confirmed names, and items that are no numbers."""

from __future__ import annotations

import pytest

from runlift.answers.aliased import aliased_lines, other_names
from runlift.answers.curves import lines
from runlift.answers.filters import select_runs
from runlift.answers.items import items
from runlift.answers.names import confirm, undo
from runlift.errors import OptionError


def test_lines_of_a_confirmed_name_are_drawn_under_its_metric(store):
    """Runs that logged accuracy give it where acc is asked for, in the order asked for; undone, they give nothing."""
    ids = sorted(select_runs(store, None))
    before = [line.run_id for line in aliased_lines(store, "acc", ids)]
    assert len(before) == 20
    confirm(store, "acc", ["accuracy"])
    assert other_names(store, "acc") == ["accuracy"]
    found = aliased_lines(store, "acc", ids)
    assert [line.run_id for line in found] == ids
    of = {line.run_id: line for line in [*lines(store, "acc", ids), *lines(store, "accuracy", ids)]}
    assert [line.last.tolist() for line in found] == [of[i].last.tolist() for i in ids]
    assert {len(line.x) for line in aliased_lines(store, "acc", ids, span=(0, 2))} == {3}
    undo(store, "accuracy")
    assert [line.run_id for line in aliased_lines(store, "acc", ids)] == before


def test_items_of_no_run_and_of_no_kind(store):
    """A store without media has none; what is no kind is refused."""
    assert items(store, "media") == {"rows": [], "total": 0}
    assert items(store, "texts", [], "x") == {"rows": [], "total": 0}
    with pytest.raises(OptionError, match="histograms"):
        items(store, "runs; DROP TABLE runs")
