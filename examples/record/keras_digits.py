"""Keras on the torch backend: fit(verbose=2) with CSVLogger, or fit(verbose=1); stdout is the log.

python keras_digits.py cnn OUT > OUT/stdout.log        python keras_digits.py mlp > mlp.out
"""

import json
import os
import sys

os.environ["KERAS_BACKEND"] = "torch"
import keras
from sklearn.datasets import load_digits

keras.utils.set_random_seed(42)
x, y = load_digits(return_X_y=True)
x = x.reshape(-1, 8, 8, 1) / 16

if sys.argv[1] == "cnn":
    args = {"model": "cnn", "filters": 8, "dropout": 0.25, "lr": 0.003, "batch_size": 100, "epochs": 8}
    body = [keras.layers.Conv2D(8, 3, activation="relu"), keras.layers.Flatten(), keras.layers.Dropout(0.25)]
    extra = {"callbacks": [keras.callbacks.CSVLogger(os.path.join(sys.argv[2], "training.csv"))], "verbose": 2}
    with open(os.path.join(sys.argv[2], "args.json"), "w") as f:
        json.dump(args, f, indent=2)
else:
    args = {"lr": 0.01, "batch_size": 200, "epochs": 4}
    body = [keras.layers.Flatten(), keras.layers.Dense(32, activation="relu")]
    extra = {"verbose": 1}

model = keras.Sequential([keras.layers.Input((8, 8, 1)), *body, keras.layers.Dense(10, activation="softmax")])
model.compile(keras.optimizers.Adam(args["lr"]), "sparse_categorical_crossentropy", metrics=["accuracy"])
if sys.argv[1] == "cnn":
    model.summary()
model.fit(x, y, args["batch_size"], args["epochs"], validation_split=0.2, **extra)
loss, accuracy = model.evaluate(x[-300:], y[-300:], verbose=0)
print("Test loss:", loss)
print("Test accuracy:", accuracy)
