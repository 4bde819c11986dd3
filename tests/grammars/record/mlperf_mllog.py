"""Records mlperf_logging's mllog: ``python mlperf_mllog.py > mlperf.log`` (mlperf-logging 4.1.68, a made-up fit of five epochs)."""

import pathlib

import numpy as np
from mlperf_logging import mllog
from mlperf_logging.mllog import constants

mllog.config(root_dir=str(pathlib.Path(__file__).resolve().parent))
log = mllog.get_mllogger()
rng = np.random.default_rng(7)
x = rng.normal(size=(300, 4))
y = (x[:, 0] + 0.5 * x[:, 1] > 0).astype(float)
w = np.zeros(4)
log.event(constants.SUBMISSION_BENCHMARK, "resnet")
log.event(constants.GLOBAL_BATCH_SIZE, 200)
log.start(constants.RUN_START)
for epoch in range(1, 6):
    at = {constants.EPOCH_NUM: epoch}
    log.start(constants.EPOCH_START, metadata=at)
    p = 1 / (1 + np.exp(-x @ w))
    w += 0.5 * x[:200].T @ (y - p)[:200] / 200
    log.event("train_loss", float(-np.log(np.where(y == 1, p, 1 - p))[:200].mean()), metadata=at)
    log.start(constants.EVAL_START, metadata=at)
    log.event(constants.EVAL_ACCURACY, float(((x @ w > 0) == y)[200:].mean()), metadata=at)
    log.end(constants.EVAL_STOP, metadata=at)
    log.end(constants.EPOCH_STOP, metadata=at)
log.end(constants.RUN_STOP, metadata={constants.STATUS: constants.SUCCESS})
