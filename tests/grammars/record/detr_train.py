"""Records DETR's MetricLogger on the CPU: ``python detr_train.py > detr.log`` (detr 0.1.4, made-up pictures).

The package ships DETR without its engine.py: the loops here call the logger as engine.py does, and print the averages as it does.
"""

import torch
import torchvision

torchvision.__version__ = "0.8.0"  # DETR reads the first three characters as a number

from models.detr import DETR, SetCriterion  # noqa: E402
from models.matcher import HungarianMatcher  # noqa: E402
from models.transformer import Transformer  # noqa: E402
from util import misc  # noqa: E402


class Backbone(torch.nn.Module):
    """One convolution, and where its cells stand."""

    num_channels = 16

    def __init__(self):
        super().__init__()
        self.conv = torch.nn.Conv2d(3, 16, 16, stride=16)
        self.place = torch.nn.Parameter(torch.randn(1, 16, 4, 4))

    def forward(self, samples):
        """Features with their mask, and their places."""
        x = self.conv(samples.tensors).relu()
        return [misc.NestedTensor(x, samples.mask[:, ::16, ::16])], [self.place.expand(len(x), -1, -1, -1)]


torch.manual_seed(7)
rows = []
for _ in range(10):
    boxes = torch.rand(4, 1, 4) * 0.4 + 0.3
    pictures = torch.rand(4, 3, 64, 64) * 0.2
    for picture, (x, y, w, h) in zip(pictures, (64 * boxes[:, 0]).int().tolist(), strict=True):
        picture[:, y - h // 2 : y + h // 2, x - w // 2 : x + w // 2] = 0.9
    rows.append((pictures, [{"labels": torch.zeros(1, dtype=torch.int64), "boxes": box} for box in boxes]))
model = DETR(
    Backbone(),
    Transformer(d_model=16, nhead=2, num_encoder_layers=1, num_decoder_layers=1, dim_feedforward=32),
    num_classes=1,
    num_queries=4,
)
weights = {"loss_ce": 1, "loss_bbox": 5, "loss_giou": 2}
criterion = SetCriterion(1, HungarianMatcher(1, 5, 2), weights, eos_coef=0.1, losses=["labels", "boxes", "cardinality"])
adam = torch.optim.AdamW(model.parameters(), lr=1e-3)


def losses(pictures, targets):
    """The sum to learn from, and every part of it by name."""
    parts = criterion(model(list(pictures)), targets)
    return sum(weights[k] * parts[k] for k in weights), {k: v.detach() for k, v in parts.items()}


def epoch_of(logger, header, print_freq, learn):
    """Go once through the rows."""
    for pictures, targets in logger.log_every(rows, print_freq, header):
        with torch.set_grad_enabled(learn):
            loss, parts = losses(pictures, targets)
        if learn:
            adam.zero_grad()
            loss.backward()
            adam.step()
            logger.update(lr=adam.param_groups[0]["lr"])
        logger.update(loss=loss.item(), **{k: weights[k] * v for k, v in parts.items() if k in weights})
        logger.update(**{f"{k}_unscaled": v for k, v in parts.items()})
        logger.update(class_error=parts["class_error"])
    logger.synchronize_between_processes()
    print("Averaged stats:", logger)


for epoch in range(2):
    train, test = misc.MetricLogger(delimiter="  "), misc.MetricLogger(delimiter="  ")
    train.add_meter("lr", misc.SmoothedValue(window_size=1, fmt="{value:.6f}"))
    for logger in (train, test):
        logger.add_meter("class_error", misc.SmoothedValue(window_size=1, fmt="{value:.2f}"))
    model.train()
    epoch_of(train, f"Epoch: [{epoch}]", 4, learn=True)
    model.eval()
    epoch_of(test, "Test:", 10, learn=False)
