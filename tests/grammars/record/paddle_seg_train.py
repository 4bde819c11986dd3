"""Records PaddleSeg on the CPU: ``python paddle_seg_train.py > paddle_seg.log 2>&1`` (paddleseg 2.8.0 on paddlepaddle 2.6.2, made-up pictures).

The sample begins where training begins. A number alone is made one long where PaddleSeg wants it so, as Paddle did before 2.5.
"""

import pathlib

import cv2
import numpy as np
import paddle
from paddleseg.core import train
from paddleseg.datasets import Dataset
from paddleseg.models import UNet
from paddleseg.models.losses import CrossEntropyLoss
from paddleseg.transforms import Normalize


class Loss(CrossEntropyLoss):
    """PaddleSeg's loss as one number in a row."""

    def forward(self, *args):
        """The loss, in a row of one."""
        return super().forward(*args).reshape([1])


concat = paddle.concat
paddle.concat = lambda parts, axis=0: concat([part.reshape([1]) if part.ndim == 0 else part for part in parts], axis)
paddle.seed(7)
paddle.set_device("cpu")
rng = np.random.default_rng(7)
pathlib.Path("pictures").mkdir(exist_ok=True)
for at in range(16):
    picture, mask = rng.integers(0, 60, size=(64, 64, 3), dtype=np.uint8), np.zeros((64, 64), dtype=np.uint8)
    x, y, size = (int(n) for n in rng.integers(8, 30, size=3))
    picture[y : y + size, x : x + size] += 30
    mask[y : y + size, x : x + size] = 1
    cv2.imwrite(f"pictures/{at}.png", picture)
    cv2.imwrite(f"pictures/{at}_mask.png", mask)
pathlib.Path("list.txt").write_text(
    "".join(f"pictures/{at}.png pictures/{at}_mask.png\n" for at in range(16)), encoding="utf-8"
)
rows, held = (
    Dataset(
        mode=mode, dataset_root=".", transforms=[Normalize()], num_classes=2, train_path="list.txt", val_path="list.txt"
    )
    for mode in ("train", "val")
)
model = UNet(num_classes=2)
rate = paddle.optimizer.lr.PolynomialDecay(0.01, decay_steps=24)
train(
    model, rows, held, paddle.optimizer.Momentum(rate, parameters=model.parameters()), save_dir="out", iters=24, batch_size=4, save_interval=12,
    log_iters=3, losses={"types": [Loss()], "coef": [1]},
)  # fmt: skip
