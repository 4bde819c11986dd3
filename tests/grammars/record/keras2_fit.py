"""Records Keras 2's bars: ``TF_CPP_MIN_LOG_LEVEL=2 python keras2_fit.py > keras_bars.log 2>&1`` (Keras 2.15.0)."""

import numpy as np
import tensorflow as tf

tf.keras.utils.set_random_seed(7)
rng = np.random.default_rng(7)
x = rng.normal(size=(1000, 4)).astype("float32")
y = (x[:, 0] + 0.5 * x[:, 1] > 0).astype("int32")
model = tf.keras.Sequential(
    [tf.keras.layers.Dense(8, activation="relu"), tf.keras.layers.Dense(2, activation="softmax")]
)
model.compile(tf.keras.optimizers.Adam(0.01), "sparse_categorical_crossentropy", metrics=["accuracy"])
best = tf.keras.callbacks.ModelCheckpoint("best.keras", save_best_only=True, verbose=1)
model.fit(x, y, batch_size=100, epochs=3, verbose=1, validation_split=0.2, callbacks=[best])
model.fit(x, y, batch_size=100, epochs=2, verbose=2, validation_split=0.2)
