"""Records Chainer's PrintReport: ``python chainer_report.py > chainer.log`` (chainer 7.8.1 with numpy below 1.24, made-up rows)."""

import chainer
import numpy as np
from chainer import training
from chainer.training import extensions

np.random.seed(7)  # noqa: NPY002 - Chainer draws its weights and its order from the global one
x = np.random.default_rng(7).normal(size=(400, 4)).astype("float32")
y = (x[:, 0] + 0.5 * x[:, 1] > 0).astype("int32")
model = chainer.links.Classifier(chainer.links.Linear(4, 2))
optimizer = chainer.optimizers.Adam(0.01)
optimizer.setup(model)
rows = list(chainer.datasets.TupleDataset(x, y))
trainer = training.Trainer(
    training.updaters.StandardUpdater(chainer.iterators.SerialIterator(rows[:300], 20), optimizer),
    (8, "epoch"),
    out="chainer_out",
)
trainer.extend(
    extensions.Evaluator(chainer.iterators.SerialIterator(rows[300:], 20, repeat=False, shuffle=False), model)
)
trainer.extend(extensions.LogReport())
columns = ["epoch", "main/loss", "validation/main/loss", "main/accuracy", "validation/main/accuracy", "elapsed_time"]
trainer.extend(extensions.PrintReport(columns))
trainer.run()
