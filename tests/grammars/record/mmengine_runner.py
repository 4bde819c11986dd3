# ruff: noqa: ANN204, D102 - the methods are the framework's, not ours
"""Records MMEngine's Runner: ``python mmengine_runner.py > mmengine.log 2>&1``."""

import torch
from mmengine.evaluator import BaseMetric
from mmengine.model import BaseModel
from mmengine.runner import Runner
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(7)


class Model(BaseModel):
    """One layer."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(4, 2)

    def forward(self, x, y, mode):
        out = self.layer(x)
        return {"loss": torch.nn.functional.cross_entropy(out, y)} if mode == "loss" else (out, y)


class Accuracy(BaseMetric):
    """Share of right answers."""

    def process(self, _batch, outputs):
        out, y = outputs
        self.results.append({"n": len(y), "right": int((out.argmax(1) == y).sum())})

    def compute_metrics(self, results):
        return {"accuracy": 100 * sum(r["right"] for r in results) / sum(r["n"] for r in results)}


x = torch.randn(160, 4)
data = TensorDataset(x, (x[:, 0] > 0).long())
runner = Runner(
    Model(), "mmengine_out", train_dataloader=DataLoader(data, batch_size=8), val_dataloader=DataLoader(data, batch_size=8),
    train_cfg={"by_epoch": True, "max_epochs": 3, "val_interval": 1}, val_cfg={}, val_evaluator=[Accuracy()],
    optim_wrapper={"optimizer": {"type": "SGD", "lr": 0.1}}, default_hooks={"logger": {"type": "LoggerHook", "interval": 5}},
)  # fmt: skip
runner.train()
