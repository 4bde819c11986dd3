# ruff: noqa: E501 - printed lines stand whole here
"""More formats that no grammar knows: records over several lines, tables in odd places, logs with much that is no metric.

A case is a whole text and all the series that a careful reader would list: name's end -> values. Nothing else may be found
but what ``besides`` allows (machine readings that a reader may list or not).
"""

from __future__ import annotations

import pytest


def lines(template, n=6):
    """A text of n reports; in the template ``{k}`` counts, ``{a}``, ``{b}``, ``{c}`` are numbers that differ."""
    return "".join(template.format(k=k, a=a(k), b=b(k), c=c(k), k10=10 * k) for k in range(1, n + 1))


def a(k):
    """A falling number."""
    return round(2.5 / (k + 0.5), 4)


def b(k):
    """A rising number."""
    return round(0.9 - 0.5 / (k + 0.25), 4)


def c(k):
    """Another one."""
    return round(1.75 / (k + 0.125) + 0.01, 4)


A, B, C = ([f(k) for k in range(1, 7)] for f in (a, b, c))
CONFIG = """Configuration:
  model: resnet50
  batch_size: 128
  lr: 0.1
  weight_decay: 0.0001
  epochs: 6
  warmup_epochs: 5
  label_smoothing: 0.1
  seed: 42
"""
CASES = {
    "config and then results": (CONFIG + lines("Epoch {k}/6 loss: {a} acc: {b}\n"), {"loss": A, "acc": B}),
    "json config on one line": ('{"lr": 0.1, "batch_size": 64, "model": "x", "dropout": 0.5, "hidden": 512}\n' + lines("epoch {k} loss {a}\n"), {"loss": A}),
    "argparse over several lines": ("Namespace(\n    lr=0.1,\n    bs=64,\n    model='x',\n    wd=0.01,\n    momentum=0.9,\n)\n" + lines("epoch {k} loss {a}\n"), {"loss": A}),
    "pretty-printed dict a report": (lines("{{\n  'epoch': {k},\n  'train_loss': {a},\n  'val_acc': {b}\n}}\n"), {"train_loss": A, "val_acc": B}),
    "json lines after text": ("start\nloading\nready\n" + lines('{{"step": {k10}, "loss": {a}, "acc": {b}}}\n'), {"loss": A, "acc": B}),
    "model summary": (
        "Layer (type)        Output Shape        Param #\n==============\nconv1 (Conv2D)      (None, 26, 26, 32)  320\ndense (Dense)       (None, 10)          16010\n==============\nTotal params: 16,330\nTrainable params: 16,330\n" + lines("Epoch {k}: loss {a}\n"),
        {"loss": A},
    ),
    "data set sizes": ("Train: 50000 images, Val: 10000 images, 10 classes\nNumber of parameters: 11.2M\nFLOPs: 1.8G\n" + lines("epoch {k} train_loss {a} val_acc {b}\n"), {"train_loss": A, "val_acc": B}),
    "downloads": (
        "Downloading: 100%|██████████| 170498071/170498071 [00:10<00:00, 16049807.1it/s]\nExtracting data.tar.gz\nFiles already downloaded and verified\n" + lines("epoch {k} loss {a}\n"),
        {"loss": A},
    ),
    "nvidia-smi": (
        "+-----------------------------------------------------------------------------+\n| NVIDIA-SMI 525.60.13    Driver Version: 525.60.13    CUDA Version: 12.0     |\n|   0  NVIDIA A100-SXM...  On   | 00000000:07:00.0 Off |                    0 |\n| N/A   34C    P0    56W / 400W |      2MiB / 81920MiB |      0%      Default |\n+-----------------------------------------------------------------------------+\n" + lines("epoch {k} loss {a}\n"),
        {"loss": A},
    ),
    "early stopping chatter": (
        lines("Epoch {k} val_loss: {a}\nEarlyStopping counter: {k} out of 10\nSaving model checkpoint to ckpt/model_{k}.pt\n"), {"val_loss": A},
    ),
    "best so far": (lines("epoch {k} acc {b} (best 0.9123 @ epoch 3)\n"), {"acc": B}),
    "learning rate changes": (lines("epoch {k} loss {a}\nAdjusting learning rate of group 0 to 1.0000e-0{k}.\n"), {"loss": A}),
    "timing lines": (lines("epoch {k} loss {a}\nEpoch took 12.{k} s, total 00:0{k}:30, ETA 00:10:0{k}\n"), {"loss": A}),
    "gradients overflow": (lines("step {k10} loss {a}\nGradient overflow.  Skipping step, loss scaler 0 reducing loss scale to {k}024.0\n"), {"loss": A}),
    "warnings with numbers": (lines("/usr/lib/python3/site-packages/torch/optim/lr_scheduler.py:13{k}: UserWarning: call 1.{k}.0 later\nepoch {k} loss {a}\n"), {"loss": A}),
    "two models in one line": (lines("Epoch {k} | teacher: loss {a} acc {b} | student: loss {c}\n"), {"acc": B}),
    "classification report": (
        lines("epoch {k} loss {a}\n", 3) + "              precision    recall  f1-score   support\n\n         cat       0.91      0.81      0.86       100\n         dog       0.83      0.92      0.87       100\n\n    accuracy                           0.865       200\n",
        {"loss": A[:3], "precision/cat": [0.91], "recall/dog": [0.92]},
    ),
    "markdown table": ("# Results\n\n| epoch | train loss | val acc |\n|:-----:|:----------:|--------:|\n" + lines("| {k} | {a} | {b} |\n"), {"loss": A, "acc": B}),
    "html": ("<html><body><pre>\n" + lines("epoch {k} loss {a}<br>\n") + "</pre></body></html>\n", {"loss": A}),
    "csv inside a log": ("starting\nepoch,loss,acc\n" + lines("{k},{a},{b}\n") + "done\n", {"loss": A, "acc": B}),
    "tabs": ("epoch\tloss\tacc\n" + lines("{k}\t{a}\t{b}\n"), {"loss": A, "acc": B}),
    "metric and place on two lines": (lines("----- epoch {k} -----\ntrain: loss={a}, acc={b}\nvalid: loss={c}\n"), {"train/loss": A, "train/acc": B, "val/loss": C}),
    "step after": (lines("loss: {a}, acc: {b}, step: {k10}\n"), {"loss": A, "acc": B}),
    "place in front of colon": (lines("[epoch {k}] loss: {a}, acc: {b}\n"), {"loss": A, "acc": B}),
    "hash place": (lines("#{k10} loss={a} acc={b}\n"), {"loss": A, "acc": B}),
    "unicode": (lines("— epoch {k} — perte : {b}, loss {a}\n"), {"loss": A, "perte": B}),
    "percent metrics": (lines("Epoch {k}: Top-1 {a}% Top-5 {b}%\n"), {"Top-1": A, "Top-5": B}),
    "plus minus": (lines("epoch {k} | acc {b} ± 0.0{k} | loss {a} +/- 0.1\n"), {"acc": B, "loss": A}),
    "exponents": ("".join(f"iter {k}: f = {k}.25E-0{k}, |grad| = {k}.5e+0{k}\n" for k in range(1, 7)), {"f": [float(f"{k}.25e-0{k}") for k in range(1, 7)]}),
    "spaces before colon": (lines("Epoch : {k}   Loss : {a}   Accuracy : {b}\n"), {"Loss": A, "Accuracy": B}),
    "units": (lines("step {k10}: loss {a}, 123.{k}ms/step, 1{k}00 tok/s, mem 10.{k}GB\n"), {"loss": A}),
    "equal signs with spaces": (lines("Epoch = {k}, Train Loss = {a}, Val Loss = {c}\n"), {"train/Loss": A, "val/Loss": C}),
    "nested names": (lines("global_step={k10} train/loss/total={a} eval/map@50={b}\n"), {"train/loss/total": A, "map@50": B}),
    "camel case": (lines("Epoch: {k} trainLoss: {a} valAccuracy: {b}\n"), {"trainLoss": A, "valAccuracy": B}),
    "only numbers in columns": ("# step loss acc\n" + lines("{k10} {a} {b}\n"), {"loss": A, "acc": B}),
    "fold in the line": (lines("Fold 1 Epoch {k} loss {a}\n"), {"loss": A}),
    "python logging tuple": (lines("('epoch', {k}, 'loss', {a})\n"), {"loss": A}),
    "tensor prints": (lines("epoch {k} loss: tensor({a}, device='cuda:0', grad_fn=<NllLossBackward0>)\n"), {"loss": A}),
    "numpy prints": (lines("epoch {k} loss: [{a}] acc: np.float64({b})\n"), {"loss": A, "acc": B}),
    "crashed": ('loading\nTraceback (most recent call last):\n  File "x.py", line 12, in f\n    loss = 0.5 * y\nRuntimeError: size mismatch, m1: [64 x 512], m2: [256 x 10]\n', {}),
    "pip list": ("Package    Version\n---------- -------\nnumpy      1.26.4\ntorch      2.1.0\npandas     2.1.3\nscipy      1.11\nattrs      23.1\nidna       3.4\n", {}),
    "environment": ("CUDA_VISIBLE_DEVICES=0,1\nMASTER_PORT=29500\nWORLD_SIZE=8\nOMP_NUM_THREADS=4\nNCCL_DEBUG=INFO\nHOME=/home/me\n", {}),
    "build output": ("[1/12] Building CXX object a.o\n[2/12] Building CXX object b.o\n[3/12] Linking 3.2 MB\n[4/12] Built target 1.0\n", {}),
    "web server": ("".join(f'10.0.0.{k} - - [25/Nov/2026:10:00:0{k} +0000] "GET /step/{k} HTTP/1.1" 200 51{k}\n' for k in range(1, 9)), {}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_text_gives_what_a_careful_reader_lists(read, name):
    """The series are there under their names, whole; and no other metric was made up."""
    text, series = CASES[name]
    got = read(text)
    matched = set()
    for word, wanted in series.items():
        found = [
            m
            for m, s in got.series.items()
            if s["value"] == pytest.approx(wanted, rel=1e-9) and m[1].lower().endswith(word.lower().split("/")[-1])
        ]
        assert found, (word, {m[1]: s["value"][:3] for m, s in got.series.items()})
        matched |= set(found)
    others = {m[1] for m in got.series if m not in matched}
    machine = {
        m
        for m in others
        if m.lower().split("/")[-1] in ("lr", "s", "step", "tok", "mem", "ms") or "/s" in m or "lr" in m.lower()
    }
    if name not in ("two models in one line", "classification report", "exponents"):
        assert not others - machine, others
