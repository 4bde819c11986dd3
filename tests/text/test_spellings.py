# ruff: noqa: E501 - printed lines stand whole here
"""How programs spell places and values: other languages, brackets, durations, means over a window, tuples."""

from __future__ import annotations

import pytest

from tests.text.test_wild_more import A, B, C, lines

CASES = {
    "leader before the name": (lines("EPOCH {k} ... Validation Accuracy = {b}\n"), {"val/Accuracy": B}),
    "number and leader": (lines("7.{k}01... logprob:  {a}, {b} (1.{k} sec)\n"), {"logprob": A, "logprob[1]": B, "time": [1.1, 1.2, 1.3, 1.4, 1.5, 1.6]}),
    "two values behind a name": (lines("[{k}/9][3/50] Loss_D: {a} D(x): {b} D(G(z)): {c} / {a}\n"), {"Loss_D": A, "D(x)": B, "D(G(z))": C, "D(G(z))[1]": A}),
    "counters behind a name": (lines("epoch {k} loss {a} done: {k} / 50\n"), {"loss": A}),
    "Chinese": (lines("第{k}轮：训练损失：{a}，验证准确率：{b}\n"), {"train/训练损失": A, "val/验证准确率": B}),
    "Russian": (lines("Эпоха {k}/6: потери {a}, точность {b}\n"), {"потери": A, "точность": B}),
    "Spanish": (lines("Época {k} - pérdida: {a} - precisión: {b}\n"), {"pérdida": A, "precisión": B}),
    "Korean": (lines("에포크 {k}/6 - 손실: {a}, 검증 정확도: {b}\n"), {"손실": A, "val/정확도": B}),
    "dotted counter": (lines("Ep.{k} | L={a} A={b}\n"), {"L": A, "A": B}),
    "ordinal": (lines("-----> Training {k}th epoch <-----\nloss: {a}\n"), {"train/loss": A}),
    "Julia's single precision": (lines("[ Info: Epoch {k}\n(loss(x, y), accuracy()) = ({a}f0, {b}f0)\n"), {"loss(x, y)": A, "accuracy()": B}),
    "Julia's tuples": (lines("(epoch, loss) = ({k}, {a})\n"), {"loss": A}),
    "braces": (lines("epoch: {{{k}/9}}, step: {{2/2}}, loss : {{{a}}}\n"), {"loss": A}),
    "padded row of values": (lines("step: {k10}\ttest acc: [{a} {b}   {c}       ]\n"), {"acc[0]": A, "acc[1]": B, "acc[2]": C}),
    "tensors": (lines("epoch {k} recall: tensor([{a}, {b}], dtype=torch.float64, device='cuda:0')\n"), {"recall[0]": A, "recall[1]": B}),
    "a time named batch": (lines("epoch: 3  step: {k10}  loss: {a}  batch: 0.4{k}  data: 0.01{k}\n"), {"loss": A, "batch": [0.41, 0.42, 0.43, 0.44, 0.45, 0.46], "data": [0.011, 0.012, 0.013, 0.014, 0.015, 0.016]}),
    "mean over a window": (lines("Episode {k10}\nAverage reward over last 100 episodes: {a}\nTrain error last 50 batches: {b}\n"), {"Average reward over last episodes": A, "train/error last batches": B}),
    "what an epoch took": (lines("Epoch {k} of 6 took 2.{k}s\n  training loss:\t\t{a}\n"), {"took": [2.1, 2.2, 2.3, 2.4, 2.5, 2.6], "train/loss": A}),
    "Keras bar in other units": (lines("Epoch {k}/6\n900/900 [====================] - 3{k}s 35{k}us/sample - loss: {a}\n"), {"loss": A, "time": [31, 32, 33, 34, 35, 36], "us/sample": [351, 352, 353, 354, 355, 356]}),
    "bar without a bar": (lines("eval: 100% 160/160 [00:29<00:00,  5.4{k}it/s]\nepoch {k} loss {a}\n"), {"loss": A}),
    "share in words": (lines("epoch {k} loss {a}\n  accuracy : {b}%  (2079/6942 games)\n"), {"loss": A, "accuracy": B}),
    "no training, only results": ("Best Validation Epoch: 4\nBest Validation Loss: 0.61\nTrain Loss: 0.52\nTest Loss: 0.66\nTest AUPR: 0.53\n", {"Validation Loss": [0.61], "train/Loss": [0.52], "test/Loss": [0.66], "test/AUPR": [0.53]}),
    "results in a Markdown table": ("| model | acc | f1 |\n|---|---|---|\n| gru | 0.91 | 0.9 |\n| lstm | 0.81 | 0.8 |\n", {"acc/gru": [0.91], "f1/gru": [0.9], "acc/lstm": [0.81], "f1/lstm": [0.8]}),
    "a dump with a step among its keys": ("trainer: a=none, b=x, c=y, d=z, e=w, batch=16, lr0=0.01, momentum=0.9, box=7.5, cls=0.5\n" + lines("epoch {k} loss {a}\n"), {"loss": A}),
    "settings in columns": ("Check gradients        : 0     [DEFAULT]\nTest and quit?         : 0     [DEFAULT]\nGPU override           : -1    [DEFAULT]\nData provider          : basic\nSave path              : /d/s\n" + lines("epoch {k} loss {a}\n"), {"loss": A}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_spelling_is_read_as_a_careful_reader_does(read, name):
    """The series are there under these names, and no other was made up."""
    text, series = CASES[name]
    got = read(text)
    got.holds(series)
    assert len(got.series) == len(series), got.names
