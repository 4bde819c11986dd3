"""LightGBM with two evaluation sets, early stopping and a line every ten rounds; stdout and stderr are the log.

python lightgbm_cancer.py > lgbm_cancer.log 2>&1
"""

import lightgbm as lgb
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

x, y = load_breast_cancer(return_X_y=True)
x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.3, random_state=0)
train = lgb.Dataset(x_train, y_train)
val = lgb.Dataset(x_val, y_val, reference=train)
params = {"objective": "binary", "metric": ["auc", "binary_logloss"], "learning_rate": 0.05, "num_leaves": 15,
          "num_threads": 1, "seed": 0, "force_row_wise": True}
lgb.train(params, train, 200, [train, val], ["training", "valid"],
          callbacks=[lgb.log_evaluation(10), lgb.early_stopping(20)])
