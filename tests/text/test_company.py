# ruff: noqa: E501 - printed lines stand whole here
"""Numbers that are results by where they stand: beside other results, under a heading, in tables of classes, in summaries."""

from __future__ import annotations

import pytest

from tests.text.test_wild_more import A, B, C, lines

REPORT = """Results of the forest
Accuracy: 0.8412
             precision    recall  f1-score   support

         -1       0.83      0.85      0.84      12500
          1       0.86      0.82      0.84      12500

avg / total       0.84      0.84      0.84      25000
"""
CASES = {
    "beside a result, every time": (lines("== B{k} ==\nAcc:  {b}\nparity:  {a}\nequality:  {c}\n"), {"Acc": B, "parity": A, "equality": C}),
    "numbers as classes": (REPORT, {"Accuracy": [0.8412], "precision/-1": [0.83], "recall/1": [0.82], "f1-score/avg / total": [0.84]}),
    "results under a heading": ("Results for the run:\ntopic_diversity: .9794\nnpmi: .1019\n", {"topic_diversity": [0.9794], "npmi": [0.1019]}),
    "results among settings": (
        "Model: small\nDescription: a baseline\nDevice: cuda\nTest Results:\n  Accuracy: 0.5240\n  F1 (weighted): 0.5579\n  Detection Rate: 0.2794\nModel: large\nDescription: a big one\n",
        {"test/Accuracy": [0.524], "test/F1 (weighted)": [0.5579], "test/Detection Rate": [0.2794]},
    ),
    "aligned names": (lines("epoch {k}\nbest_accuracy    : {b}, best_norm    : {a}\nCV F1  (macro)   = {c}\n"), {"best_accuracy": B, "best_norm": A, "CV F1 (macro)": C}),
    "blanks that differ": (lines("[Ep {k}] rew={a}\n   end: win= {k} loss= {k}\n").replace("win= 3", "win=33"), {"rew": A, "end/win": [1, 2, 33, 4, 5, 6], "end/loss": [1, 2, 3, 4, 5, 6]}),
    "a note before the verb": (lines("epoch {k} loss {a}\n test acc for cats (tabby) is {b}%\n"), {"loss": A, "test/acc for cats tabby": B}),
    "pictures and arrows": (lines("🚀 Epoch {k}/6\n  📊 Val → loss: {a}  acc: {b}%\n"), {"val/loss": A, "val/acc": B}),
    "a share behind its count": ("Correct answers           1512       50.72 %\nKappa statistic           0.5471\nMean absolute error       0.2978\n", {"Kappa statistic": [0.5471], "Mean absolute error": [0.2978]}),
    "a loss named as a counter": ("Epoch  Batch    box     id   total\n" + lines(" 1/9  {k}/6    {a}    {b}   {c}\n"), {"box": A, "id": B, "total": C}),
    "time taken": (lines("Epoch {k} Loss {a}\nTime taken for 1 epoch: 12{k}.5 secs\n"), {"Loss": A, "Time taken for epoch": [121.5, 122.5, 123.5, 124.5, 125.5, 126.5]}),
    "a final evaluation": (lines("epoch {k} eval_loss: {a}\n") + "***** eval metrics *****\n  eval_loss       =     0.3801\n", {"eval_loss": A, "final/eval_loss": [0.3801]}),
    "a table with an index": ("   epoch    loss     acc\n" + "".join(f"{k - 1}      {k}  {A[k - 1]}  {B[k - 1]}\n" for k in range(1, 7)), {"loss": A, "acc": B}),
    "a header and warnings": ("epoch  train_loss  recall\nlib/x.py:12: UserWarning: careful\n  def _recall(self):\n" + lines("{k}      {a}   {b}\n"), {"train_loss": A, "recall": B}),
    "no newline at the end": (lines("epoch {k} loss {a}\nlearning rate = 0.00{k}\n").rstrip("\n"), {"loss": A, "learning rate": [0.001, 0.002, 0.003, 0.004, 0.005, 0.006]}),
    "equal lines are not wrapped": (
        "".join(f"Global step:  18{k}5 - [=========>--------------------]  36% - acc: 0.7{k}95 - loss: 1.6{k}12 - 1731{k}.0 sample/sec\n" for k in range(1, 9)) + "\n\nEpoch 1 done\n\nBye\n",
        {"acc": [float(f"0.7{k}95") for k in range(1, 9)], "loss": [float(f"1.6{k}12") for k in range(1, 9)], "sample/sec": [float(f"1731{k}.0") for k in range(1, 9)]},
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", CASES)
def test_the_place_of_a_number_tells_what_it_is(read, name):
    """These series are there under their names, whole."""
    text, series = CASES[name]
    got = read(text)
    got.holds(series)


def test_settings_of_a_dump_are_no_results(read):
    """Thresholds and single results among settings stay settings."""
    got = read("MODEL:\n  NAME: x\n  SCORE_THRESH: 0.05\n  PRIOR_PROB: 0.01\n  PATH: y\n  KIND: z\n")
    assert not got.series


def test_source_code_gives_nothing(read):
    """What functions return is no result."""
    got = read(
        "".join(f"int f{k}(void) {{\n    if (x)\n        return -{k};\n    return {k};\n}}\n" for k in range(1, 9))
    )
    assert not got.series
