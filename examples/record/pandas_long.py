"""Softmax regression in NumPy for four learning rates, its curves written as one long table by pandas' melt.

python pandas_long.py sweep_long.csv
"""

import sys

import numpy as np
import pandas as pd
from sklearn.datasets import load_digits

x, y = load_digits(return_X_y=True)
x, onehot = x / 16, np.eye(10)[y]
frames = []
np.seterr(all="ignore")  # the last learning rate is meant to overflow
for lr in (0.1, 1.0, 5.0, 5000.0):
    w, rows = np.zeros((64, 10)), []
    for step in range(40):
        e = np.exp(x @ w)  # the naive softmax, without taking the maximum off
        q = e / e.sum(1, keepdims=True)
        rows.append((step, -np.log(q[onehot > 0]).mean(), (q.argmax(1) == y).mean()))
        w -= lr * x.T @ (q - onehot) / len(x)
    frames.append(pd.DataFrame(rows, columns=["step", "train_loss", "accuracy"]).assign(run=f"softmax_lr{lr:g}"))
long = pd.concat(frames).melt(["run", "step"], var_name="metric", value_name="value")
long[["run", "metric", "step", "value"]].to_csv(sys.argv[1], index=False, na_rep="NaN", float_format="%.6g")
