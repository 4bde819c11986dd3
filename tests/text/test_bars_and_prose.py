"""Bars that redraw, places within an epoch, and prose that holds numbers."""

from __future__ import annotations

BAR = "{k}/4 [{bar}] - ETA: 0s - loss: {v}"


def test_states_of_one_bar_on_a_line_are_one_point(read):
    """The last state on a line counts, also when it says more than those before."""
    text = ""
    for e in (1, 2, 3):
        states = [BAR.format(k=k, bar="=" * 7 * k + ">" + "." * (28 - 7 * k), v=f"{e}.{9 - k}") for k in (1, 2, 3)]
        text += (
            f"Epoch {e}/3\n"
            + "\r".join([*states, f"4/4 [{'=' * 29}] - 1s 2ms/step - loss: {e}.1 - val_loss: {e}.2"])
            + "\n"
        )
    got = read(text)
    assert got["loss"]["value"] == [1.1, 2.1, 3.1]
    assert got["val_loss"]["value"] == [1.2, 2.2, 3.2]


def test_a_full_bar_in_an_epoch_stands_for_the_epoch(read):
    """``8/8`` below ``Epoch 2/3`` is no step of the run."""
    got = read("".join(f"Epoch {e}/3\n8/8 ━━━━━━━━━━ 0s 2ms/step - loss: 0.{e}\n" for e in (1, 2, 3)))
    assert got["loss"]["epoch"] == [1, 2, 3]
    assert got["loss"]["step"] == [None] * 3


def test_numbers_beside_a_bar_that_nothing_reads_are_unread(read):
    """A line of a bar and a text with numbers that nobody understands counts as unrecognised."""
    text = "".join(
        f" 50%|█████     | {k}/10 [00:01<00:01,  5.2it/s]\rwidget {k} of size {k}.5 made\n" for k in range(1, 5)
    )
    assert read(text).account.unrecognised == 4


def test_prose_around_an_equals_sign_is_no_name(read):
    """A sentence that mentions a score and a tolerance gives no metric."""
    got = read(
        "epoch 1 loss 0.5\nepoch 2 loss 0.4\nval/score did not improve more than tol=0.0001 for 10 consecutive epochs. Stopping.\n"
    )
    assert got.names == ["loss"]


def test_a_status_before_metrics_is_no_part_of_their_names(read):
    """``epoch 0 done: val_loss 1.2`` is val_loss."""
    got = read("".join(f"epoch {e} done: val_loss 1.{e} val_acc 5{e}.5%\n" for e in range(1, 5)))
    assert got.names == ["val_acc", "val_loss"]


def test_a_sentences_end_ends_a_name(read):
    """``Finished. Final accuracy 95.6%`` is the final accuracy."""
    got = read("epoch 1 loss 0.5\nepoch 2 loss 0.4\nFinished. Final accuracy 95.62%\n")
    assert got["Final accuracy"]["value"] == [95.62]


def test_narration_is_no_result(read):
    """``Start training from score -0.5`` is no metric."""
    assert read("Start training from score -0.5\n" + "".join(f"[{k}] loss: 0.{k}\n" for k in range(1, 5))).names == [
        "loss"
    ]


def test_best_iteration_is_no_phase(read):
    """What follows ``best iteration is:`` is of no phase of its own."""
    got = read(
        "".join(f"[{k}]\tloss: 0.{k}\n" for k in range(1, 5)) + "Early stopping, best iteration is:\n[2]\tloss: 0.2\n"
    )
    assert got.names == ["loss"]
