"""scikit-learn's own verbose output: an MLP with early stopping, or gradient boosting; stdout is the log.

python sklearn_verbose.py mlp > sklearn_mlp.log        python sklearn_verbose.py gbm > sklearn_gbm.log
"""

import sys

from sklearn.datasets import load_digits
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.neural_network import MLPClassifier

x, y = load_digits(return_X_y=True)
if sys.argv[1] == "mlp":
    model = MLPClassifier((32,), learning_rate_init=0.005, early_stopping=True, n_iter_no_change=5, max_iter=60,
                          random_state=3, verbose=True)
else:
    model = GradientBoostingClassifier(n_estimators=40, subsample=0.8, max_depth=2, random_state=3, verbose=1)
    y = y > 4
model.fit(x[:1400] / 16, y[:1400])
print(f"Test accuracy: {model.score(x[1400:] / 16, y[1400:]):.4f}")
