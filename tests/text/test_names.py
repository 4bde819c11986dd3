"""What belongs to a metric's name, and what merely stands before it."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("line", "names"),
    [
        ("epoch {k} done: val_loss 1.2337 val_acc 55.56%", ["val_acc", "val_loss"]),
        ("epoch {k} finished: loss=0.5", ["loss"]),
        ("epoch {k}: Saved. Final accuracy 95.62%", ["Final accuracy"]),
    ],
)
def test_what_is_over_names_nothing(read, line, names):
    """A word that says that a part is over, or the sentence before, is no part of a name."""
    got = read("".join(line.replace("{k}", str(k)) + "\n" for k in range(4)))
    assert got.names == names


def test_a_denial_is_no_metric(read):
    """A threshold in a sentence of what did not happen is no result."""
    text = "".join(f"Iteration {k}, loss = {1 / k:.4f}\nValidation score: 0.9{k}\n" for k in range(1, 6))
    got = read(text + "Validation score did not improve more than tol=0.000100 for 10 consecutive epochs. Stopping.\n")
    assert not [n for n in got.names if "tol" in n]
    assert len(got.names) == 2
