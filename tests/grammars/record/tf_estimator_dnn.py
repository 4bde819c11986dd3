"""Records tf.estimator: ``TF_CPP_MIN_LOG_LEVEL=2 python tf_estimator_dnn.py > tf_estimator.log 2>&1`` (tensorflow-cpu 2.15.1).

Made-up rows; the notes of deprecation, which name this machine's folders, are left out.
"""

import logging

import numpy as np
import tensorflow as tf

tf.random.set_seed(7)
rng = np.random.default_rng(7)
x = rng.normal(size=(400, 4)).astype("float32")
y = (x[:, 0] + 0.5 * x[:, 1] > 0).astype("int32")


def rows(start, stop, *, again):
    """An input function over some of the rows."""
    data = tf.data.Dataset.from_tensor_slices(({"x": x[start:stop]}, y[start:stop]))
    return (data.repeat() if again else data).batch(20)


def main():
    """Trains and evaluates in turns."""
    tf.get_logger().setLevel(logging.INFO)
    tf.get_logger().addFilter(lambda record: record.levelno < logging.WARNING)
    model = tf.estimator.DNNClassifier(
        [8], [tf.feature_column.numeric_column("x", shape=(4,))], optimizer="Adam", model_dir="model",
        config=tf.estimator.RunConfig(model_dir="model", tf_random_seed=7, log_step_count_steps=50, save_checkpoints_steps=125),
    )  # fmt: skip
    tf.estimator.train_and_evaluate(
        model,
        tf.estimator.TrainSpec(lambda: rows(0, 300, again=True), max_steps=250),
        tf.estimator.EvalSpec(lambda: rows(300, 400, again=False), steps=None, throttle_secs=0),
    )


main()
