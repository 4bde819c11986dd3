"""The recorded samples: every value of every kind as TensorBoard's own reader gives it."""

from __future__ import annotations

import math

import numpy as np
import pytest

import runlift

ALL = dict.fromkeys(("scalars", "tensors", "images", "audio", "histograms", "compressedHistograms"), 0)
_UNKNOWN_TO_TENSORBOARD = ("listed/uint32", "listed/uint64")


def test_every_value_equals_tensorboards_own_reader(sample_run, read, ask, tmp_path):
    """The store holds what TensorBoard's event loader reads, to the last bit, and the bytes add up to the file."""
    report = read(sample_run)
    found = runlift.verify_event_files(sample_run, tmp_path / "store")
    assert found.differences == []
    assert found.sources == len([p for p in sample_run.rglob("*tfevents*") if p.is_file()])
    assert sum(found.compared.values()) > 0
    assert not report.losses
    ledgers = ask("SELECT bytes, total, used + ignored FROM sources WHERE format = 'tensorboard'")
    assert all(size == total == known for size, total, known in ledgers)


def _plugin(found, tag: str) -> str:
    metadata = found.summary_metadata.get(tag)
    return "" if metadata is None else metadata.plugin_data.plugin_name


def _scalars_of(folder) -> dict[str, list[tuple[float, int, float]]]:
    """Wall time, step and value of every scalar tag, from EventAccumulator with nothing sampled away."""
    from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
    from tensorboard.util.tensor_util import make_ndarray

    found = EventAccumulator(str(folder), size_guidance=ALL, purge_orphaned_data=False)
    found.Reload()
    old = {tag: [(e.wall_time, e.step, e.value) for e in found.Scalars(tag)] for tag in found.Tags()["scalars"]}
    return old | {
        tag: [(e.wall_time, e.step, float(make_ndarray(e.tensor_proto))) for e in found.Tensors(tag)]
        for tag in found.Tags()["tensors"]
        if _plugin(found, tag) == "scalars" and tag not in _UNKNOWN_TO_TENSORBOARD
    }


@pytest.mark.parametrize(
    "name", ["torch_kinds", "tensorboardx_kinds", "tensorboard_dtypes", "clu_writer", "flax_writer"]
)
def test_scalars_equal_event_accumulator(name, samples, read, ask):
    """EventAccumulator without reservoirs gives the same wall times, steps and values for every scalar tag."""
    read(samples / name)
    folder = str(samples / name) + "/events%"
    query = "SELECT wall_time, step, value FROM points WHERE metric = $1 AND source LIKE $2 ORDER BY position"
    truth = _scalars_of(samples / name)
    assert truth
    for tag, rows in truth.items():
        assert np.array_equal(np.array(ask(query, tag, folder), float), np.array(rows, float), equal_nan=True), tag


def test_odd_numbers_stand_as_they_were_logged(samples, read, ask):
    """NaN, both infinities, -0.0, a negative step and one of 40 bits, and tags in other scripts."""
    read(samples / "torch_kinds")
    rows = ask("SELECT step, value FROM points WHERE metric = 'odd numbers' ORDER BY position")
    assert [s for s, _ in rows] == [-5, 2**40, 3, 4, 5, 6]
    assert math.isnan(rows[2][1])
    assert [v for _, v in rows[3:]] == [math.inf, -math.inf, 0.0]
    assert math.copysign(1, rows[5][1]) == -1
    assert ask("SELECT count(*) FROM points WHERE metric = 'Größe/μ 日本 😀'") == [(30,)]


def test_every_dtype_is_a_scalar(samples, read, ask):
    """Twelve dtypes in both layouts, bfloat16 and a tensor of shape [1]; metadata came with the first value only."""
    read(samples / "tensorboard_dtypes")
    counts = dict(ask("SELECT metric, count(*) FROM points GROUP BY metric"))
    assert len(counts) == 26
    assert set(counts.values()) == {3}
    query = "SELECT value FROM points WHERE metric = $1 ORDER BY position"
    for how in ("listed", "content"):
        assert ask(query, f"{how}/half") == [(1.5,), (0.0,), (-3.0,)]
        assert ask(query, f"{how}/uint64") == [(0.0,), (1.0,), (2.0,)]
        assert ask(query, f"{how}/bool") == [(1.0,), (0.0,), (1.0,)]
    assert ask(query, "no plugin/bfloat16") == [(1.5,), (1.5078125,), (1.515625,)]


def test_media_keep_their_size_rate_and_bytes(samples, read, ask):
    """Images, an animated GIF, audio with rate and length, and the parts of a mesh, whatever the writer."""
    read(samples / "torch_kinds")
    rows = ask("SELECT tag, kind, mime, width, height, sample_rate, length_frames FROM media ORDER BY tag, caption")
    assert ("film", "image", "image/gif", 6, 4, None, None) in rows
    assert ("tone", "audio", "audio/wav", None, None, 8000.0, 200) in rows
    assert [r[1] for r in rows].count("mesh") == 3
    read(samples / "tensorflow_v2")
    assert ask("SELECT count(*) FROM media WHERE tag = 'pictures' AND source LIKE '%/train/%'") == [(4,)]


def test_settings_of_the_hparams_plugin_are_the_runs(samples, read, ask):
    """Keras', clu's and flax' hparams become settings with their types."""
    for name in ("tensorflow_v2", "clu_writer", "flax_writer"):
        read(samples / name)
    rows = set(ask("SELECT key, value, kind FROM params WHERE source LIKE '%tensorflow_v2%'"))
    numbers = {("lr", "0.1", "float"), ("units", "16", "int")}
    assert rows == numbers | {("dropout", "true", "bool"), ("optimizer", "adam", "string")}
    assert ask("SELECT value FROM params WHERE key = 'act'") == [("relu",)]
    assert ask("SELECT number FROM params WHERE key = 'layers'") == [(3.0,)]


def test_graphs_are_kept_whole_with_their_node_count(samples, read, ask):
    """A traced model and a TF1 graph are artifacts, byte for byte, and a line says how many nodes they have."""
    read(samples / "torch_graph")
    read(samples / "tensorflow_v1")
    assert ask("SELECT name, stored FROM artifacts WHERE source LIKE '%torch_graph%' AND type = 'graph'") == [
        ("graph_def.pb", True)
    ]
    texts = [t for (t,) in ask("SELECT text FROM texts WHERE tag = 'graph_def'")]
    assert len(texts) == 2
    assert all("nodes (" in t for t in texts)


def test_the_projectors_config_belongs_to_the_run(samples, read, ask):
    """The config is kept, and the files of the embedding that it names are named, left where they are."""
    assert read(samples / "torch_kinds").runs == 1
    rows = ask("SELECT name, stored, path FROM artifacts WHERE type LIKE 'projector%' ORDER BY name")
    assert [(name, stored) for name, stored, _ in rows] == [
        ("00001/emb/metadata.tsv", False), ("00001/emb/tensors.tsv", False), ("projector_config.pbtxt", True),
    ]  # fmt: skip
    assert rows[1][2] == str(samples / "torch_kinds/00001/emb/tensors.tsv")


def test_nothing_is_dropped_for_an_unknown_plugin(samples, read, ask):
    """A tensor of a plugin that nobody knows is kept as a tensor, with its plugin's name."""
    read(samples / "tensorboard_dtypes")
    assert ask("SELECT plugin, dtype, shape, count(*) FROM tensors GROUP BY ALL") == [("mine", "float32", [2], 3)]
