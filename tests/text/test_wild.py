# ruff: noqa: E501 - printed lines stand whole here
"""Formats that no grammar knows, as the general reader meets them: each is written here in the manner of some tool's print.

A case is a function of k that gives the lines of report k, and the series that a careful reader would list: the word that
the metric's name holds -> what it is at k. Steps or epochs are checked where the case says them.
"""

from __future__ import annotations

import pytest


def v(k, scale=1.0):
    """A number that differs at each k."""
    return round(scale * (1 + 0.37 * ((k * 7919) % 13)) / (k + 1), 4)


K = range(1, 8)
CASES = {
    "mnist": (
        lambda k: f"Train Epoch: {k} [{0}/60000 (0%)]\tLoss: {v(k)}\n\nTest set: Average loss: {v(k, 2)}, Accuracy: 984{k}/10000 (98%)\n\n",
        {"Loss": v, "Average loss": lambda k: v(k, 2)}, None, lambda k: k,
    ),
    "word language model": (
        lambda k: f"| epoch   1 | {200 * k:5d}/ 2983 batches | lr 20.00 | ms/batch 12.{k}0 | loss {v(k)} | ppl {v(k, 9)}\n",
        {"loss": v, "ppl": lambda k: v(k, 9)}, lambda k: 200 * k, lambda k: 1,
    ),
    "dcgan": (
        lambda k: f"[{k}/25][{10 * k}/1583]\tLoss_D: {v(k)}\tLoss_G: {v(k, 2)}\tD(x): {v(k, 3)}\tD(G(z)): {v(k, 4)} / {v(k, 5)}\n",
        {"Loss_D": v, "Loss_G": lambda k: v(k, 2), "D(x)": lambda k: v(k, 3)}, lambda k: 10 * k, lambda k: k,
    ),
    "keras gan": (
        lambda k: f"{k} [D loss: {v(k)}, acc.: {v(k, 50)}%] [G loss: {v(k, 2)}]\n",
        {"D loss": v, "acc": lambda k: v(k, 50), "G loss": lambda k: v(k, 2)}, lambda k: k, None,
    ),
    "stargan": (
        lambda k: f"Elapsed [0:00:1{k}], Iteration [{10 * k}/200000], D/loss_real: -{v(k)}, D/loss_fake: {v(k, 2)}, G/loss_rec: {v(k, 3)}\n",
        {"loss_real": lambda k: -v(k), "loss_fake": lambda k: v(k, 2)}, lambda k: 10 * k, None,
    ),
    "stylegan": (
        lambda k: f"tick {k:<5d} kimg {4.0 * k:<8.1f} lod 0.00  minibatch 32   time {k}m 05s       sec/tick {v(k, 50):<8} sec/kimg {v(k, 9):<7} maintenance 0.{k}    gpumem 4.{k}  augment {v(k)}\n",
        {"sec/tick": lambda k: v(k, 50), "augment": v}, None, None,
    ),
    "cs231n": (
        lambda k: f"(Iteration {100 * k} / 4900) loss: {v(k)}\n(Epoch {k} / 10) train acc: {v(k, 2)}; val_acc: {v(k, 3)}\n",
        {"loss": v, "train acc": lambda k: v(k, 2), "val_acc": lambda k: v(k, 3)}, None, None,
    ),
    "cost after": (lambda k: f"Cost after iteration {100 * k}: {v(k)}\n", {"Cost": v}, lambda k: 100 * k, None),
    "theano": (
        lambda k: f"epoch {k}, minibatch 83/83, validation error {v(k, 9)} %\n     epoch {k}, minibatch 83/83, test error of best model {v(k, 8)} %\n",
        {"validation error": lambda k: v(k, 9), "test error": lambda k: v(k, 8)}, None, lambda k: k,
    ),
    "lasagne": (
        lambda k: f"Epoch {k} of 500 took 1.{k}23s\n  training loss:\t\t{v(k)}\n  validation loss:\t\t{v(k, 2)}\n  validation accuracy:\t\t{v(k, 50)} %\n",
        {"train/loss": v, "val/loss": lambda k: v(k, 2), "accuracy": lambda k: v(k, 50)}, None, lambda k: k,
    ),
    "sockeye": (
        lambda k: f"[2026-11-25:10:00:0{k}:INFO:sockeye.training:__call__] Epoch[0] Batch [{50 * k}]\tSpeed: {v(k, 900)} samples/sec {v(k, 9000)} tokens/sec {v(k)} updates/sec\tperplexity={v(k, 90)}\n",
        {"perplexity": lambda k: v(k, 90)}, lambda k: 50 * k, lambda k: 0,
    ),
    "nematus": (
        lambda k: f"[25/11/26 10:00:0{k}] [DEBUG] Epoch: 0 Update: {1000 * k} Loss/word: {v(k)} Words/sec: {v(k, 900)} Sents/sec: {v(k, 50)}\n",
        {"Loss/word": v, "Words/sec": lambda k: v(k, 900)}, lambda k: 1000 * k, lambda k: 0,
    ),
    "speechbrain": (
        lambda k: f"epoch: {k}, lr: 1.00e+00 - train loss: {v(k)} - valid loss: {v(k, 2)}, valid CER: {v(k, 50)}, valid WER: {v(k, 80)}\n",
        {"train/loss": v, "val/loss": lambda k: v(k, 2), "CER": lambda k: v(k, 50), "WER": lambda k: v(k, 80)}, None, lambda k: k,
    ),
    "wenet": (
        lambda k: f"2026-11-25 10:00:0{k},123 DEBUG TRAIN Batch 0/{100 * k} loss {v(k, 10)} loss_att {v(k, 9)} loss_ctc {v(k, 12)} lr 0.0000{k} rank 0\n",
        {"loss_att": lambda k: v(k, 9), "loss_ctc": lambda k: v(k, 12)}, None, None,
    ),
    "icefall": (
        lambda k: f"2026-11-25 10:00:0{k},123 INFO [train.py:812] Epoch 1, batch {50 * k}, loss[loss={v(k)}, simple_loss={v(k, 2)}, over 6000.00 frames.], tot_loss[loss={v(k, 3)}, simple_loss={v(k, 4)}, over {1200 * k}.00 frames. ], batch size: 20, lr: 4.9{k}e-02\n",
        {"simple_loss": lambda k: v(k, 2), "tot_loss": lambda k: v(k, 3)}, lambda k: 50 * k, lambda k: 1,
    ),
    "dllogger": (
        lambda k: f"DLL 2026-11-25 10:00:0{k}.123456 - Epoch: 0 Iteration: {10 * k}  train_loss : {v(k)}  train.ips : {v(k, 1200)} img/s\n",
        {"train_loss": v, "ips": lambda k: v(k, 1200)}, lambda k: 10 * k, lambda k: 0,
    ),
    "dllogger json": (
        lambda k: f'DLLL {{"timestamp": "17639{k}0000.123", "datetime": "2026-11-25 10:00:0{k}.123", "type": "LOG", "step": [0, {10 * k}], "data": {{"train_loss": {v(k)}, "lr": 0.{k}}}}}\n',
        {"train_loss": v}, None, None,
    ),
    "object detection": (
        lambda k: f"INFO:tensorflow:Step {100 * k} per-step time 0.{k}45s loss={v(k)}\n",
        {"loss": v}, lambda k: 100 * k, None,
    ),
    "flax": (
        lambda k: f"I1125 10:00:0{k}.123456 140012 train.py:201] train epoch: {k}, loss: {v(k)}, accuracy: {v(k, 90)}\nI1125 10:00:0{k}.223456 140012 train.py:210] eval epoch: {k}, loss: {v(k, 2)}, accuracy: {v(k, 80)}\n",
        {"train/loss": v, "eval/loss": lambda k: v(k, 2), "eval/accuracy": lambda k: v(k, 80)}, None, lambda k: k,
    ),
    "torchtune": (
        lambda k: f"1|{10 * k}|Loss: {v(k)}:  {k}0%|█         | {10 * k}/100 [00:{k}0<01:00,  1.0s/it]\n",
        {"Loss": v}, None, None,
    ),
    "gpt neox": (
        lambda k: f" samples/sec: {v(k, 10)} | iteration {10 * k:8d}/  320000 | elapsed time per iteration (ms): {v(k, 5000)} | learning rate: 1.{k}00E-04 | approx flops per GPU: 50.{k}TFLOPS | lm_loss: {v(k)} | loss scale: 4096.0 | number of skipped iterations:   0 |\n",
        {"lm_loss": v, "samples/sec": lambda k: v(k, 10)}, lambda k: 10 * k, None,
    ),
    "composer": (
        lambda k: f"[epoch=1][batch={10 * k}/100]:\n\t Train loss/train/total: {v(k)}\n\t Train metrics/train/Accuracy: {v(k, 2)}\n",
        {"loss/train/total": v, "Accuracy": lambda k: v(k, 2)}, lambda k: 10 * k, lambda k: 1,
    ),
    "dgl": (
        lambda k: f"Epoch {k:05d} | Time(s) 0.01{k} | Loss {v(k)} | Accuracy {v(k, 2)} | ETputs(KTEPS) {v(k, 900)}\n",
        {"Loss": v, "Accuracy": lambda k: v(k, 2)}, None, lambda k: k,
    ),
    "pyg": (
        lambda k: f"Epoch: {k:03d}, Loss: {v(k)}, Train: {v(k, 2)}, Val: {v(k, 3)}, Test: {v(k, 4)}\n",
        {"Loss": v, "Train": lambda k: v(k, 2), "Val": lambda k: v(k, 3), "Test": lambda k: v(k, 4)}, None, lambda k: k,
    ),
    "mace": (
        lambda k: f"2026-11-25 10:00:0{k}.123 INFO: Epoch {k}: head: default, loss={v(k)}, RMSE_E_per_atom={v(k, 12):8.4f} meV, RMSE_F={v(k, 50):8.4f} meV / A\n",
        {"loss": v, "RMSE_E_per_atom": lambda k: v(k, 12), "RMSE_F": lambda k: v(k, 50)}, None, lambda k: k,
    ),
    "d2l": (lambda k: f"epoch {k}, loss {v(k)}, train acc {v(k, 2)}, test acc {v(k, 3)}, time {v(k, 5)} sec\n",
            {"loss": v, "train/acc": lambda k: v(k, 2), "test/acc": lambda k: v(k, 3)}, None, lambda k: k),
    "tf tutorial": (lambda k: f"step {100 * k}, training accuracy {v(k)}\n", {"accuracy": v}, lambda k: 100 * k, None),
    "minibatch loss": (
        lambda k: f"Step {100 * k} (epoch {k / 10:.2f}), 12.{k} ms\nMinibatch loss: {v(k)}, learning rate: 0.0{k}\nMinibatch error: {v(k, 9)}%\nValidation error: {v(k, 8)}%\n",
        {"Minibatch loss": v, "Minibatch error": lambda k: v(k, 9), "error": lambda k: v(k, 8)}, lambda k: 100 * k, None,
    ),
    "episodes": (
        lambda k: f"Episode: {k}, Score: {v(k, 25)}, Average Score: {v(k, 20)}, Epsilon: {v(k)}\n",
        {"Average Score": lambda k: v(k, 20), "Epsilon": v}, lambda k: k, None,
    ),
    "episode tabs": (lambda k: f"Episode {100 * k}\tAverage Score: {v(k)}\n", {"Average Score": v}, lambda k: 100 * k, None),
    "ddpg": (
        lambda k: f"total timesteps: {1000 * k}, episode: {k}, reward: {v(k, -200)}, actor loss: {v(k)}, critic loss: {v(k, 3)}\n",
        {"reward": lambda k: v(k, -200), "actor loss": v, "critic loss": lambda k: v(k, 3)}, lambda k: 1000 * k, None,
    ),
    "crfsuite": (
        lambda k: f"***** Iteration #{k} *****\nLoss: {v(k, 3500)}\nFeature norm: {v(k)}\nError norm: {v(k, 150)}\nLine search trials: 1\nSeconds required for this iteration: 0.0{k}1\n\n",
        {"Loss": lambda k: v(k, 3500), "Error norm": lambda k: v(k, 150)}, lambda k: k, None,
    ),
    "mallet": (lambda k: f"<{10 * k}> LL/token: -{v(k, 9)}\n", {"LL/token": lambda k: -v(k, 9)}, lambda k: 10 * k, None),
    "glove": (lambda k: f"11/25/26 - 10:00.0{k}AM, iter: {k:03d}, cost: {v(k)}\n", {"cost": v}, lambda k: k, None),
    "fasttext lines": (lambda k: f"Progress: {10.0 * k:5.1f}% words/sec/thread: {1000 + k} lr: 0.0{k} avg.loss: {v(k)} ETA: 0h{k}m 0s\n", {"loss": v}, None, None),
    "julia": (lambda k: f"[ Info: epoch = {k}, train_loss = {v(k)}, test_acc = {v(k, 2)}\n", {"train_loss": v, "test_acc": lambda k: v(k, 2)}, None, lambda k: k),
    "nequip table": (
        lambda k: ("# Epoch        loss      loss_f       f_mae\n" if k == 1 else "") + f"{k:7d} {v(k):11} {v(k, 2):11} {v(k, 3):11}\n",
        {"loss": v, "loss_f": lambda k: v(k, 2), "f_mae": lambda k: v(k, 3)}, None, lambda k: k,
    ),
    "box table": (
        lambda k: ("+-------+--------+--------+\n| epoch |  loss  |  acc   |\n+=======+========+========+\n" if k == 1 else "") + f"|   {k}   | {v(k)} | {v(k, 2)} |\n+-------+--------+--------+\n",
        {"loss": v, "acc": lambda k: v(k, 2)}, None, lambda k: k,
    ),
    "dash separated": (lambda k: f"Epoch {k} - loss: {v(k)} - val_loss: {v(k, 2)} - f1: {v(k, 3)}\n", {"val_loss": lambda k: v(k, 2), "f1": lambda k: v(k, 3)}, None, lambda k: k),
    "arrows": (lambda k: f"epoch={k} -> loss={v(k)} acc={v(k, 2)}\n", {"loss": v, "acc": lambda k: v(k, 2)}, None, lambda k: k),
    "semicolons": (lambda k: f"iter={10 * k}; G_loss={v(k)}; D_loss={v(k, 2)}; grad_norm={v(k, 3)}\n", {"G_loss": v, "D_loss": lambda k: v(k, 2)}, lambda k: 10 * k, None),
    "parenthesised place": (lambda k: f"(ep {k} | it {10 * k}) loss={v(k)} | acc={v(k, 2)}\n", {"loss": v, "acc": lambda k: v(k, 2)}, lambda k: 10 * k, lambda k: k),
    "dict print": (lambda k: f"{{'epoch': {k}, 'train': {{'loss': {v(k)}, 'acc': {v(k, 2)}}}, 'val': {{'loss': {v(k, 3)}}}}}\n",
                   {"train/loss": v, "train/acc": lambda k: v(k, 2), "val/loss": lambda k: v(k, 3)}, None, lambda k: k),
    "tuple of places": (lambda k: f"[epoch {k}, batch {100 * k}] loss: {v(k)}\n", {"loss": v}, lambda k: 100 * k, lambda k: k),
    "cifar tutorial": (lambda k: f"[{k}, {2000 * k:5d}] loss: {v(k)}\n", {"loss": v}, lambda k: 2000 * k, lambda k: k),
    "percent done": (lambda k: f"{10 * k}% done | step {10 * k} | nll {v(k)} | bpd {v(k, 2)}\n", {"nll": v, "bpd": lambda k: v(k, 2)}, lambda k: 10 * k, None),
    "metrics in brackets": (lambda k: f"Validation [epoch {k}]: [accuracy: {v(k)}] [f1: {v(k, 2)}]\n", {"accuracy": v, "f1": lambda k: v(k, 2)}, None, lambda k: k),
    "sentences": (lambda k: f"After epoch {k}, the model reached a validation accuracy of {v(k)} and a loss of {v(k, 2)}.\n", {"accuracy": v, "loss": lambda k: v(k, 2)}, None, lambda k: k),
    "ogb": (lambda k: f"Run: 01, Epoch: {k:02d}, Loss: {v(k)}, Train: {v(k, 50)}%, Valid: {v(k, 49)}% Test: {v(k, 48)}%\n",
            {"Loss": v, "Valid": lambda k: v(k, 49), "Test": lambda k: v(k, 48)}, None, lambda k: k),
    "llama recipes": (lambda k: f"Training Epoch: {1}/3, step {k}/100 completed (loss: {v(k)})\n", {"loss": v}, lambda k: k, lambda k: 1),
    "optuna": (
        lambda k: f"[I 2026-11-25 10:00:0{k},123] Trial {k} finished with value: {v(k)} and parameters: {{'lr': 0.0{k}}}. Best is trial 1 with value: {v(1)}.\n",
        {"value": v}, None, None,
    ),
    "liblinear": (lambda k: f"iter {k:2d} act 1.{k}00e+01 pre 1.{k}50e+01 delta 1.5{k}0e+00 f {v(k, 50)} |g| {v(k, 21)} CG   {k}\n", {"f": lambda k: v(k, 50)}, lambda k: k, None),
    "wandb summary line": (lambda k: f"step {k:6d} | train/loss {v(k)} | val/loss {v(k, 2)} | lr {k}e-4\n", {"train/loss": v, "val/loss": lambda k: v(k, 2)}, lambda k: k, None),
    "rank prefix": (lambda k: "".join(f"[rank{r}] {10 * k}: loss={v(k, r + 1)} lr=0.{k}\n" for r in (1, 0)), {"loss": v}, lambda k: 10 * k, None),
    "docker": (lambda k: f"2026-11-25T10:00:0{k}.123456789Z stdout F step={10 * k} loss={v(k)} acc={v(k, 2)}\n", {"loss": v, "acc": lambda k: v(k, 2)}, lambda k: 10 * k, None),
    "syslog": (lambda k: f"Nov 25 10:00:0{k} node17 trainer[4242]: step={10 * k} loss={v(k)} acc={v(k, 2)}\n", {"loss": v, "acc": lambda k: v(k, 2)}, lambda k: 10 * k, None),
    "kubernetes": (lambda k: f"[pod/train-0/main] Epoch {k}: train_loss={v(k)}, valid_loss={v(k, 2)}\n", {"train_loss": v, "valid_loss": lambda k: v(k, 2)}, None, lambda k: k),
    "loguru": (lambda k: f"2026-11-25 10:00:0{k}.123 | INFO     | __main__:train:42 - step {10 * k} loss {v(k)}\n", {"loss": v}, lambda k: 10 * k, None),
    "millions": (lambda k: f"frames {k}.5M | return {v(k, 100)} | loss {v(k)}\n", {"return": lambda k: v(k, 100), "loss": v}, None, None),
    "validation block": (
        lambda k: f"step {10 * k} loss {v(k, 5)}\nEvaluation results:\n  accuracy = {v(k)}\n  f1 = {v(k, 2)}\n\n",
        {"accuracy": v, "f1": lambda k: v(k, 2)}, lambda k: 10 * k, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_format_that_no_grammar_knows(read, name):
    """The series of a careful reader are found, each number once, at its place."""
    line, series, step, epoch = CASES[name]
    got = read("".join(line(k) for k in K))
    for word, value in series.items():
        wanted = [value(k) for k in K]
        found = [m for m, s in got.series.items() if s["value"] == pytest.approx(wanted, rel=1e-9)]
        named = [m for m in found if word.lower().split("/")[-1].split(" ")[-1] in m[1].lower()]
        assert named, (word, found, {m[1]: s["value"][:2] for m, s in got.series.items()})
        if step:
            assert any(got.series[m]["step"] == [step(k) for k in K] for m in named), (
                word,
                got.series[named[0]]["step"],
            )
        if epoch:
            assert any(got.series[m]["epoch"] == [epoch(k) for k in K] for m in named), (
                word,
                got.series[named[0]]["epoch"],
            )
