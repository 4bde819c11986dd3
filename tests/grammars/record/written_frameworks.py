# ruff: noqa: DTZ001, E501 - printed lines stand whole here
"""Samples written from the tools' own format strings, where the tool does not install: ``python written_frameworks.py caffe``.

Every function gives the lines of one tool. The numbers are made up; they fall as a loss does.
"""

import datetime as dt
import sys


def fall(k, start=2.5):
    """A loss after k reports."""
    return start * 0.93**k + 0.01 * ((k * 7) % 5)


def rise(k):
    """An accuracy between 0 and 1 after k reports."""
    return 1 - 0.7 * 0.9**k - 0.002 * ((k * 7) % 5)


def at(k):
    """A time, k times 7.25 seconds into the run."""
    return dt.datetime(2026, 11, 25, 9, 0, 0) + dt.timedelta(seconds=7.25 * k)


def pytorch_imagenet():
    """The ProgressMeter of pytorch/examples/imagenet/main.py."""
    for epoch in range(2):
        for i in range(0, 50, 10):
            k = epoch * 5 + i // 10
            yield (
                f"Epoch: [{epoch}][{i:3d}/50]\tTime  {0.5 + k / 100:6.3f} ( 0.602)\tData  0.102 ( 0.055)\t"
                f"Loss {fall(k):.4e} ({fall(k, 2.6):.4e})\tAcc@1 {100 * rise(k) - 20:6.2f} ({50 + k:6.2f})\t"
                f"Acc@5 {100 * rise(k):6.2f} ({70 + k:6.2f})"
            )
        for i in range(0, 20, 10):
            yield (
                f"Test: [{i:2d}/20]\tTime  0.402 ( 0.402)\tLoss {fall(epoch * 5 + i):.4e} ({fall(epoch * 5):.4e})\t"
                f"Acc@1 {100 * rise(epoch * 5):6.2f} ({60 + epoch:6.2f})\tAcc@5 {100 * rise(epoch * 9):6.2f} ({80 + epoch:6.2f})"
            )
        yield f" *   Acc@1 {60.25 + epoch:.3f} Acc@5 {80.5 + epoch:.3f}"


def cntk():
    """CNTK 2's ProgressPrinter and SGD log (bindings/python/cntk/logging/progress_print.py; SGDLib/SGD.cpp)."""
    yield "11/25/2026 09:00:00: Training criterion:   ce = CrossEntropyWithSoftmax"
    for epoch in range(1, 4):
        yield f"11/25/2026 09:0{epoch}:00: Starting Epoch {epoch}: learning rate per sample = 0.003125  effective momentum = 0.000000"
        for b in (0, 10):
            k = 2 * epoch + b // 10
            yield (
                f"11/25/2026 09:0{epoch}:0{b // 5}:  Epoch[{epoch:2d} of 3]-Minibatch[{b + 1:4d}-{b + 10:4d}]: ce = {fall(k):.8f} * 640; "
                f"errs = {100 - 100 * rise(k):.3f}% * 640; time = 0.{k}234s; samplesPerSecond = {5186.4 + k:.1f}"
            )
        yield (
            f"11/25/2026 09:0{epoch}:09: Finished Epoch[{epoch:2d} of 3]: [Training] ce = {fall(2 * epoch):.8f} * 1280; "
            f"errs = {100 - 100 * rise(2 * epoch):.3f}% * 1280; totalSamplesSeen = {1280 * epoch}; learningRatePerSample = 0.003125; "
            f"epochTime=1.5{epoch}s"
        )
    yield f"11/25/2026 09:04:00: Final Results: Minibatch[1-2]: ce = {fall(9):.8f} * 1280; errs = {100 - 100 * rise(9):.3f}% * 1280"


def torch7():
    """The train and test scripts of fb.resnet.torch (train.lua), in Torch7."""
    for epoch in range(1, 4):
        for i in range(1, 4):
            k = 3 * epoch + i
            yield (
                f" | Epoch: [{epoch}][{i}/3]    Time 0.{k:03d}  Data 0.001  Err {fall(k):1.4f}  top1 {100 - 100 * rise(k):7.3f}  "
                f"top5 {60 - 50 * rise(k):7.3f}"
            )
        for i in range(1, 3):
            yield (
                f" | Test: [{epoch}][{i}/2]    Time 0.041  Data 0.001  top1 {90 - 80 * rise(3 * epoch):7.3f} ({90 - 80 * rise(3 * epoch):7.3f})  "
                f"top5 {50 - 45 * rise(3 * epoch):7.3f} ({50 - 45 * rise(3 * epoch):7.3f})"
            )
        yield f" * Finished epoch # {epoch}     top1: {90 - 80 * rise(3 * epoch):7.3f}  top5: {50 - 45 * rise(3 * epoch):7.3f}"
        yield ""


def dl4j():
    """Deeplearning4j's listeners (deeplearning4j-nn, ScoreIterationListener, PerformanceListener)."""
    name = "org.deeplearning4j.optimize.listeners"
    for k in range(10):
        stamp = f"{at(k):%H:%M:%S}.{k:03d} [main] INFO"
        yield f"{stamp} {name}.ScoreIterationListener - Score at iteration {10 * k} is {fall(k)}"
        if k % 4 == 3:
            yield (
                f"{stamp} {name}.PerformanceListener - Device: [0]; ETL: {k} ms; iteration {10 * k}; iteration time: {9 + k} ms; "
                f"samples/sec: {6000.5 + k:.3f}; batches/sec: {100.25 + k:.3f};"
            )
    yield "09:02:00.100 [main] INFO example.Mnist - Epoch 1 complete"


if __name__ == "__main__":
    print("\n".join(globals()[sys.argv[1]]()))
