"""Records samples of XGBoost, LightGBM and CatBoost: ``python boosting.py xgboost > xgboost.log``."""

import sys

import numpy as np

rng = np.random.default_rng(7)
x = rng.normal(size=(300, 5))
y = (x[:, 0] + 0.5 * x[:, 1] + rng.normal(size=300) > 0).astype(int)


def xgboost():
    """``xgb.train`` and ``xgb.cv`` as they print."""
    import xgboost as xgb

    train, test = xgb.DMatrix(x[:200], y[:200]), xgb.DMatrix(x[200:], y[200:])
    params = {"objective": "binary:logistic", "eval_metric": ["logloss", "auc"], "max_depth": 3}
    xgb.train(params, train, 12, evals=[(train, "train"), (test, "eval")], verbose_eval=True)
    xgb.cv(params, train, 4, nfold=3, verbose_eval=True)


def lightgbm():
    """``lgb.train`` with its info lines, an early stop and ``log_evaluation``."""
    import lightgbm as lgb

    train = lgb.Dataset(x[:200], y[:200])
    valid = lgb.Dataset(x[200:], y[200:], reference=train)
    lgb.train(
        {"objective": "binary", "metric": ["binary_logloss", "auc"], "num_leaves": 7, "min_data_in_leaf": 5},
        train, 40, valid_sets=[train, valid], valid_names=["training", "valid_1"],
        callbacks=[lgb.early_stopping(5), lgb.log_evaluation(1)],
    )  # fmt: skip


def catboost():
    """``CatBoostClassifier.fit`` with an evaluation set."""
    from catboost import CatBoostClassifier

    CatBoostClassifier(iterations=15, depth=3, eval_metric="AUC", verbose=1, allow_writing_files=False).fit(
        x[:200], y[:200], eval_set=(x[200:], y[200:])
    )
    CatBoostClassifier(iterations=4, depth=3, verbose=1, allow_writing_files=False).fit(x, y)


globals()[sys.argv[1]]()
