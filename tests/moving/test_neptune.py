"""The layout of neptune-exporter, held against its published schema: names, types, file names, one value a row."""

from __future__ import annotations

import pyarrow.parquet as pq
import pytest

import runlift

# As its README documents it; the package is not on PyPI, so that its own reader cannot be a dependency.
SCHEMA = {
    "project_id": "string",
    "run_id": "string",
    "attribute_path": "string",
    "attribute_type": "string",
    "step": "decimal128(18, 6)",
    "timestamp": "timestamp[ms, tz=UTC]",
    "int_value": "int64",
    "float_value": "double",
    "string_value": "string",
    "bool_value": "bool",
    "datetime_value": "timestamp[ms, tz=UTC]",
    "string_set_value": "list<element: string>",
    "file_value": "struct<path: string>",
    "histogram_value": "struct<type: string, edges: list<element: double>, values: list<element: double>>",
}
VALUE = {
    "float": "float_value",
    "int": "int_value",
    "string": "string_value",
    "bool": "bool_value",
    "datetime": "datetime_value",
    "string_set": "string_set_value",
    "float_series": "float_value",
    "string_series": "string_value",
    "histogram_series": "histogram_value",
    "file": "file_value",
    "file_series": "file_value",
}


@pytest.fixture(scope="module")
def dest(torture, tmp_path_factory):
    """The torture runs in the layout."""
    made = tmp_path_factory.mktemp("neptune") / "dest"
    runlift.export("neptune-parquet", made, torture, verify=False)
    return made


def test_every_part_has_the_documented_columns(dest):
    """Names, order and types; parts are data/PROJECT/RUN_part_N.parquet, each run has a part 0."""
    parts = sorted((dest / "data").glob("*/*_part_*.parquet"))
    assert len([p for p in parts if p.stem.endswith("_part_0")]) == 6
    for part in parts:
        found = pq.read_schema(part)
        assert {f.name: str(f.type) for f in found} == SCHEMA
        assert found.names == list(SCHEMA)


def test_every_row_has_the_value_of_its_type_and_no_other(dest):
    """Series have steps, scalars none; every file that a row names is there."""
    types = set()
    for part in sorted((dest / "data").glob("*/*_part_*.parquet")):
        for row in pq.read_table(part).to_pylist():
            kind = row["attribute_type"]
            types.add(kind)
            assert {name for name in set(VALUE.values()) if row[name] is not None} == {VALUE[kind]}
            assert (row["step"] is not None) == kind.endswith("_series")
            if row["file_value"]:
                assert (dest / "files" / row["file_value"]["path"]).is_file()
    assert types == VALUE.keys()


def test_a_scalar_attribute_of_a_run_is_once(dest):
    """Loaders take one value for each path."""
    seen = set()
    for part in sorted((dest / "data").glob("*/*_part_*.parquet")):
        for row in pq.read_table(part, columns=["run_id", "attribute_path", "attribute_type"]).to_pylist():
            if not row["attribute_type"].endswith("_series"):
                key = (row["run_id"], row["attribute_path"])
                assert key not in seen
                seen.add(key)
