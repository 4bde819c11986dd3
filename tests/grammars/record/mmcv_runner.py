"""Records MMCV 1's EpochBasedRunner: ``python mmcv_runner.py 2> mmcv.log`` (mmcv 1.7.2 without its operators, made-up rows).

mmcv_out/*.log.json is the sample of its JSON lines.
"""

import logging

import torch
from mmcv.runner import EpochBasedRunner, EvalHook
from mmcv.utils import get_logger
from torch.utils.data import DataLoader, TensorDataset

torch.manual_seed(7)
x = torch.randn(160, 4)
rows = TensorDataset(x, (x[:, 0] > 0).long())


class Model(torch.nn.Module):
    """One layer, with the steps that a runner calls."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(4, 2)

    def train_step(self, batch, _optimizer):
        """The loss and what is to be logged of it."""
        out = self.layer(batch[0])
        loss = torch.nn.functional.cross_entropy(out, batch[1])
        right = 100 * (out.argmax(1) == batch[1]).float().mean()
        return {"loss": loss, "log_vars": {"acc": right.item(), "loss": loss.item()}, "num_samples": len(out)}

    def val_step(self, batch, optimizer):
        """As in training."""
        return self.train_step(batch, optimizer)


def evaluate(model, loader):
    """One answer a batch."""
    return [(model.layer(a).argmax(1) == b).float().mean().item() for a, b in loader]


class Rows(TensorDataset):
    """Rows that can say how good the answers are."""

    def evaluate(self, results, **_):
        """The mean of the batches."""
        return {"accuracy": 100 * sum(results) / len(results)}


model = Model()
runner = EpochBasedRunner(
    model, optimizer=torch.optim.SGD(model.parameters(), 0.1), work_dir="mmcv_out", logger=get_logger("mmcls", log_level=logging.INFO),
    max_epochs=3, meta={"seed": 7},
)  # fmt: skip
log = {"interval": 5, "hooks": [{"type": "TextLoggerHook"}]}
runner.register_training_hooks({"policy": "fixed"}, {"grad_clip": {"max_norm": 35}}, {"interval": 1}, log)
runner.register_hook(EvalHook(DataLoader(Rows(*rows.tensors), batch_size=8), test_fn=evaluate), priority="LOW")
runner.run([DataLoader(rows, batch_size=8)], [("train", 1)])
