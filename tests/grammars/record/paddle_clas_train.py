"""Records PaddleClas on the CPU: ``python paddle_clas_train.py > paddle_clas.log 2>&1`` (paddleclas 2.4.0 on paddlepaddle 2.6.2, made-up pictures).

The sample begins at the first iteration.
"""

import importlib.util
import os
import pathlib
import sys

import cv2
import numpy as np

os.environ |= {
    "FLAGS_set_to_1d": "1",
    "GLOG_minloglevel": "2",
}  # numbers one long, as PaddleClas wants them, without a warning each time
sys.path.insert(0, str(pathlib.Path(importlib.util.find_spec("paddleclas").origin).parent))

from ppcls.engine.engine import Engine  # noqa: E402
from ppcls.utils.config import AttrDict, create_attr_dict  # noqa: E402

rng = np.random.default_rng(7)
pathlib.Path("pictures").mkdir(exist_ok=True)
rows = []
for at in range(48):
    label, picture = at % 6, rng.integers(0, 160, size=(32, 32, 3), dtype=np.uint8)
    picture[:, :, label % 3] //= 1 + label // 3 + 1
    cv2.imwrite(f"pictures/{at}.png", picture)
    rows.append(f"pictures/{at}.png {label}\n")
pathlib.Path("list.txt").write_text("".join(rows), encoding="utf-8")
normal = {
    "NormalizeImage": {"scale": 1 / 255, "mean": [0.485, 0.456, 0.406], "std": [0.229, 0.224, 0.225], "order": ""}
}
ops = [{"DecodeImage": {"to_rgb": True, "channel_first": False}}, normal]


def part(shuffle):
    """The list of pictures as a part of the settings."""
    return {
        "dataset": {"name": "ImageNetDataset", "image_root": ".", "cls_label_path": "list.txt", "transform_ops": ops},
        "sampler": {"name": "BatchSampler", "batch_size": 8, "drop_last": False, "shuffle": shuffle},
        "loader": {"num_workers": 0, "use_shared_memory": False},
    }


config = AttrDict({
    "profiler_options": None,
    "Global": {
        "checkpoints": None, "pretrained_model": None, "output_dir": "out", "device": "cpu", "save_interval": 9, "eval_during_train": True,
        "eval_interval": 1, "epochs": 3, "print_batch_step": 2, "use_visualdl": False, "image_shape": [3, 32, 32], "save_inference_dir": "out", "seed": 7,
    },
    "Arch": {"name": "MobileNetV1_x0_25", "class_num": 6},
    "Loss": {"Train": [{"CELoss": {"weight": 1.0}}], "Eval": [{"CELoss": {"weight": 1.0}}]},
    "Optimizer": {"name": "Momentum", "momentum": 0.9, "lr": {"name": "Cosine", "learning_rate": 0.01}},
    "DataLoader": {"Train": part(shuffle=True), "Eval": part(shuffle=False)},
    "Metric": {"Train": [{"TopkAcc": {"topk": [1, 5]}}], "Eval": [{"TopkAcc": {"topk": [1, 5]}}]},
})  # fmt: skip
create_attr_dict(config)
Engine(config, mode="train").train()
