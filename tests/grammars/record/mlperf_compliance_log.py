"""Records mlperf_compliance: ``python mlperf_compliance_log.py > mlperf_old.log`` (mlperf_compliance 0.0.10, a made-up fit of five epochs)."""

import pathlib

import numpy as np
from mlperf_compliance import mlperf_log as log

log.ROOT_DIR_RESNET = str(pathlib.Path(__file__).resolve().parent)
rng = np.random.default_rng(7)
x = rng.normal(size=(300, 4))
y = (x[:, 0] + 0.5 * x[:, 1] > 0).astype(float)
w = rng.normal(size=4)
log.resnet_print(key=log.RUN_START)
log.resnet_print(key=log.INPUT_BATCH_SIZE, value=200)
log.resnet_print(key=log.TRAIN_LOOP)
for epoch in range(1, 6):
    log.resnet_print(key=log.TRAIN_EPOCH, value=epoch)
    w += 0.5 * x[:200].T @ (y - 1 / (1 + np.exp(-x @ w)))[:200] / 200
    log.resnet_print(key=log.EVAL_START)
    log.resnet_print(key=log.EVAL_ACCURACY, value={"epoch": epoch, "value": float(((x @ w > 0) == y)[200:].mean())})
    log.resnet_print(key=log.EVAL_STOP)
log.resnet_print(key=log.RUN_STOP, value={"success": True})
log.resnet_print(key=log.RUN_FINAL)
