# ruff: noqa: ANN204, D102, N812, PT019 - the methods are the framework's, not ours
"""Records PyTorch Lightning: ``python lightning_fit.py tqdm 2>&1 | cat > lightning_tqdm.log`` (or ``rich``)."""

import logging
import sys
import warnings

import lightning as L
import torch
from lightning.pytorch.callbacks import ModelCheckpoint, RichProgressBar, TQDMProgressBar

warnings.simplefilter("ignore")
logging.getLogger("lightning.pytorch").setLevel(logging.INFO)
L.seed_everything(7)


class Model(L.LightningModule):
    """One layer, a train loss by step and epoch, a validation loss and accuracy."""

    def __init__(self):
        super().__init__()
        self.layer = torch.nn.Linear(5, 2)

    def _loss(self, batch):
        x, y = batch
        out = self.layer(x)
        return torch.nn.functional.cross_entropy(out, y), (out.argmax(1) == y).float().mean()

    def training_step(self, batch, _):
        loss, acc = self._loss(batch)
        self.log("train_loss", loss, prog_bar=True, on_step=True, on_epoch=True)
        self.log("train_acc", acc, prog_bar=True)
        return loss

    def validation_step(self, batch, _):
        loss, acc = self._loss(batch)
        self.log_dict({"val_loss": loss, "val_acc": acc}, prog_bar=True)

    def test_step(self, batch, _):
        loss, acc = self._loss(batch)
        self.log_dict({"test_loss": loss, "test_acc": acc})

    def configure_optimizers(self):
        return torch.optim.SGD(self.parameters(), 0.1)


def loader():
    """Eighty made-up rows in batches of ten."""
    x = torch.randn(80, 5)
    return torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, (x[:, 0] > 0).long()), batch_size=10)


bar = RichProgressBar() if sys.argv[1] == "rich" else TQDMProgressBar(refresh_rate=4)
trainer = L.Trainer(
    max_epochs=3, accelerator="cpu", logger=False, default_root_dir="lightning_out", log_every_n_steps=4,
    callbacks=[bar, ModelCheckpoint("lightning_out", monitor="val_loss", verbose=True)], num_sanity_val_steps=0,
)  # fmt: skip
model = Model()
trainer.fit(model, loader(), loader())
trainer.test(model, loader())
