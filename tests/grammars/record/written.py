# ruff: noqa: DTZ001, E501 - printed lines stand whole here
"""Samples written from the tools' own format strings, where the tool does not install: ``python written.py cntk``.

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


def marian():
    """Marian's scheduler (src/training/scheduler.h) with its default time stamps."""
    for k in range(1, 9):
        stamp = f"[{at(k):%Y-%m-%d %H:%M:%S}]"
        yield (
            f"{stamp} Ep. {1 + k // 5} : Up. {500 * k} : Sen. {32_000 * k:,} : Cost {fall(k, 9):.8f} * {640_000 + k:,} @ 12,800 after "
            f"{640_000 * k:,} : Time {30 + k / 10:.2f}s : {20_000 + k / 7:.2f} words/s : gNorm {fall(k, 1.5):.4f} : L.r. {k * 9.375e-06:.4e}"
        )
        if k % 4 == 0:
            yield f"{stamp} Saving model weights and runtime parameters to model.npz"
            yield f"{stamp} [valid] Ep. {1 + k // 5} : Up. {500 * k} : cross-entropy : {fall(k, 60):.4f} : new best"
            yield f"{stamp} [valid] Ep. {1 + k // 5} : Up. {500 * k} : bleu-detok : {30 * rise(k):.4f} : {'new best' if k < 8 else 'stalled 1 times (last best: 24.1012)'}"
    yield f"[{at(9):%Y-%m-%d %H:%M:%S}] Training finished"


def tacotron():
    """Tacotron (keithito/tacotron, train.py and util/infolog.py)."""
    for k in range(1, 11):
        yield f"[{at(k):%Y-%m-%d %H:%M:%S}.{k:03d}]  Step {k:<7d} [{9 - k / 10:.3f} sec/step, loss={fall(k):.5f}, avg_loss={fall(k, 2.6):.5f}]"


def megatron_lm():
    """Megatron-LM (megatron/training/training.py, training_log; pretrain's evaluate_and_print_results)."""
    yield "------------------------ arguments ------------------------"
    for key, value in (
        ("adam_beta1", "0.9"),
        ("global_batch_size", "256"),
        ("hidden_size", "1024"),
        ("lr", "0.00015"),
        ("seed", "1234"),
    ):
        yield f"  {key} {'.' * (48 - len(key))} {value}"
    yield "-------------------- end of arguments ---------------------"
    for k in range(1, 9):
        yield (
            f" [{at(k):%Y-%m-%d %H:%M:%S}.{k:06d}] iteration {100 * k:8d}/{1000:8d} | consumed samples: {25600 * k:12d} | "
            f"elapsed time per iteration (ms): {512.3 + k:.1f} | throughput per GPU (TFLOP/s/GPU): {312.4 + k:.1f} | "
            f"learning rate: {1.5e-4 / k:.6E} | global batch size: {256:5d} | lm loss: {fall(k, 9):.6E} | loss scale: 1.0 | "
            f"grad norm: {fall(k, 3):.3f} | num zeros: 12.0 | number of skipped iterations: {0:3d} | number of nan iterations: {0:3d} |"
        )
        if k % 4 == 0:
            yield "-" * 100
            yield f" validation loss at iteration {100 * k} | lm loss value: {fall(k, 9.2):.6E} | lm loss PPL: {2.7 ** fall(k, 9.2):.6E} | "
            yield "-" * 100


def nanogpt():
    """NanoGPT (train.py)."""
    yield "tokens per iteration will be: 16,384"
    yield "number of parameters: 10.65M"
    for k in range(8):
        if k % 4 == 0:
            yield f"step {10 * k}: train loss {fall(k, 4.2):.4f}, val loss {fall(k, 4.3):.4f}"
        yield f"iter {10 * k}: loss {fall(k, 4.2):.4f}, time {213.4 + k:.2f}ms, mfu {-100 if k == 0 else 12.25 + k / 10:.2f}%"
        if k == 4:
            yield "saving checkpoint to out"


def llm_c():
    """llm.c: the console of train_gpt2.cu, and its main.log (llmc/logger.h)."""
    for k in range(1, 8):
        yield (
            f"step {k:4d}/{100} | loss {fall(k, 11):7.6f} (+{0.4 - k / 20:.2f}z)| norm {fall(k, 15):6.4f} (+{0.3 - k / 50:.2f}z)| lr {k * 8.57e-07:.2e} | "
            f"{231.4 + k:.2f} ms | {41.2 + k / 10:.1f}% bf16 MFU | {1_132_870 + k} tok/s"
        )
        if k % 3 == 0:
            yield f"val loss {fall(k, 11.2):f}"
            yield f"HellaSwag: {2500 + k}/10042 = {(2500 + k) / 10042:f}"
    for k in range(8, 14):
        if k % 5 == 0:
            yield f"s:{k} tel:{fall(k, 11):.4f}"
            yield f"s:{k} eval:{(2500 + k) / 10042:.4f}"
        yield f"s:{k} trl:{fall(k, 11):.4f} lr:{k * 8.57e-07:.6f} norm:{fall(k, 15):.2f}"


def maskrcnn_benchmark():
    """maskrcnn-benchmark (engine/trainer.py, utils/metric_logger.py)."""
    for k in range(8):
        yield (
            f"{at(k):%Y-%m-%d %H:%M:%S},{k:03d} maskrcnn_benchmark.trainer INFO: eta: {'1 day, ' if k < 4 else ''}2:0{k}:11  iter: {20 * (k + 1)}  "
            f"loss: {fall(k):.4f} ({fall(k, 2.6):.4f})  loss_classifier: {fall(k, 1):.4f} ({fall(k, 1.1):.4f})  time: 0.7{k}12 (0.7622)  "
            f"data: 0.0{k}31 (0.0312)  lr: {0.0025 * (k + 1):.6f}  max mem: 5123"
        )


def spinningup():
    """Spinning Up's EpochLogger (spinup/utils/logx.py, dump_tabular)."""
    yield "\x1b[32;1mLogging data to out/progress.txt\x1b[0m"
    for k in range(5):
        yield "-" * 39
        rows = [("Epoch", k), ("AverageEpRet", 20 + 5 * k), ("StdEpRet", 8.5 + k / 10), ("EpLen", 20 + 5 * k),
                ("AverageVVals", 3.1 * rise(k)), ("TotalEnvInteracts", 4000 * (k + 1)), ("LossPi", -fall(k, 0.02)),
                ("LossV", fall(k, 200)), ("KL", fall(k, 0.01)), ("Time", 3.25 * (k + 1))]  # fmt: skip
        for key, value in rows:
            yield f"| {key:>15s} | {f'{value:8.3g}':>15s} |"
        yield "-" * 39


if __name__ == "__main__":
    print("\n".join(globals()[sys.argv[1]]()))
