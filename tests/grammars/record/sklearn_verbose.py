"""Records what scikit-learn prints with verbose=1: ``python sklearn_verbose.py > sklearn.log``."""

import warnings

import numpy as np
from sklearn.cluster import KMeans
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.linear_model import SGDClassifier
from sklearn.model_selection import GridSearchCV
from sklearn.neural_network import MLPClassifier

warnings.simplefilter("ignore")
rng = np.random.default_rng(7)
x = rng.normal(size=(200, 5))
y = (x[:, 0] + rng.normal(size=200) > 0).astype(int)

MLPClassifier((4,), max_iter=6, verbose=True, early_stopping=True, random_state=0).fit(x, y)
SGDClassifier(loss="log_loss", max_iter=4, tol=None, verbose=1, random_state=0).fit(x, y)
GradientBoostingClassifier(n_estimators=12, verbose=1, random_state=0).fit(x, y)
GradientBoostingClassifier(n_estimators=4, verbose=2, subsample=0.5, random_state=0).fit(x, y)
KMeans(3, n_init=1, verbose=1, random_state=0).fit(x)
GridSearchCV(SGDClassifier(random_state=0), {"alpha": [0.1, 0.01]}, cv=2, verbose=3).fit(x, y)
