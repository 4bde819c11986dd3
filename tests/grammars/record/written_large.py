# ruff: noqa: ANN003, E501 - printed lines stand whole here
"""Samples of large-model, MLPerf and robot trainers, written from their own format strings: ``python written_large.py verl``."""

import json
import sys

from written_frameworks import at, fall, rise


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


if __name__ == "__main__":
    print("\n".join(globals()[sys.argv[1]]()))
