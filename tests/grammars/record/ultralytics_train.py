"""Records Ultralytics YOLO: ``python ultralytics_train.py > ultralytics.log 2>&1`` (eight made-up pictures)."""

import os
import tempfile
from pathlib import Path

os.environ["YOLO_OFFLINE"] = "true"
import numpy as np
from PIL import Image
from ultralytics import YOLO, settings

settings.update({k: False for k in ("sync", "wandb", "tensorboard", "mlflow", "comet") if k in settings})
with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    rng = np.random.default_rng(7)
    for part in ("train", "val"):
        for kind in ("images", "labels"):
            (folder / kind / part).mkdir(parents=True)
        for i in range(8):
            Image.fromarray(rng.integers(0, 255, (64, 64, 3), dtype=np.uint8)).save(folder / f"images/{part}/{i}.jpg")
            (folder / f"labels/{part}/{i}.txt").write_text("0 0.5 0.5 0.4 0.4\n")
    yaml = folder / "data.yaml"
    yaml.write_text(f"path: {folder}\ntrain: images/train\nval: images/val\nnames: {{0: thing}}\n")
    YOLO("yolov8n.yaml").train(
        data=str(yaml),
        epochs=2,
        imgsz=64,
        batch=4,
        workers=0,
        device="cpu",
        plots=False,
        amp=False,
        project=str(folder),
    )
