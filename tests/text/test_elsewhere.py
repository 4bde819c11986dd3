# ruff: noqa: E501 - printed lines stand whole here
"""Names and places that do not stand right before their number: in parallel lists, behind it, in brackets, in bars."""

from __future__ import annotations

import pytest

K = range(1, 7)


def v(k, scale=1.0):
    """A number that differs at each k."""
    return round(scale * (1 + 0.37 * ((k * 7919) % 13)) / (k + 1), 4)


# name: a report's line, metric -> value at k, step at k, epoch at k
CASES = {
    "a place parts name and number": (lambda k: f"Loss after epoch {k}: {v(k, 9)}\n", {"Loss": lambda k: v(k, 9)}, None, lambda k: k),
    "names and numbers in parallel lists": (
        lambda k: f"iter {k} loss {v(k)}\nMacro precision, recall, F1: ({v(k, 2)}, {v(k, 3)}, {v(k, 4)})\n",
        {"Macro precision": lambda k: v(k, 2), "recall": lambda k: v(k, 3), "F1": lambda k: v(k, 4)}, lambda k: k, None,
    ),
    "names and numbers parted by slashes": (
        lambda k: f"Epoch {k}: train loss/acc: {v(k)}/{v(k, 2)}, valid loss/acc: {v(k, 3)}/{v(k, 4)}\n",
        {"train/loss": v, "train/acc": lambda k: v(k, 2), "val/loss": lambda k: v(k, 3), "val/acc": lambda k: v(k, 4)}, None, lambda k: k,
    ),
    "a count of its total, and the share as a fraction": (
        lambda k: f"iter {k} loss {v(k)}\nItem accuracy: {400 + k} / 900 ({v(k, 0.5)})\n", {"Item accuracy": lambda k: v(k, 0.5)}, lambda k: k, None,
    ),
    "a count of steps under a name of its own": (
        lambda k: f"[Learner] Critic Loss = {v(k)} | Learner Steps = {100 * k} | Learner Walltime = {v(k, 9)}\n",
        {"Critic Loss": v}, lambda k: 100 * k, None,
    ),
    "what is done so far": (
        lambda k: f"Training status:\n\t epochs_done: {k}\n\t iterations_done: {50 * k}\nLog records from the iteration {50 * k}:\n\t test_cost: {v(k)}\n",
        {"test_cost": v}, lambda k: 50 * k, lambda k: k,
    ),
    "completed step": (lambda k: f"completed step: {k}, seconds: {v(k, 2)}, loss: {v(k)}\n", {"loss": v}, lambda k: k, None),
    "a step in brackets behind a logger": (
        lambda k: f"I1125 10:00:0{k}.123456 140 logging_writer.py:48] [{100 * k}] accuracy={v(k)}, loss={v(k, 2)}\n",
        {"accuracy": v, "loss": lambda k: v(k, 2)}, lambda k: 100 * k, None,
    ),
    "a bar that says what it is at": (
        lambda k: f"Steps:  {k}%|▏         | {k}/500 [00:0{k}<11:54, 2.8{k}s/it, lr=1e-5, step_loss={v(k)}]\n", {"step_loss": v}, lambda k: k, None,
    ),
    "a bar with a name of two words": (
        lambda k: f" {k}0%|███       | {k}/10 [00:0{k}<00:09,  1.0{k}s/trial, best loss: {v(k)}]\n", {"best/loss": v}, lambda k: k, None,
    ),
    "numbers as arrays print them": (lambda k: f"global_step={64 * k}, episodic_return=[{k * k}.]\n", {"episodic_return": lambda k: k * k}, lambda k: 64 * k, None),
    "a list of one behind wide gaps": (lambda k: f"epoch: {k}/50 frames: {64 * k}\nsaving next best rewards:  [{v(k)}]\n", {"saving next best rewards": v}, None, lambda k: k),
    "what is evaluated before that it is": (
        lambda k: f"[ITER {100 * k}] Evaluating test: L1 {v(k)} PSNR {v(k, 9)} [25/11 10:10:0{k}]\n[ITER {100 * k}] Evaluating train: L1 {v(k, 2)} PSNR {v(k, 8)} [25/11 10:10:0{k}]\n",
        {"test/L1": v, "test/PSNR": lambda k: v(k, 9), "train/L1": lambda k: v(k, 2)}, lambda k: 100 * k, None,
    ),
    "ticks": (lambda k: f"tick {k:<5d} kimg {4.0 * k:<8.1f} time {k}m 1{k}s       sec/tick {v(k, 50):<7.1f} augment {v(k):.3f}\n", {"augment": lambda k: round(v(k), 3)}, lambda k: k, None),
    "a result as JSON whose other words differ": (
        lambda k: f'tick {k} sec/tick {v(k, 50):.2f}\n{{"results": {{"fid50k_full": {v(k, 90)}}}, "metric": "fid50k_full", "snapshot": "network-{k:06d}.pkl"}}\n',
        {"fid50k_full": lambda k: v(k, 90)}, lambda k: k, None,
    ),
    "one word of the name parted like its numbers": (
        lambda k: f"Updates {k}, num timesteps {64 * k}, FPS {900 + k}\n Last 10 episodes: mean/median reward {v(k)}/{v(k, 2)}, min/max reward {v(k, 3)}/{v(k, 4)}\n",
        {"mean reward": v, "median reward": lambda k: v(k, 2), "max reward": lambda k: v(k, 4)}, lambda k: 64 * k, None,
    ),
    "an arrow behind the name": (lambda k: f"[{k:>6}/900] loss: {v(k)}; lddt_ca -> {v(k, 2)}\n", {"lddt_ca": lambda k: v(k, 2)}, lambda k: k, None),
    "a fraction and what it comes to": (
        lambda k: f"step {k} loss {v(k)}\naccuracy: {250 + k}/1004={v(k, 0.4)}\n", {"accuracy": lambda k: v(k, 0.4)}, lambda k: k, None,
    ),
    "a total of the losses beside it": (lambda k: f"Iter [{k}/500] | cls_loss {v(k)} | total {v(k, 2)}\n", {"total": lambda k: v(k, 2)}, lambda k: k, None),
    "columns under words that settings have": (
        lambda k: ("gen\tavg\tstd\tmin\tmax\n" if k == 1 else "") + f"{k}\t{v(k)}\t{v(k, 2)}\t{k * k}\t{90 - k}\n",
        {"avg": v, "std": lambda k: v(k, 2), "min": lambda k: k * k, "max": lambda k: 90 - k}, lambda k: k, None,
    ),
    "a count that a sentence begins with": (
        lambda k: f"After {100 * k} updates the training loss is {v(k)} and the validation accuracy is {v(k, 2)} (lr 0.1)\n",
        {"train/loss": v, "val/accuracy": lambda k: v(k, 2)}, lambda k: 100 * k, None,
    ),
    "settings of a trial": (
        lambda k: f"[I 2026-11-25 10:00:0{k},123] Trial {k} finished with value: {v(k)} and parameters: {{'lr': 0.0{k}, 'dropout': 0.{k}}}. Best is trial 1 with value: 0.5.\n",
        {"value": v}, lambda k: k, None,
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_a_number_finds_its_name_and_place(read, name):
    """Each series is there under its name, exactly, at its steps and epochs."""
    line, series, step, epoch = CASES[name]
    got = read("".join(line(k) for k in K))
    for metric, value in series.items():
        found = [m for _, m in got.series if m == metric or m.endswith("/" + metric)]
        assert found, (metric, got.names)
        assert got[found[0]]["value"] == [value(k) for k in K]
        if step:
            assert got[found[0]]["step"] == [step(k) for k in K]
        if epoch:
            assert got[found[0]]["epoch"] == [epoch(k) for k in K]


def test_settings_behind_parameters_are_no_metrics(read):
    """Numbers in the braces behind ``parameters:`` are settings."""
    got = read("".join(CASES["settings of a trial"][0](k) for k in K))
    assert got.names == ["best/value", "value"]


def test_a_number_in_brackets_that_does_not_rise_is_a_process(read):
    """A process number behind the time is no step."""
    got = read("".join(f"2026-11-25 10:00:0{k} [4242] loss={v(k)}\n" for k in K))
    assert got["loss"]["step"] == [None] * 6


def test_results_that_stand_in_front_of_their_names(read):
    """``0.88 = Validation score``: the name is behind the number."""
    text = "".join(f"Fitting model: m{k} ...\n\t{v(k)}\t = Validation score   (accuracy)\n" for k in K)
    assert read(text)["val/score"]["value"] == [v(k) for k in K]


def test_a_name_a_tab_and_a_number(read):
    """A metric's name and its number parted by a tab are a pair; other words are not."""
    text = "".join(f"epoch {k} loss {v(k)}\n" for k in K) + "N\t3000\nP@1\t0.124\nR@5\t0.541\n"
    got = read(text)
    assert (got["P@1"]["value"], got["R@5"]["value"]) == ([0.124], [0.541])
    assert got.names == ["P@1", "R@5", "loss"]


def test_results_of_a_cross_validation(read):
    """Below a banner of a cross-validation single results count, without training."""
    got = read(
        "=== Stratified cross-validation ===\n=== Summary ===\n\n"
        "Kappa statistic                          0.94  \nMean absolute error                      0.035 \n"
        "Total Number of Instances              150     \n"
    )
    assert got["val/Kappa statistic"]["value"] == [0.94]
    assert got["val/Mean absolute error"]["value"] == [0.035]
    assert len(got.names) == 2


def test_a_bar_within_a_known_epoch_ends_at_the_epoch(read):
    """A full bar stands for its epoch; its count is a step of nothing."""
    got = read("".join(f"Epoch {k}: 100%|██████████| 412/412 [03:1{k}<00:00,  2.1it/s, loss={v(k)}]\n" for k in K))
    assert got["loss"]["epoch"] == list(K)
    assert got["loss"]["step"] == [None] * 6
