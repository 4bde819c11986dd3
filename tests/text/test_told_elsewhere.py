# ruff: noqa: E501 - printed lines stand whole here
"""Results whose name, place or unit stands elsewhere than right before them: in a tag, in brackets, below a heading, on the next line."""

from __future__ import annotations

import pytest

A, B, C = [0.91, 0.82, 0.73, 0.64, 0.55, 0.46], [3.5, 3.25, 3.0, 2.75, 2.5, 2.25], [11, 7, 9, 4, 8, 3]


def lines(form, count=6):
    """A line for each of a few numbers."""
    return "".join(form.format(k=k + 1, k10=10 * (k + 1), a=A[k], b=B[k], c=C[k]) for k in range(count))


CASES = {
    "parts behind a phase's total": (
        lines("epoch {k}/6  loss={a} (p={b} v={a})  val={b} (p={a} v={b})\n"),
        {"loss": A, "val": B, "val/p": A, "val/v": B},
    ),
    "a count of many as the step": (lines("game {k}/60  ref=7{k}  plies={c}  winner=A{k}  avg_len={c}\n"), {"plies": C, "avg_len": C}),
    "whole numbers between bars": (lines("ep {k} | step {k10} | survived {c} | part 1/9\n"), {"survived": C}),
    "a dict of results alone": (
        "Running on cpu\n{'mr': np.float64(81.5), 'mrr': np.float64(0.25), 'hits@1': np.float64(0.125), 'hits@10': np.float64(0.5)}\nbye\n",
        {"mr": [81.5], "mrr": [0.25], "hits@1": [0.125], "hits@10": [0.5]},
    ),
    "counts below a heading of results": (
        lines("Episode {k}/6 | Loss: {a}\n")
        + "=====\nFINAL RESULTS (greedy policy)\n=====\nTotal Deliveries: 31\nTotal Collisions: 0\n-----\nSuccess Rate: 99.5%\nB (Points): 2\n",
        {"Total Deliveries": [31], "Total Collisions": [0], "Success Rate": [99.5], "B (Points)": [2]},
    ),
    "a column below a metric's name": ("% mean accuracy (train set)\t\n" + lines(" {b}\t\n"), {"% mean accuracy (train set)": B}),
    "a mean over some last ones": (
        lines("Step {k10} | Avg Reward (last 10):  {b} | lr=0.00{k}\n"), {"Avg Reward": B},
    ),
    "a mean over ever more": (lines("Episode {k} ends\n  Mean Reward (last {k} eps): {b}\n"), {"Mean Reward": B}),
    "a tag that names a phase": (lines("[train_e{k}] acc={a}  f1={b}\n[val_e{k}] acc={b}  f1={a}\n"), {"train/acc": A, "val/acc": B, "val/f1": A}),
    "phases in parentheses behind numbers": (
        lines("Epoch {k}\nLoss: {a} (Train) | {b} (Val)\nacc: {b} (train) / {a} (valid)\n"),
        {"train/Loss": A, "val/Loss": B, "train/acc": B, "val/acc": A},
    ),
    "a phase in brackets that heads the rest of a line": (
        lines("(0000{k10}/000060)[Train] loss: {a}, acc: {b} [Valid] loss: {b}, acc: {a} \n"),
        {"train/loss": A, "train/acc": B, "val/loss": B, "val/acc": A},
    ),
    "labels before a dash": (
        lines("Epoch {k}/6\nVerb  - acc: {a}, f1: {b}\nNoun  - acc: {b}, f1: {a}\n"),
        {"Verb/acc": A, "Verb/f1": B, "Noun/acc": B, "Noun/f1": A},
    ),
    "labels before a bar, some of whose metrics differ": (
        lines("fast | Epoch {k} | loss: {a} | acc: {b}\nslow | Epoch {k} | loss: {b} | acc: {a} | iou: {a}\n"),
        {"fast/loss": A, "slow/loss": B, "slow/iou": A},
    ),
    "a power in a name": (lines("Epoch {k}\n    - R^2: {a}\n    - MAE: {b}\n"), {"R^2": A, "MAE": B}),
    "dashes between two counters": (lines("[{k}/6]--[{k10}/60]\tLoss: {a}\tAtt_Loss: {b}\n"), {"Loss": A, "Att_Loss": B}),
    "how long episodes were": (lines("Episode {k}\t avg length: {c}\t avg reward: {b}\n"), {"avg length": C, "avg reward": B}),
    "successes of so many": (lines("Episode {k10}: || Reward: {b} || Success Rate: {c}/{k10}\n"), {"Success Rate": C}),
    "names that end in a number": (
        lines("epoch: {k}\nval loss 1:  {a} val accuracy 1:  {b}\nAccuracy 3: {a}\n"),
        {"val/loss 1": A, "val/accuracy 1": B, "Accuracy 3": A},
    ),
    "second as a word, not as a unit": (
        lines("Epoch: {k} --> train loss:  {a} second loss:  {b}\n"), {"train/loss": A, "second loss": B},
    ),
    "a slash between place and name": (lines("Epoch :    {k} / cost : {a}\n"), {"cost": A}),
    "sets of data as phases": (
        lines("Test set:     Average loss: {a}\nTraining set: Average loss: {b}\n"),
        {"test/Average loss": A, "train/Average loss": B},
    ),
    "how far two iterations are apart": (lines("Iteration {k}:\nAlpha difference: {a}\n"), {"Alpha difference": A}),
    "how long an episode lasted": (
        lines("Episode {k} finished after {k10} steps with return {b}\nMean return over the last 100 episodes is {a}\n"),
        {"return": B, "steps": [10, 20, 30, 40, 50, 60], "Mean return over the last episodes": A},
    ),
    "clients in turn": (
        lines("Round {k}\n[Client 0] loss: {a}, acc: {b}\n[Client 1] loss: {b}, acc: {a}\n"),
        {"Client 0/loss": A, "Client 1/loss": B, "Client 1/acc": A},
    ),
    "agents in turn": (lines("Episode {k}\nAgent 7 reward: {a}\nAgent 3 reward: {b}\n"), {"Agent 7/reward": A, "Agent 3/reward": B}),
    "a phase behind the first of two": (
        lines("Epoch {k}\n\tLoss:\t {a}(train)\t|\tAcc:\t {b} %\n\tLoss:\t {b}(valid)\t|\tAcc:\t {a} %\n"),
        {"train/Loss": A, "train/Acc": B, "val/Loss": B, "val/Acc": A},
    ),
    "tags of several tasks": (
        lines("[Pong] at step {k10}: mean reward = {a}\n[Boxing] at step {k10}: mean reward = {b}\n"),
        {"Pong/mean reward": A, "Boxing/mean reward": B},
    ),
    "sets as phases": (lines("Train_set Epoch [{k}/6] loss: {a}\nValid_set Epoch [{k}/6] loss: {b}\n"), {"train/loss": A, "val/loss": B}),
    "two colons": (lines("[Epoch {k}/6] [D loss: {a}] [G loss:: {b}]\n"), {"D loss": A, "G loss": B}),
    "a norm in bars": (lines("Epoch {k} - |param|={b} |g_param|={a} loss={a}\n"), {"|param|": B, "|g_param|": A}),
    "a name that counters have too": (lines("step {k10}/60 loss={a} gen={b}\n"), {"gen": B}),
    "the best of a generation": (lines("Generation {k}:    Best = {b}, Avg = {a}\n"), {"Best": B, "Avg": A}),
    "the last value said again": (lines("Iteration {k10}: exploitability={a}\n") + "Time: 3 s\nFinal exploitability: 0.0125\n", {"Final exploitability": [0.0125]}),
    "what a result changed from": (lines("Epoch {k}: val_loss improved from 9.5 to {a}, saving\n"), {"val_loss": A}),
    "losses of two nets": (lines("[  {k}/60]: dloss: {a}, gloss: {b}\n"), {"dloss": A, "gloss": B}),
    "a rate that stays": (lines("[epoch: {k}/6, iter: 0/9] total: {a}\nEnd of epoch {k}\nlearning rate = 0.0001000\n"), {"learning rate": [0.0001] * 6}),
    "least and most of an output": (lines("Epoch 1, Step {k10}: KL Loss={b}\nOutput stats: min=-{b}, max={b}, mean={a}\n"), {"max": B, "mean": A}),
    "text that says of what": ("Class: road  IoU: 0.95\nClass: sky  IoU: 0.9\nMean IoU: 0.925\n", {"road/IoU": [0.95], "sky/IoU": [0.9], "Mean IoU": [0.925]}),
    "a data frame folded": (
        "                 model  accuracy  f1    \\\n0  Logistic Regression  0.842100   0.811000\n1        Random Forest  0.871200   0.862000\n\n    roc_auc  \n0  0.901000  \n1  0.923000  \n",
        {"accuracy/Logistic Regression": [0.8421], "f1/Random Forest": [0.862], "roc_auc": [0.901, 0.923]},
    ),
    "a metric's name and value in columns": (
        ("| Tasks |Version|Metric|   |Value |   |Stderr|\n|-------|------:|------|---|-----:|---|-----:|\n"
        "|arc    |      1|acc   |↑  |0.6338|±  |0.0099|\n|       |       |norm  |↑  |0.5600|±  |0.0102|\n|boolq  |      1|acc   |↑  |0.4338|±  |0.0049|\n"),
        {"arc/acc": [0.6338], "arc/norm": [0.56], "boolq/acc": [0.4338]},
    ),
    "words behind a sentence's end": (lines("Finished run {k}. Best val accuracy: {a}, test accuracy: {b} (step {k10}).\n"), {"best/val accuracy": A, "test/accuracy": B}),
    "text behind a bar": (
        lines("Starting epoch {k}/6\nValidation:   0%|          | 0/9 [00:00<?, ?it/s]Average training loss: {a}\nValidation Accuracy: {b}\n"),
        {"Average training loss": A, "val/Accuracy": B},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_it_is_read_where_it_stands(read, name):
    """These series are there under their names, whole."""
    text, series = CASES[name]
    read(text).holds(series)


def test_durations_are_seconds(read):
    """Hours, minutes and seconds behind a word for a duration are one number of seconds; a time of the day is none."""
    got = read(lines("epoch {k} loss {a} time: 0:1{k}:02.5 elapsed 1h 2m {k}s\n"))
    got.holds({"time": [60.0 * (10 + k) + 2.5 for k in range(1, 7)], "elapsed": [3720.0 + k for k in range(1, 7)]})
    assert read(lines("epoch {k} loss {a} time: 1{k}:22:33\n")).names == ["loss"]


def test_a_step_that_falls_gives_way(read):
    """Where an episode's steps are counted anew in each, the episode is the step."""
    text = lines("Episode {k} Step {c}: Training Loss {a}, Return {b}\n")
    got = read(text)
    assert got["train/Loss"]["step"] == [1, 2, 3, 4, 5, 6]
    got.holds({"step": C})


def test_epoch_and_batch_with_a_dash(read):
    """``3-120`` at the front of a line of metrics is an epoch and a step within it."""
    got = read("".join(f"{e}-{b} [D loss: 0.{e}{b}, acc.: 5{b}%]\n" for e in (0, 1, 2) for b in (1, 2)))
    assert got["D loss"]["epoch"] == [0, 0, 1, 1, 2, 2]
    assert got["D loss"]["step"] == [1, 2, 1, 2, 1, 2]


def test_a_place_on_the_next_line(read):
    """Results that precede the line of their epoch from the beginning on are that epoch's."""
    got = read(lines("TP:{c}, TN:{c}\n[ ({k} ) Loss:  {a}, valid_Loss: {b}]\n"))
    assert got["TP"]["step"] == got["Loss"]["step"] == [1, 2, 3, 4, 5, 6]


def test_bars_that_are_never_full(read):
    """Of bars that were left before their end the last state of each epoch counts."""
    text = "".join(
        f"Epoch {e}:  {p}%|████  | {p}/100 [00:01<00:01, 7.00it/s, loss=0.{e}{p}, v_num=1]\n"
        for e in (1, 2, 3)
        for p in (40, 80)
    )
    assert read(text)["loss"]["value"] == [0.18, 0.28, 0.38]


def test_bars_are_no_settings(read):
    """Names before progress bars are no parameters."""
    text = "".join(
        f"Tokenizing {n} data:   0%|          | 0/32 [00:00<?, ? examples/s]\n"
        for n in ("train", "eval", "test", "more")
    )
    assert not [
        f
        for f in read("seed: 1\nmodel: resnet\n" + text).facts
        if type(f).__name__ == "Param" and "Tokenizing" in f.name
    ]


def test_lines_of_two_handlers_count_once(read):
    """What two handlers print, one with a prefix and one without or both alike, is one point; two equal results are two."""
    text = lines("I1125 10:02:0{k}.123456 1234 hooks.py:262] lossy = {a}, step = {k10}\nlossy = {a}, step = {k10}\n")
    got = read(text)
    assert got["lossy"]["value"] == A
    assert got.account.ignored["repeated"] == 6
    both = lines("2024-01-01 10:00:0{k},123 - INFO - epoch {k} loss {a}\n" * 2)
    assert read(both)["loss"]["epoch"] == [1, 2, 3, 4, 5, 6]
    assert read("epoch 1 loss 0.5\nepoch 2 loss 0.5\n" * 4)["loss"]["epoch"] == [1, 2] * 4


def test_a_stamp_with_its_date_in_one_word(read):
    """``I20261125 10:02:03.5`` is a time; none of it is a number of the line's own."""
    got = read(lines("I202611{k}0 10:02:03.5  1234 solver.cpp:218] Iteration {k10}, loss = {a}\n", 2))
    assert got["loss"]["time"] == [1762768923.5 + 31536000, 1763632923.5 + 31536000]
    assert got["loss"]["step"] == [10, 20]


def test_a_line_drawn_anew_for_each_epoch(read):
    """Of one line that is drawn over and over, each epoch's last state is a point."""
    text = "".join(f"\x1b[2K\rEpoch: {e}, loss: {a}" for e, a in zip((1, 1, 2, 2, 3, 3), A, strict=True))
    assert read(text)["loss"]["value"] == [A[1], A[3], A[5]]
