"""Records the samples of this folder with the real writers; see RECORDED.md for versions and how to run it.

python record.py FOLDER [NAME ...]
"""

from __future__ import annotations

import math
import os
import socket
import sys

import numpy as np

socket.gethostname = lambda: "recorder"
START = 1_700_000_000.0
RNG = np.random.default_rng(7)


def time_of(step: int) -> float:
    """The wall time of a step: four steps a second."""
    return START + step * 0.25


def picture(seed: int, height: int = 4, width: int = 6) -> np.ndarray:
    """A picture of noise, (3, height, width), the same for the same seed."""
    return np.random.default_rng(seed).integers(0, 255, (3, height, width), dtype=np.uint8)


def torch_kinds(folder: str) -> None:
    """Every ``add_*`` of PyTorch's SummaryWriter but graphs."""
    import torch
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(folder) as w:
        for i in range(30):
            w.add_scalar("train/loss", 1 / (i + 1), i, time_of(i))
            w.add_scalar("Größe/μ 日本 😀", i * 0.5, i, time_of(i))
        for step, x in [(-5, 1.0), (2**40, 2.0), (3, math.nan), (4, math.inf), (5, -math.inf), (6, -0.0)]:
            w.add_scalar("odd numbers", x, step, time_of(6))
        w.add_scalar("new/single", 0.1, 1, time_of(1), new_style=True)
        w.add_scalar("new/double", 0.1, 1, time_of(1), new_style=True, double_precision=True)
        w.add_tensor("weights/matrix", torch.arange(6, dtype=torch.float64).reshape(2, 3), 1, time_of(1))
        w.add_histogram("weights", RNG.normal(size=100), 1, walltime=time_of(1))
        w.add_histogram("weights", np.zeros(10), 2, walltime=time_of(2))
        w.add_histogram_raw("raw", 0.0, 3.0, 6, 7.5, 12.0, [1.0, 2.0, 3.0], [1, 2, 3], 1, time_of(1))
        w.add_image("picture", picture(1), 1, time_of(1))
        w.add_images("pictures", np.stack([picture(2), picture(3)]), 1, time_of(1))
        w.add_video("film", np.stack([picture(i) for i in range(4)])[None], 1, walltime=time_of(1))
        w.add_audio("tone", torch.sin(torch.arange(200) / 5)[None], 1, 8000, time_of(1))
        w.add_text("notes", "a *short* note\nin two lines — ü", 1, time_of(1))
        w.add_pr_curve("pr", RNG.integers(0, 2, 50), RNG.random(50), 1, 11, walltime=time_of(1))
        w.add_mesh(
            "shape",
            torch.rand(1, 5, 3),
            torch.randint(0, 255, (1, 5, 3)),
            torch.randint(0, 5, (1, 2, 3)),
            {"camera": {"cls": "PerspectiveCamera"}},
            1,
            time_of(1),
        )
        w.add_custom_scalars({"group": {"both": ["Multiline", ["train/.*", "new/.*"]]}})
        w.add_embedding(torch.rand(4, 3), ["a", "b", "c", "d"], tag="emb", global_step=1)


def torch_graph(folder: str) -> None:
    """A traced model."""
    import torch
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(folder) as w:
        w.add_graph(torch.nn.Sequential(torch.nn.Linear(3, 2), torch.nn.ReLU()), torch.zeros(1, 3))


def torch_folders(folder: str) -> None:
    """One run that add_scalars and add_hparams spread over sub-folders."""
    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(folder) as w:
        for i in range(5):
            w.add_scalar("accuracy", i / 10, i, time_of(i))
            w.add_scalars("loss/all", {"train": 1 / (i + 1), "val": 2 / (i + 1)}, i, time_of(i))
        hparams = {"lr": 0.1, "batch size": 32, "adam": True, "schedule": "cosine", "ünï": "ä"}
        w.add_hparams(hparams, {"accuracy": 0.4, "hparam/best": 0.5})


def torch_restart(folder: str) -> None:
    """Killed after step 9 and started again from step 6, with purge_step as the documentation has it."""
    import time

    from torch.utils.tensorboard import SummaryWriter

    with SummaryWriter(folder) as w:
        for i in range(10):
            w.add_scalar("loss", 10.0 - i, i, time_of(i))
    time.sleep(1.1)
    with SummaryWriter(folder, purge_step=6) as w:
        for i in range(6, 12):
            w.add_scalar("loss", 110.0 - i, i, time_of(i + 20))


def clu_writer(folder: str) -> None:
    """JAX's clu."""
    from clu.metric_writers import SummaryWriter

    w = SummaryWriter(folder)
    for i in range(5):
        w.write_scalars(i, {"loss": 1.0 / (i + 1), "accuracy": np.float32(i / 5)})
    w.write_images(1, {"images": np.stack([picture(4), picture(5)]).transpose(0, 2, 3, 1)})
    w.write_texts(1, {"text": "a text"})
    w.write_audios(1, {"sound": np.sin(np.arange(60) / 5).reshape(1, 60, 1).astype(np.float32)}, sample_rate=8000)
    w.write_histograms(1, {"h": RNG.normal(size=20)}, {"h": 10})
    w.write_hparams({"lr": 0.1, "layers": 3})
    w.flush()
    w.close()


def flax_writer(folder: str) -> None:
    """JAX's flax."""
    from flax.metrics.tensorboard import SummaryWriter

    w = SummaryWriter(folder)
    for i in range(5):
        w.scalar("loss", 1.0 / (i + 1), i)
    w.image("pictures", np.stack([picture(4), picture(5)]).transpose(0, 2, 3, 1), 1)
    w.audio("tone", np.sin(np.arange(60) / 5).reshape(1, 60, 1), 1, sample_rate=8000)
    w.histogram("h", RNG.normal(size=20), 1, bins=4)
    w.text("note", "a text", 1)
    w.hparams({"lr": 0.1, "act": "relu"})
    w.close()


def tensorboardx_kinds(folder: str) -> None:
    """Every ``add_*`` of tensorboardX but graphs."""
    from tensorboardX import SummaryWriter

    with SummaryWriter(folder) as w:
        for i in range(20):
            w.add_scalar("train/loss", 1 / (i + 1), i, time_of(i))
        w.add_scalar("name", 1.0, 1, time_of(1), display_name="shown as", summary_description="what it **means**")
        w.add_scalars("group", {"a": 1.0, "b": 2.0}, 1, time_of(1))
        w.add_histogram("weights", RNG.normal(size=100), 1, walltime=time_of(1))
        w.add_image("picture", picture(1), 1, time_of(1))
        w.add_images("pictures", np.stack([picture(2), picture(3)]), 1, time_of(1))
        w.add_audio("tone", np.sin(np.arange(200) / 5), 1, 8000, time_of(1))
        w.add_text("notes", "a text", 1, time_of(1))
        w.add_pr_curve("pr", RNG.integers(0, 2, 50), RNG.random(50), 1, 11, walltime=time_of(1))
        w.add_mesh("shape", np.zeros((1, 4, 3), np.float32), global_step=1, walltime=time_of(1))
        w.add_hparams({"lr": 0.1, "layers": 3}, {"hparam/best": 0.5}, name="trial")


def _event(summary: object, step: int) -> object:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary

    # With TensorFlow installed, TensorBoard's summary functions give TensorFlow's own class of the same message.
    own = Summary.FromString(summary.SerializeToString())
    return Event(wall_time=time_of(step), step=step, summary=own)


def tensorboard_plugins(folder: str) -> None:
    """TensorBoard's own summary functions through its EventFileWriter: new-style tensors of every plugin."""
    from tensorboard.plugins.audio import summary as audio
    from tensorboard.plugins.custom_scalar import layout_pb2
    from tensorboard.plugins.custom_scalar import summary as custom
    from tensorboard.plugins.histogram import summary as histogram
    from tensorboard.plugins.image import summary as image
    from tensorboard.plugins.mesh import summary as mesh
    from tensorboard.plugins.pr_curve import summary as pr
    from tensorboard.plugins.scalar import summary as scalar
    from tensorboard.plugins.text import summary as text
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    chart = layout_pb2.Chart(title="t", multiline=layout_pb2.MultilineChartContent(tag=["a.*"]))
    layout = layout_pb2.Layout(category=[layout_pb2.Category(title="c", chart=[chart])])
    summaries = [
        scalar.pb("loss", 0.25, display_name="Loss", description="the *loss*"),
        histogram.pb("weights", RNG.normal(size=50), bucket_count=5),
        histogram.pb("empty", []),
        image.pb("pictures", [picture(i).transpose(1, 2, 0) for i in range(3)]),
        audio.pb("tones", np.sin(np.arange(120) / 5).astype(np.float32).reshape(2, 60, 1), 8000, ["low", "high"]),
        text.pb("note", "one"),
        text.pb("table", [["a", "b"], ["c", "ü"]]),
        pr.pb("pr", RNG.integers(0, 2, 40), RNG.random(40), num_thresholds=7),
        mesh.pb("cloud", np.zeros((1, 4, 3), np.float32), colors=np.ones((1, 4, 3), np.uint8)),
        custom.pb(layout),
    ]
    w = EventFileWriter(folder)
    for s in summaries:
        w.add_event(_event(s, 1))
    w.close()


def tensorboard_dtypes(folder: str) -> None:
    """Scalars of every dtype, in tensor_content and in value fields; with metadata on each tag's first value only."""
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.compat.proto.tensor_pb2 import TensorProto
    from tensorboard.compat.tensorflow_stub import dtypes
    from tensorboard.plugins.scalar.metadata import create_summary_metadata
    from tensorboard.summary.writer.event_file_writer import EventFileWriter
    from tensorboard.util.tensor_util import make_tensor_proto

    names = [
        "half",
        "float32",
        "float64",
        "int8",
        "int16",
        "int32",
        "int64",
        "uint8",
        "uint16",
        "uint32",
        "uint64",
        "bool",
    ]
    w = EventFileWriter(folder)
    for step in range(3):
        values = []
        for name in names:
            dtype = np.float16 if name == "half" else np.dtype(name)
            x = np.asarray([1.5, 0, -3][step] if "u" not in name else step).astype(dtype)
            number = dtypes.as_dtype(dtype).as_datatype_enum
            tensors = {
                "listed": make_tensor_proto(x),
                "content": TensorProto(dtype=number, tensor_shape={}, tensor_content=x.tobytes()),
            }
            for how, tensor in tensors.items():
                value = Summary.Value(tag=f"{how}/{name}", tensor=tensor)
                if step == 0:
                    value.metadata.CopyFrom(create_summary_metadata(name, None))
                values.append(value)
        one = TensorProto(dtype=1, tensor_shape={"dim": [{"size": 1}]}, float_val=[step + 0.5])
        values.append(Summary.Value(tag="no plugin/shape 1", tensor=one))
        bits = TensorProto(dtype=14, tensor_shape={}, half_val=[0x3FC0 + step])
        values.append(Summary.Value(tag="no plugin/bfloat16", tensor=bits))
        values.append(Summary.Value(tag="checkpoint_path", tensor=make_tensor_proto(f"model-{step}")))
        mine = {"plugin_data": {"plugin_name": "mine", "content": b"\x01"}}
        values.append(Summary.Value(tag="unknown", tensor=make_tensor_proto([1.0, 2.0]), metadata=mine))
        w.add_event(_event(Summary(value=values), step))
    w.close()


def tensorboard_writer(folder: str) -> None:
    """tensorboard.summary.Writer."""
    import tensorboard.summary

    w = tensorboard.summary.Writer(folder)
    for i in range(10):
        w.add_scalar("loss", 1 / (i + 1), i, wall_time=time_of(i), description="of training")
    w.close()


def tensorflow_v2(folder: str) -> None:
    """tf.summary of TensorFlow 2, train and validation in two folders."""
    import tensorflow as tf
    from tensorboard.plugins.hparams import api as hp

    for part in ("train", "validation"):
        with tf.summary.create_file_writer(os.path.join(folder, part)).as_default():
            for i in range(10):
                tf.summary.scalar("epoch_loss", 1 / (i + 1), i, description="loss of an epoch")
            tf.summary.histogram("kernel", RNG.normal(size=40), 1, buckets=6)
            tf.summary.image("pictures", np.stack([picture(i).transpose(1, 2, 0) for i in range(4)]), 1, max_outputs=4)
            tf.summary.audio("tone", np.sin(np.arange(100) / 5).reshape(1, 100, 1).astype(np.float32), 8000, 1)
            tf.summary.text("note", "a text", 1)
            tf.summary.write("raw", tf.constant([[1, 2], [3, 4]], tf.int64), 1)
            if part == "train":
                hp.hparams({"lr": 0.1, "units": 16, "dropout": True, "optimizer": "adam"}, trial_id="t")


def tensorflow_v1(folder: str) -> None:
    """tf.compat.v1 FileWriter: graph, several values an event, a session log, metadata on the first value only."""
    import tensorflow as tf
    from tensorboard import summary

    graph = tf.Graph()
    with graph.as_default():
        x = tf.compat.v1.placeholder(tf.float32, [], name="x")
        merged = tf.compat.v1.summary.merge(
            [
                tf.compat.v1.summary.scalar("loss", x),
                tf.compat.v1.summary.scalar("twice", x * 2),
                tf.compat.v1.summary.histogram("h", tf.stack([x, x * 2, x * 3])),
                tf.compat.v1.summary.text("note", tf.strings.as_string(x)),
                summary.v1.scalar("new_scalar", x, description="new style in a graph"),
                summary.v1.histogram("new_histogram", tf.stack([x, x * 2]), bucket_count=3),
            ]
        )
        with tf.compat.v1.Session() as session:
            w = tf.compat.v1.summary.FileWriter(folder, graph)
            w.add_session_log(tf.compat.v1.SessionLog(status=tf.compat.v1.SessionLog.START), 0)
            metadata = tf.compat.v1.RunMetadata()
            options = tf.compat.v1.RunOptions(trace_level=tf.compat.v1.RunOptions.FULL_TRACE)
            for i in range(4):
                w.add_summary(session.run(merged, {x: i}, options=options, run_metadata=metadata), i)
            w.add_run_metadata(metadata, "step 3", 3)
            checkpoint = tf.compat.v1.SessionLog(status=tf.compat.v1.SessionLog.CHECKPOINT, checkpoint_path="model-3")
            w.add_session_log(checkpoint, 3)
            w.close()


def keras_callback(folder: str) -> None:
    """The Keras TensorBoard callback."""
    import tensorflow as tf

    model = tf.keras.Sequential([tf.keras.layers.Dense(1, input_shape=(2,))])
    model.compile("sgd", "mse")
    x = np.ones((8, 2), np.float32)
    callback = tf.keras.callbacks.TensorBoard(folder, histogram_freq=1, update_freq=1)
    model.fit(x, x[:, :1], epochs=2, batch_size=4, validation_data=(x, x[:, :1]), callbacks=[callback], verbose=0)


SAMPLES = (
    torch_kinds, torch_graph, torch_folders, torch_restart, clu_writer, flax_writer, tensorboardx_kinds, tensorboard_plugins,
    tensorboard_dtypes, tensorboard_writer, tensorflow_v2, tensorflow_v1, keras_callback,
)  # fmt: skip

if __name__ == "__main__":
    top, *wanted = sys.argv[1:]
    for sample in SAMPLES:
        if not wanted or sample.__name__ in wanted:
            sample(os.path.join(top, sample.__name__))
