"""Lightning with its CSVLogger (metrics.csv and hparams.yaml under lightning_logs); stdout and stderr are the log.

python lightning_digits.py OUT LR > fit.log 2>&1
"""

import sys

import lightning
import torch
from lightning.pytorch.loggers import CSVLogger
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.data import DataLoader, TensorDataset


class Digits(lightning.LightningModule):
    def __init__(self, lr=0.01, hidden=32, dropout=0.1):
        super().__init__()
        self.save_hyperparameters()
        self.net = nn.Sequential(nn.Linear(64, hidden), nn.ReLU(), nn.Dropout(dropout), nn.Linear(hidden, 10))

    def training_step(self, batch, _):
        loss = nn.functional.cross_entropy(self.net(batch[0]), batch[1])
        self.log("train_loss", loss, prog_bar=True)
        return loss

    def validation_step(self, batch, _):
        out = self.net(batch[0])
        self.log("val_loss", nn.functional.cross_entropy(out, batch[1]), prog_bar=True)
        self.log("val_acc", (out.argmax(1) == batch[1]).float().mean(), prog_bar=True)

    def configure_optimizers(self):
        return torch.optim.Adam(self.parameters(), self.hparams.lr)


lightning.seed_everything(11)
torch.set_num_threads(1)
x, y = load_digits(return_X_y=True)
data = TensorDataset(torch.tensor(x, dtype=torch.float32) / 16, torch.tensor(y))
train, val = torch.utils.data.random_split(data, [1400, 397])
trainer = lightning.Trainer(max_epochs=5, logger=CSVLogger(sys.argv[1]), log_every_n_steps=5, accelerator="cpu",
                            enable_checkpointing=False)
trainer.fit(Digits(float(sys.argv[2])), DataLoader(train, 50, shuffle=True), DataLoader(val, 397))
