# ruff: noqa: E501 - printed lines stand whole here
"""Samples of vision trainers, written from their own format strings: ``python written_vision.py timm``."""

import json
import sys

from written_frameworks import at, fall, rise


def maskrcnn_benchmark():
    """maskrcnn-benchmark (engine/trainer.py, utils/metric_logger.py)."""
    for k in range(8):
        yield (
            f"{at(k):%Y-%m-%d %H:%M:%S},{k:03d} maskrcnn_benchmark.trainer INFO: eta: {'1 day, ' if k < 4 else ''}2:0{k}:11  iter: {20 * (k + 1)}  "
            f"loss: {fall(k):.4f} ({fall(k, 2.6):.4f})  loss_classifier: {fall(k, 1):.4f} ({fall(k, 1.1):.4f})  time: 0.7{k}12 (0.7622)  "
            f"data: 0.0{k}31 (0.0312)  lr: {0.0025 * (k + 1):.6f}  max mem: 5123"
        )


def detr():
    """The MetricLogger of DETR, DINO, DeiT and torchvision's references (util/misc.py)."""
    for epoch in range(2):
        for i in (0, 10, 20):
            k = 3 * epoch + i // 10
            yield (
                f"Epoch: [{epoch}]  [{i:2d}/30]  eta: 0:00:{30 - i:02d}  lr: {1e-4:.6f}  class_error: {90 - 80 * rise(k):.2f}  loss: {fall(k, 30):.4f} ({fall(k, 31):.4f})  "
                f"loss_ce: {fall(k, 3):.4f} ({fall(k, 3.1):.4f})  time: 0.5{k}12  data: 0.0{k}11  max mem: 4071"
            )
        yield f"Epoch: [{epoch}] Total time: 0:00:17 (0.5722 s / it)"
        yield f"Averaged stats: lr: {1e-4:.6f}  class_error: {90 - 80 * rise(epoch):.2f}  loss: {fall(3 * epoch, 30):.4f} ({fall(3 * epoch, 30.5):.4f})"
        yield f"Test:  [ 0/10]  eta: 0:00:05  class_error: {90 - 80 * rise(epoch):.2f}  loss: {fall(3 * epoch, 29):.4f} ({fall(3 * epoch, 29):.4f})  time: 0.5011  data: 0.2911  max mem: 4071"
        yield "Test: Total time: 0:00:04 (0.4111 s / it)"


if __name__ == "__main__":
    print("\n".join(globals()[sys.argv[1]]()))
