"""Records MXNet's ``Module.fit``: ``python mxnet_fit.py > mxnet.log 2>&1`` (mxnet 1.9.1 with numpy below 1.24, made-up rows)."""

import logging

import mxnet as mx
import numpy as np

logging.basicConfig(level=logging.INFO)
mx.random.seed(7)
np.random.seed(7)  # noqa: NPY002 - MXNet's iterator shuffles with the global one
rng = np.random.default_rng(7)
x = rng.normal(size=(840, 4)).astype("float32")
y = (x[:, 0] + 0.5 * x[:, 1] > 0).astype("float32")
net = mx.sym.FullyConnected(mx.sym.Variable("data"), num_hidden=2)
model = mx.mod.Module(mx.sym.SoftmaxOutput(net, name="softmax"), context=mx.cpu())
model.fit(
    mx.io.NDArrayIter(x[:640], y[:640], batch_size=10, shuffle=True), mx.io.NDArrayIter(x[640:], y[640:], batch_size=10),
    eval_metric=mx.metric.create(["accuracy", "ce"]), optimizer_params={"learning_rate": 0.1}, num_epoch=3,
    batch_end_callback=mx.callback.Speedometer(10, 20), epoch_end_callback=mx.callback.do_checkpoint("model"),
)  # fmt: skip
