# ruff: noqa: E501 - printed lines stand whole here
"""Samples of language and speech tools, written from their own format strings: ``python written_language.py marian``."""

import json
import sys

from written_frameworks import at, fall, rise


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
    """NVIDIA's tacotron2 (train.py)."""
    yield "Epoch: 0"
    for k in range(10):
        yield f"Train loss {k} {fall(k):.6f} Grad Norm {fall(k, 4):.6f} 1.{k}2s/it"
        if k % 5 == 4:
            yield f"Validation loss {k}: {fall(k, 2.7):9f}  "
            yield f"Saving model and optimizer state at iteration {k} to out/checkpoint_{k}"


def tacotron_keithito():
    """The other Tacotron (keithito/tacotron, train.py and util/infolog.py)."""
    for k in range(1, 11):
        yield f"[{at(k):%Y-%m-%d %H:%M:%S}.{k:03d}]  Step {k:<7d} [{9 - k / 10:.3f} sec/step, loss={fall(k):.5f}, avg_loss={fall(k, 2.6):.5f}]"


if __name__ == "__main__":
    print("\n".join(globals()[sys.argv[1]]()))
