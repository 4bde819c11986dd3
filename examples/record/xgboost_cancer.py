"""XGBoost with two evaluation sets and early stopping; stdout is the log.

python xgboost_cancer.py > xgb_cancer.log
"""

import xgboost as xgb
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split

x, y = load_breast_cancer(return_X_y=True)
x_train, x_val, y_train, y_val = train_test_split(x, y, test_size=0.3, random_state=0)
train, val = xgb.DMatrix(x_train, y_train), xgb.DMatrix(x_val, y_val)
params = {"objective": "binary:logistic", "eta": 0.2, "max_depth": 3, "eval_metric": ["logloss", "auc"], "seed": 0,
          "nthread": 1}
print("params:", params)
model = xgb.train(params, train, 100, evals=[(train, "train"), (val, "val")], early_stopping_rounds=10)
print(f"best iteration {model.best_iteration}, best score {model.best_score:.5f}")
