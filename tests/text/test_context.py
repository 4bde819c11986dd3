"""What lines inherit and what they say: epoch, step, phase, ranks, tables, boxes, runs."""

from __future__ import annotations


def test_epoch_on_a_header_line(read):
    """Lines below an epoch's header stand in that epoch."""
    got = read("".join(f"Epoch {e}/3\ntrain loss: {e}.5\nval loss: {e}.7\n" for e in (1, 2, 3)))
    assert got["train/loss"]["epoch"] == [1, 2, 3]
    assert got["val/loss"]["value"] == [1.7, 2.7, 3.7]


def test_epoch_and_iteration_give_both(read):
    """``Epoch [3/10] Step [100/500]`` gives epoch 3 and step 100."""
    got = read("".join(f"Epoch [{e}/2], Step [{s}/200], Loss: {e}.{s}\n" for e in (1, 2) for s in (100, 200)))
    assert got["Loss"]["epoch"] == [1, 1, 2, 2]
    assert got["Loss"]["step"] == [100, 200, 100, 200]


def test_phase_from_a_banner(read):
    """A banner names the phase of the lines below it, until a line with a place of its own."""
    got = read("".join(f"step {k} loss 0.{k}\n***** Running Evaluation *****\nloss = 0.{k + 1}\n" for k in range(1, 5)))
    assert got["eval/loss"]["value"] == [0.2, 0.3, 0.4, 0.5]
    assert got["loss"]["value"] == [0.1, 0.2, 0.3, 0.4]


def test_validation_counters(read):
    """``Val: [10/20]`` is of the validation and counts within it."""
    got = read("".join(f"Train: [{k}/20] loss 0.{k}\nVal: [{k}/5] loss 0.{k + 1}\n" for k in range(1, 5)))
    assert got["val/loss"]["value"] == [0.2, 0.3, 0.4, 0.5]
    assert got["train/loss"]["step"] == [1, 2, 3, 4]


def test_value_and_running_average(read):
    """A number in parentheses behind a metric is its average, kept apart."""
    got = read("".join(f"iter: {k} loss: 0.{k} (0.{k + 1})\n" for k in range(1, 5)))
    assert got["loss"]["value"] == [0.1, 0.2, 0.3, 0.4]
    assert got["avg/loss"]["value"] == [0.2, 0.3, 0.4, 0.5]


def test_sentences(read):
    """A metric in a sentence is found."""
    got = read("".join(f"validation accuracy is 0.9{k} after {k} epochs\n" for k in range(1, 5)))
    assert next(iter(got.series.values()))["value"] == [0.91, 0.92, 0.93, 0.94]


def test_rising_numbers_at_the_front_are_steps(read):
    """``12: loss 0.5`` has a step when such numbers rise."""
    got = read("".join(f"{10 * k}: loss: {1 / k:.3f}\n" for k in range(1, 6)))
    assert got["loss"]["step"] == [10, 20, 30, 40, 50]


def test_whitespace_table(read):
    """Rows under a header of names are columns."""
    got = read("epoch   train_loss   val_loss\n" + "".join(f"{k}       0.{k}00        0.{k}50\n" for k in range(1, 5)))
    assert got["val_loss"]["value"] == [0.15, 0.25, 0.35, 0.45]
    assert got["train_loss"]["epoch"] == [1, 2, 3, 4]


def test_pipe_table(read):
    """So are rows of a table drawn with pipes."""
    got = read(
        "| epoch | loss | acc |\n|-------|------|-----|\n"
        + "".join(f"| {k} | 0.{k} | 0.{9 - k} |\n" for k in range(1, 5))
    )
    assert got["acc"]["value"] == [0.8, 0.7, 0.6, 0.5]


def test_a_box_is_one_record(read):
    """All rows of a two-column box take the step that stands in one of them, first or last."""
    box = "".join(
        f"---------\n| loss  | 0.{k} |\n| reward | {k} |\n| total_timesteps | {100 * k} |\n---------\n"
        for k in range(1, 4)
    )
    got = read(box)
    assert got["loss"]["step"] == [100, 200, 300]
    assert got["reward"]["value"] == [1, 2, 3]


def test_the_main_rank_is_the_run(read):
    """Interleaved ranks are kept apart: the lowest under plain names, others under their own."""
    got = read("".join(f"[rank{r}]: step {k} loss 0.{k}{r}\n" for k in range(1, 5) for r in (1, 0)))
    assert got["loss"]["value"] == [0.1, 0.2, 0.3, 0.4]
    assert got["rank1/loss"]["value"] == [0.11, 0.21, 0.31, 0.41]


def test_a_step_in_the_files_name(read):
    """Metrics of a file that stand once, without a place, take the step or epoch of the file's name; an Issue says so."""
    got = read("Evaluation results\naccuracy: 0.912\nf1: 0.871\n", name="eval_step_2000.txt")
    assert got["eval/accuracy"]["step"] == [2000] if "eval/accuracy" in got.names else got["accuracy"]["step"] == [2000]
    assert "place-in-name" in got.codes
    assert read("Results\ntest accuracy: 0.912\ntest f1: 0.871\n", name="epoch12.log")["test/accuracy"]["epoch"] == [12]


def test_what_stands_before_every_line(read):
    """A launcher's own prefix, the same on every line, is no part of what the lines say."""
    text = "".join(
        f"[default0]:epoch {k} loss: 0.{k}\n[default0]:val loss: 0.{k + 1}\n[default0]:saving\n" for k in range(1, 6)
    )
    got = read(text)
    assert got["loss"]["epoch"] == [1, 2, 3, 4, 5]
    assert got["val/loss"]["value"] == [0.2, 0.3, 0.4, 0.5, 0.6]


def test_what_every_line_says_is_no_prefix(read):
    """What lines share because they say it stays."""
    got = read("".join(f"temperature: {k}.5 pressure: 0.{k} loss: 0.{k}1 step: {k}\n" for k in range(1, 9)))
    assert "temperature" in got.names


def test_several_workers_are_kept_apart(read):
    """Lines of several worker processes: the first is the run, the others stand under their number."""
    got = read(
        "".join(
            f"(Worker pid={pid}) step {k} loss 0.{k}{r}\n" for k in range(1, 5) for r, pid in ((0, 4242), (1, 4243))
        )
    )
    assert got["loss"]["value"] == [0.1, 0.2, 0.3, 0.4]
    assert got["rank1/loss"]["value"] == [0.11, 0.21, 0.31, 0.41]


def test_numbers_in_front_that_are_ranks(read):
    """``3: `` in front of most lines is a rank when the numbers are few and do not rise."""
    got = read("".join(f"{r}: step {k} loss 0.{k}{r}\n" for k in range(1, 6) for r in (2, 0, 1, 3)))
    assert got["loss"]["value"] == [0.1, 0.2, 0.3, 0.4, 0.5]


def test_folds_are_runs(read):
    """Lines that begin a fold begin a run, named so; the first stays the text's own run."""
    got = read(
        "".join(
            f"===== Fold {f}/3 =====\n" + "".join(f"epoch {e} loss 0.{f}{e}\n" for e in (1, 2, 3)) for f in (1, 2, 3)
        )
    )
    assert {run for run, _ in got.series} == {"", "fold 2", "fold 3"}
    assert got.series["fold 3", "loss"]["value"] == [0.31, 0.32, 0.33]


def test_one_model_after_another_is_several_runs(read):
    """When epochs are complete and begin anew under another name, that is another run."""
    got = read("".join(f"{m} - Epoch {e}/2\ntrain loss: 0.{e}\n" for m in ("alpha", "beta") for e in (1, 2)))
    assert {run for run, _ in got.series} == {"", "beta"}
    assert {r.name for r in got.facts if type(r).__name__ == "RunSeen"} >= {"alpha", "beta"}


def test_a_restart_under_the_same_words_is_one_run(read):
    """Epochs that begin anew under the same words are an attempt, not a run."""
    got = read("".join(f"Epoch {e}/3 loss 0.{e}\n" for e in (1, 2, 3, 1, 2, 3)))
    assert {run for run, _ in got.series} == {""}


def test_the_best_result_said_again_is_no_further_point(read):
    """Below ``best iteration is:`` a line that repeats one read before is counted as a repeat; a new one is read."""
    rounds = "".join(f"[{k}]\ttrain loss: 0.{9 - k}\tvalid loss: 0.{8 - k}\n" for k in range(1, 7))
    got = read(rounds + "Early stopping, best iteration is:\n[4]\ttrain loss: 0.5\tvalid loss: 0.4\n")
    assert got["train/loss"]["step"] == [1, 2, 3, 4, 5, 6]
    assert got["val/loss"]["value"] == [0.7, 0.6, 0.5, 0.4, 0.3, 0.2]
    assert got.account.ignored == {"repeated": 1}
    other = read(rounds + "Early stopping, best iteration is:\n[4]\ttrain loss: 0.55\tvalid loss: 0.4\n")
    assert other["train/loss"]["value"][-1] == 0.55


def test_a_full_bar_that_is_the_same_each_time_is_no_step(read):
    """``8/8`` at the end of each epoch, where no line says which epoch, counts nothing of the run."""
    bars = "".join(f"8/8 [==============================] - 1s 12ms/step - loss: 0.{9 - k}\n" for k in range(1, 5))
    got = read(bars)
    assert got["loss"]["value"] == [0.8, 0.7, 0.6, 0.5]
    assert got["loss"]["step"] == [None] * 4
    placed = read("".join(f"Epoch {k}/4\n{bar}\n" for k, bar in enumerate(bars.splitlines(), 1)))
    assert placed["loss"]["step"] == [None] * 4
    assert placed["loss"]["epoch"] == [1, 2, 3, 4]


def test_settings_go_to_the_run_that_they_stand_in_or_precede(read):
    """Settings between two runs are of the second; those at the top are of the first."""
    text = "".join(
        f"model: net{f}\noptimizer: sgd\nlr: 0.{f}\nscheduler: cosine\n===== Fold {f}/3 =====\n"
        + "".join(f"epoch {e} loss 0.{f}{e}\n" for e in (1, 2, 3))
        for f in (1, 2, 3)
    )
    params = {(p.run, p.key): p.value for p in read(text).facts if type(p).__name__ == "Param"}
    assert {run: params[run, "lr"] for run in ("", "fold 2", "fold 3")} == {"": 0.1, "fold 2": 0.2, "fold 3": 0.3}
    assert params["fold 3", "model"] == "net3"
