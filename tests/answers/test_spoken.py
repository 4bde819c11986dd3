"""A query written out for a person asks the same as the query with its marks."""

from __future__ import annotations

import pytest

from runlift.answers.filters import filter_sql, select_runs
from runlift.answers.spoken import spoken


@pytest.mark.parametrize(
    "expression",
    ["lr<0.05 and name~sgd", 'optim.name="a\'); DROP TABLE x --"', "acc>nan or acc<=1e3", "not lr=0.1", "seed=$1"],
)
def test_written_out_it_asks_the_same(store, expression):
    """Texts that try to end their quotes stay texts; numbers that are not finite stay numbers."""
    where, values = filter_sql(store, expression)
    found = store.sql(spoken(f"SELECT run_id FROM runs r WHERE {where}", values), arrow=True).column(0).to_pylist()
    assert sorted(found) == sorted(select_runs(store, expression))


def test_many_values():
    """The tenth mark is not the first with a nought."""
    assert spoken("$10 $1 $2", ["'", float("inf"), *range(7), 2.5]) == "2.5 '''' 'inf'::DOUBLE"
