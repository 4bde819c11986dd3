"""Records Detectron2 on the CPU: ``python detectron2_train.py > detectron2.log 2>&1``; the sample begins where training begins.

Detectron2 0.6 of the package pb1-detectron2 without its C++ part, which a Faster R-CNN on the CPU does not need; made-up pictures.
"""

import types

import cv2
import detectron2
import numpy as np
import torch

detectron2._C = types.ModuleType("_C")
from detectron2 import model_zoo
from detectron2.data import DatasetCatalog, MetadataCatalog
from detectron2.engine import DefaultTrainer
from detectron2.evaluation import COCOEvaluator
from detectron2.structures import BoxMode
from detectron2.utils.logger import setup_logger

setup_logger()
rng = np.random.default_rng(7)
rows = []
for at in range(16):
    picture = rng.integers(0, 60, size=(96, 96, 3), dtype=np.uint8)
    x, y, size = (int(n) for n in rng.integers(8, 40, size=3))
    picture[y : y + size, x : x + size] = 220
    cv2.imwrite(f"{at}.png", picture)
    box = {"bbox": [x, y, size, size], "bbox_mode": BoxMode.XYWH_ABS, "category_id": 0}
    rows.append({"file_name": f"{at}.png", "image_id": at, "height": 96, "width": 96, "annotations": [box]})
for part in ("squares_train", "squares_test"):
    DatasetCatalog.register(part, lambda: rows)
    MetadataCatalog.get(part).thing_classes = ["square"]


class Trainer(DefaultTrainer):
    """The default trainer with COCO's evaluation."""

    @classmethod
    def build_evaluator(cls, cfg, dataset_name):
        """COCO's evaluation in Python."""
        return COCOEvaluator(dataset_name, ("bbox",), output_dir=cfg.OUTPUT_DIR, use_fast_impl=False, distributed=False)


torch.manual_seed(7)
cfg = model_zoo.get_config("COCO-Detection/faster_rcnn_R_50_FPN_1x.yaml")
cfg.DATASETS.TRAIN, cfg.DATASETS.TEST = ("squares_train",), ("squares_test",)
cfg.MODEL.DEVICE, cfg.MODEL.WEIGHTS, cfg.MODEL.ROI_HEADS.NUM_CLASSES = "cpu", "", 1
cfg.MODEL.RESNETS.DEPTH, cfg.MODEL.RESNETS.RES2_OUT_CHANNELS, cfg.MODEL.BACKBONE.FREEZE_AT = 18, 64, 0
cfg.MODEL.RESNETS.NORM, cfg.MODEL.ROI_HEADS.BATCH_SIZE_PER_IMAGE = "BN", 32
cfg.INPUT.MIN_SIZE_TRAIN, cfg.INPUT.MIN_SIZE_TEST, cfg.DATALOADER.NUM_WORKERS = (96,), 96, 0
cfg.SOLVER.IMS_PER_BATCH, cfg.SOLVER.MAX_ITER, cfg.SOLVER.BASE_LR, cfg.SOLVER.STEPS, cfg.SOLVER.WARMUP_ITERS = (
    2,
    100,
    0.005,
    (),
    50,
)
cfg.TEST.EVAL_PERIOD, cfg.OUTPUT_DIR, cfg.SEED = 100, "out", 7
trainer = Trainer(cfg)
trainer.train()
