"""Records NeMo 2's ProgressPrinter: ``python nemo_progress.py 2> /dev/null | grep iteration > nemo.log`` (nemo_toolkit 2.7.3, Lightning, on the CPU).

NeMo's own strategy needs a GPU: Lightning's is given what the printer asks of it, and the model logs what NeMo's models log.
"""

import lightning.pytorch as pl
import torch
from lightning.pytorch.strategies import SingleDeviceStrategy
from megatron.core.num_microbatches_calculator import init_num_microbatches_calculator
from nemo.lightning.pytorch.callbacks.progress_printer import ProgressPrinter
from nemo.lightning.pytorch.strategies.megatron_strategy import MegatronStrategy


class Strategy(SingleDeviceStrategy):
    """One device, which counts the steps of an epoch as NeMo does."""

    current_epoch_step = MegatronStrategy.current_epoch_step
    trainer = property(lambda self: self._lightning_module.trainer)


class Line(pl.LightningModule):
    """A line through made-up rows."""

    def __init__(self):
        super().__init__()
        self.net = torch.nn.Linear(4, 2)

    def loss(self, batch):
        """Cross entropy of a batch."""
        return torch.nn.functional.cross_entropy(self.net(batch[0]), batch[1])

    def training_step(self, batch, _):
        """A step that logs what NeMo's models log."""
        loss = self.loss(batch)
        told = {
            "lr": self.optimizers().param_groups[0]["lr"],
            "global_batch_size": 16.0,
            "global_step": float(self.global_step),
        }
        self.log_dict(
            told | {"reduced_train_loss": loss, "consumed_samples": 16.0 * (self.global_step + 1)}, prog_bar=True
        )
        return loss

    def validation_step(self, batch, _):
        """The loss of the held rows."""
        self.log("val_loss", self.loss(batch), prog_bar=True)

    def configure_optimizers(self):
        """Adam, and a rate that falls."""
        adam = torch.optim.Adam(self.parameters(), lr=0.05)
        return {
            "optimizer": adam,
            "lr_scheduler": {"scheduler": torch.optim.lr_scheduler.ExponentialLR(adam, 0.9), "interval": "step"},
        }


pl.seed_everything(7)
init_num_microbatches_calculator(
    rank=0, rampup_batch_size=None, global_batch_size=16, micro_batch_size=16, data_parallel_size=1
)
x = torch.randn(160, 4)
rows = torch.utils.data.TensorDataset(x, (x[:, 0] + 0.5 * x[:, 1] > 0).long())
loader = torch.utils.data.DataLoader(rows, batch_size=16)
pl.Trainer(
    accelerator="cpu", strategy=Strategy(device="cpu"), callbacks=[ProgressPrinter(log_interval=1)], max_steps=12, max_epochs=2,
    val_check_interval=5, limit_val_batches=2, num_sanity_val_steps=0, logger=False, enable_checkpointing=False,
).fit(Line(), loader, loader)  # fmt: skip
