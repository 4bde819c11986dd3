# ruff: noqa: E501 - printed lines stand whole here
"""What is said twice, bars over a whole run, lists, and lines that several runs or phases share."""

from __future__ import annotations

import pytest

from tests.text.test_wild_more import A, B, C, lines

CASES = {
    "a dict below its own line": (
        "".join(f"(epoch: {k}, iters: 8) G_A: {a:.2f} D_A: {b:.2f} cyc: {c:.2f}\nOrderedDict([('G_A', {a}), ('D_A', {b}), ('cyc', {c}), ('epoch', {k})])\n" for k, (a, b, c) in enumerate(zip(A, B, C, strict=True), 1)),
        {"G_A": [round(a, 2) for a in A], "D_A": [round(b, 2) for b in B]},
    ),
    "runs that agree by chance": (lines("Run: moons_a | Epoch: {k} | loss: {a} | acc: {b} | f1: {c}\nRun: moons_b | Epoch: {k} | loss: {a} | acc: {b} | f1: {c}\n"), {"loss": [a for a in A for _ in (0, 1)]}),
    "a bar over a whole run": (
        "".join(f"\rTraining:   0%|          | {10 * k}/30000 [00:0{k}<21:08, 23.6it/s, Loss=0.{9 - k}]\rTraining:   0%|          | {10 * k}/30000 [00:0{k}<21:08, 23.6it/s, Loss=0.{8 - k}]" for k in range(7)),
        {"Loss": [0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2]},
    ),
    "a bar over an epoch": ("".join(f"Epoch {k}: " + "".join(f"\rEpoch {k}:  50%|#####     | {i}/50 [00:01<00:01, 9it/s, loss={a + i}]" for i in (10, 30, 50)) + "\n" for k, a in enumerate(A, 1)), {"loss": [a + 50 for a in A]}),
    "a list printed once": ("Scores of the folds (accuracy): [0.61 0.92 0.90 0.73 0.74]\nMean accuracy: 0.78\n", {"Scores of the folds (accuracy)": [0.61, 0.92, 0.9, 0.73, 0.74]}),
    "a long list": (lines("epoch {k} loss {a}\n") + "train_losses = [" + ", ".join(f"0.{i}" for i in range(10, 40)) + "]\n", {"train_losses": [float(f"0.{i}") for i in range(10, 40)]}),
    "rows under their names": ("loss\n7.26\t5.41\t5.29\nmap_50\n0.081\t0.089\t0.071\n", {"loss": [7.26, 5.41, 5.29], "map_50": [0.081, 0.089, 0.071]}),
    "phases with what they took": (lines("epoch {k} : train (51{k}.5 sec): loss={a}, acc={b} | valid (3.2{k} sec): loss={c}, acc={b}\n"), {"train/loss": A, "val/loss": C, "val/acc": B}),
    "evaluations of two sets": (
        lines("2026-11-25 18:31:2{k} - log\\train.log - INFO - evaluate:dev\n2026-11-25 18:31:2{k} - log\\train.log - INFO - accuracy: {a}%; precision: {b}%; recall: 0.00%\n2026-11-25 18:31:2{k} - log\\train.log - INFO - evaluate:test\n2026-11-25 18:31:2{k} - log\\train.log - INFO - accuracy: {c}%; precision: {b}%; recall: 0.00%\n"),
        {"val/accuracy": A, "test/accuracy": C, "test/recall": [0.0] * 6},
    ),
    "dashes for names": (lines("0000000{k}) perceptual - {a}; warp_loss - {b}\n"), {"perceptual": A, "warp_loss": B}),
    "two-line header": (
        "|  Epoch  |  Iteration  |  Time Elapsed  |  Mini-batch  |  Mini-batch  |\n|         |             |   (hh:mm:ss)   |   Accuracy   |     Loss     |\n" + lines("|    {k} |    {k10} |    00:00:0{k} |    {b}% |    {a} |\n"),
        {"Mini-batch Accuracy": B, "Mini-batch Loss": A},
    ),
    "lines of dicts alone": (lines("{{'loss': {a}, 'epoch': {k}}}\n"), {"loss": A}),
    "a tutorial's last word": (lines("[1, {k}000] loss: {a}\n") + "Accuracy of the network on the 10000 test images: 55 %\n", {"loss": A, "Accuracy of the network on the test images": [55]}),
    "batches of self-play": (lines("2026-11-25 19:53:3{k}, batch i:{k}, episode_len:2{k}\nkl:0.0{k},loss:{a}\n"), {"loss": A, "kl": [0.01, 0.02, 0.03, 0.04, 0.05, 0.06], "episode_len": [21, 22, 23, 24, 25, 26]}),
    "accuracy after a round": (lines("Round {k}: client loss {a}\nGlobal accuracy after round {k}: {b}\n"), {"Global accuracy": B}),
    "lists in a table": (
        "Step      Train loss              Test loss               Test metric\n" + lines("{k}000      [{a}, {c}]    [{b}, {c}]    []    \n"),
        {"Train loss[0]": A, "Train loss[1]": C, "Test loss[0]": B},
    ),
    "answers judged": ("{'exact_match': 81.2, 'f1': 88.5}\n", {"exact_match": [81.2], "f1": [88.5]}),
    "e is no epoch": (lines("episode: {k}/1000, score: {k}3, e: {b}\n"), {"e": B, "score": [13, 23, 33, 43, 53, 63]}),
    "time steps in all": (lines("Total T: {k}000 Episode Num: {k} Episode T: 1{k}1 Reward: {a}\nEvaluation over 10 episodes: {c}\n"), {"Reward": A, "Evaluation over episodes": C}),
    "a matrix says no place": ("[[ 50   2]\n [  3  45]]\nSensitivity: 0.9375\nSpecificity: 0.9615\n", {"Sensitivity": [0.9375], "Specificity": [0.9615]}),
    "a number in brackets is the place": (lines("coverage: [1]:{a} [2]:{b} [3]:{c}\n"), {"coverage": [x for abc in zip(A, B, C, strict=True) for x in abc]}),
    "the best is not the mean": (lines("Generation {k}: best fitness = {a}, avg fitness = {c}\n"), {"best/fitness": A, "avg fitness": C}),
    "names in a row": (lines("epoch {k}\nloss_a,loss_b {a} {c}\n"), {"loss_a": A, "loss_b": C}),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_each_point_is_there_once(read, name):
    """These series are there under their names, whole."""
    text, series = CASES[name]
    got = read(text)
    got.holds(series)


def test_a_list_counts_its_steps(read):
    """A list that is printed once has its places as steps; a bar over a run its counts."""
    assert read(CASES["a long list"][0])["train_losses"]["step"] == list(range(30))
    assert read(CASES["a bar over a whole run"][0])["Loss"]["step"] == [0, 10, 20, 30, 40, 50, 60]


def test_a_place_in_brackets_is_a_step(read):
    """``perplexity: [7]5.25`` is 5.25 at 7, not 7."""
    got = read("".join(f"perplexity: [{k}]{a},\n" for k, a in enumerate(A, 1)))["perplexity"]
    assert (got["value"], got["step"]) == (A, [1, 2, 3, 4, 5, 6])


def test_what_is_said_twice_is_in_the_ledger(read):
    """A repeated dict is counted as repeated, not lost."""
    assert read(CASES["a dict below its own line"][0]).account.ignored["repeated"] == 6
