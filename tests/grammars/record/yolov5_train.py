"""Records YOLOv5's train: ``python yolov5_train.py > yolov5.log 2>&1`` (yolov5 7.0.14 with numpy below 2).

The sample begins with the first epoch's header; a bar's redrawn states are kept.
"""

import pathlib
import shutil

import matplotlib.font_manager
import numpy as np
import torch
from PIL import Image

rng = np.random.default_rng(7)
for name in ("images", "labels"):
    pathlib.Path(name).mkdir(exist_ok=True)
for k in range(8):
    x, y = rng.integers(0, 80, 2)
    picture = rng.integers(0, 90, (128, 128, 3), dtype="uint8")
    picture[y : y + 40, x : x + 40] = 250
    Image.fromarray(picture).save(f"images/{k}.png")
    pathlib.Path(f"labels/{k}.txt").write_text(f"0 {(x + 20) / 128} {(y + 20) / 128} 0.3125 0.3125\n", encoding="utf-8")
shutil.copy(matplotlib.font_manager.findfont("DejaVu Sans"), "Arial.ttf")  # else it is fetched
here = pathlib.Path.cwd()
pathlib.Path("data.yaml").write_text(f"path: {here}\ntrain: images\nval: images\nnames: [square]\n", encoding="utf-8")
load = torch.load
torch.load = lambda *a, **k: load(*a, **{**k, "weights_only": False})

from yolov5.train import run  # noqa: E402 - it keeps torch.load as it finds it

run(
    data="data.yaml",
    weights="",
    cfg="yolov5n.yaml",
    imgsz=128,
    batch_size=4,
    epochs=3,
    workers=0,
    device="cpu",
    noplots=True,
    project="out",
)
