"""Records YOLOX on the CPU: ``python yolox_train.py > yolox.log 2>&1`` (yolox 0.3.0, a net of the size of nano, sixteen made-up pictures).

The trainer is the real one; it moves its batches to a GPU, so what does this, and the evaluation, are put out of the way here; the sample begins at the first epoch.
"""

import argparse
import json
import pathlib

import cv2
import numpy as np
import torch
from yolox.core import trainer
from yolox.exp import Exp
from yolox.utils import configure_module

configure_module()
rng = np.random.default_rng(7)
images, boxes = [], []
pathlib.Path("data/annotations").mkdir(parents=True, exist_ok=True)
for part in ("train2017", "val2017"):
    pathlib.Path("data", part).mkdir(exist_ok=True)
for at in range(1, 17):
    picture = rng.integers(0, 60, size=(96, 96, 3), dtype=np.uint8)
    x, y, size = (int(n) for n in rng.integers(8, 40, size=3))
    picture[y : y + size, x : x + size] = 220
    for part in ("train2017", "val2017"):
        cv2.imwrite(f"data/{part}/{at}.jpg", picture)
    images.append({"id": at, "file_name": f"{at}.jpg", "width": 96, "height": 96})
    boxes.append(
        {"id": at, "image_id": at, "category_id": 1, "bbox": [x, y, size, size], "area": size * size, "iscrowd": 0}
    )
told = json.dumps({"info": {}, "images": images, "annotations": boxes, "categories": [{"id": 1, "name": "square"}]})
for part in ("train", "val"):
    pathlib.Path(f"data/annotations/instances_{part}2017.json").write_text(told, encoding="utf-8")


class Batches:
    """Hands out the loader's batches as they are."""

    def __init__(self, loader):
        self.loader = iter(loader)

    def next(self):
        """The next pictures and their boxes."""
        return next(self.loader)[:2]


trainer.DataPrefetcher = Batches
torch.cuda.set_device = lambda _: None
torch.cuda.max_memory_allocated = lambda: 0
torch.manual_seed(7)
exp = Exp()
exp.num_classes, exp.depth, exp.width, exp.data_dir, exp.data_num_workers = 1, 0.33, 0.125, "data", 0
exp.input_size = exp.test_size = (96, 96)
exp.multiscale_range, exp.warmup_epochs, exp.max_epoch, exp.no_aug_epochs = 0, 1, 3, 1
exp.print_interval, exp.eval_interval, exp.save_history_ckpt, exp.output_dir = 2, 9, False, "out"
exp.get_evaluator = lambda **_: None
exp.eval = lambda *_: (0.0, 0.0, "")
exp.random_resize = lambda *_: exp.input_size
args = argparse.Namespace(
    fp16=False, experiment_name="squares", batch_size=2, cache=False, occupy=False, logger="tensorboard", resume=False, ckpt=None, opts=[],
)  # fmt: skip
run = trainer.Trainer(exp, args)
run.device = "cpu"
run.train()
