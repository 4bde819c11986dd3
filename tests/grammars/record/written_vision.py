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


if __name__ == "__main__":
    print("\n".join(globals()[sys.argv[1]]()))
