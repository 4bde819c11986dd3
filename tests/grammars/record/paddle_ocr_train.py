"""Records PaddleOCR's training loop on the CPU: ``python paddle_ocr_train.py > paddle_ocr.log 2>&1`` (je-paddleocr 2.9.1, paddlepaddle 2.6.2).

The package ships the loop (tools/program.py) without nets and losses, so a small net that tells the direction of a picture is trained here.
"""

import importlib.util
import pathlib
import sys
import types

import numpy as np
import paddle

sys.path.insert(0, str(pathlib.Path(importlib.util.find_spec("paddleocr").origin).parent))

sys.modules["ppocr.utils.export_model"] = types.SimpleNamespace(export=None)  # asks for the nets when it is imported

from ppocr.postprocess.cls_postprocess import ClsPostProcess  # noqa: E402
from ppocr.utils.logging import get_logger  # noqa: E402
from tools import program  # noqa: E402


class Rows(paddle.io.Dataset):
    """Pictures that are bright at their left (0) or at their right (180)."""

    need_reset = False

    def __init__(self, size):
        super().__init__()
        rng = np.random.default_rng(size)
        self.labels = rng.integers(0, 2, size=size)
        self.pictures = rng.normal(size=(size, 3, 8, 16)).astype("float32")
        for picture, label in zip(self.pictures, self.labels, strict=True):
            picture[:, :, 8 * label : 8 * label + 8] += 0.4

    def __getitem__(self, at):
        return self.pictures[at], int(self.labels[at])

    def __len__(self):
        return len(self.labels)


class Metric:
    """Counts right answers."""

    main_indicator = "acc"

    def __init__(self):
        self.reset()

    def __call__(self, preds, batch):
        """Add a batch: answers with their scores, and the names of the labels."""
        answers, labels = preds
        self.right += sum(answer == label for (answer, _), (label, _) in zip(answers, labels, strict=True))
        self.all += len(labels)

    def get_metric(self):
        """The share of right answers since the last one."""
        share = self.right / (self.all + 1e-5)
        self.reset()
        return {"acc": share}

    def reset(self):
        """Begin anew."""
        self.right = self.all = 0


paddle.seed(7)
paddle.set_device("cpu")
model = paddle.nn.Sequential(
    paddle.nn.Conv2D(3, 4, 3),
    paddle.nn.ReLU(),
    paddle.nn.Flatten(),
    paddle.nn.Linear(4 * 6 * 14, 2),
    paddle.nn.Softmax(),
)
rate = paddle.optimizer.lr.CosineAnnealingDecay(0.01, T_max=24)
config = {
    "Global": {
        "log_smooth_window": 4, "epoch_num": 3, "print_batch_step": 4, "eval_batch_step": [0, 8], "save_epoch_step": 3, "save_model_dir": "out",
        "cal_metric_during_train": True, "distributed": False,
    },
    "Architecture": {"algorithm": "CLS", "model_type": "cls"}, "Loss": {"name": "ClsLoss"}, "profiler_options": None,
}  # fmt: skip
rows, held = (paddle.io.DataLoader(Rows(size), batch_size=8) for size in (64, 32))
program.train(
    config, rows, held, "cpu", model, lambda preds, batch: {"loss": -paddle.log(paddle.take_along_axis(preds, batch[1].reshape([-1, 1]), 1)).mean()},
    paddle.optimizer.Adam(rate, parameters=model.parameters()), rate, ClsPostProcess(["0", "180"]), Metric(), {}, get_logger(), len(rows),
)  # fmt: skip
