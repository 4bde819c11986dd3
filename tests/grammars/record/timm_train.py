"""Records timm's training script on the CPU: ``python timm_train.py > timm.log 2>&1`` (the script of timm 1.0.9 as fimm 0.0.3 ships it).

Made-up pictures; the sample begins where training begins.
"""

import pathlib
import sys

import numpy as np
from PIL import Image

rng = np.random.default_rng(7)
for part, size in (("train", 48), ("validation", 16)):
    for at in range(size):
        home = pathlib.Path("data", part, "abcdef"[at % 6])
        home.mkdir(parents=True, exist_ok=True)
        picture = rng.integers(0, 160, size=(32, 32, 3), dtype=np.uint8)
        picture[:, :, at % 3] //= 2 + at % 6 // 3
        Image.fromarray(picture).save(home / f"{at}.png")

import torch  # noqa: E402
from fimm import train  # noqa: E402

for loop in (train.train_one_epoch, train.validate):
    loop.__defaults__ = tuple(
        torch.device("cpu") if isinstance(one, torch.device) else one for one in loop.__defaults__
    )
sys.argv[1:] = (
    "--data-dir data --model resnet10t --num-classes 6 --img-size 32 --batch-size 8 --epochs 3 --warmup-epochs 0 --cooldown-epochs 0 --lr 0.05 "
    "--log-interval 2 --workers 1 --device cpu --no-prefetcher --output out --experiment squares --seed 7"
).split()
train.main()
