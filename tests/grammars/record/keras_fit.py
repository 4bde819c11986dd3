"""Records Keras ``fit``: ``KERAS_BACKEND=torch python keras_fit.py 1 > keras_bars.log`` (2 for one line an epoch)."""

import sys

import keras
import numpy as np

keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)
x = rng.normal(size=(256, 5)).astype("float32")
y = (x[:, 0] > 0).astype("float32")
model = keras.Sequential([keras.layers.Dense(4, activation="relu"), keras.layers.Dense(1, activation="sigmoid")])
model.compile("adam", "binary_crossentropy", metrics=["accuracy", keras.metrics.AUC(name="auc")])
plateau = keras.callbacks.ReduceLROnPlateau(monitor="val_loss", patience=1, min_delta=1.0, verbose=1)
model.fit(x, y, batch_size=64, epochs=4, validation_split=0.25, verbose=int(sys.argv[1]), callbacks=[plateau])
model.evaluate(x, y, verbose=int(sys.argv[1]))
