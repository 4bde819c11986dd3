"""Records tf-slim's train loop: ``TF_CPP_MIN_LOG_LEVEL=2 python -W ignore tf_slim_train.py > tf_logging.log 2>&1``.

tf-slim 1.1.0 on tensorflow-cpu 2.15.1; the notes of deprecation, which name this machine's folders, are left out.
"""

import logging

import numpy as np
import tf_slim as slim
import tensorflow.compat.v1 as tf

rng = np.random.default_rng(7)
x = rng.normal(size=(200, 4)).astype("float32")
y = (x[:, :1] + 0.5 * x[:, 1:2] > 0).astype("float32")


def train():
    """120 steps, a print each 10."""
    with tf.Graph().as_default():
        tf.set_random_seed(7)
        loss = tf.losses.sigmoid_cross_entropy(
            tf.constant(y), slim.fully_connected(tf.constant(x), 1, activation_fn=None)
        )
        step = slim.learning.create_train_op(loss, tf.train.GradientDescentOptimizer(0.1))
        slim.learning.train(step, "slim_model", number_of_steps=120, log_every_n_steps=10, save_summaries_secs=600)


def evaluate():
    """One evaluation whose values ``tf.Print`` gives, as tf-slim's eval scripts do."""
    with tf.Graph().as_default():
        out = tf.round(tf.sigmoid(slim.fully_connected(tf.constant(x), 1, activation_fn=None)))
        values, updates = slim.metrics.aggregate_metric_map(
            {
                "Accuracy": slim.metrics.streaming_accuracy(out, tf.constant(y)),
                "Recall": slim.metrics.streaming_recall(out, tf.constant(y)),
            }
        )
        for name, value in values.items():
            summary = tf.summary.scalar(name, value, collections=[])
            tf.add_to_collection(tf.GraphKeys.SUMMARIES, tf.Print(summary, [value], "eval/" + name))
        slim.evaluation.evaluate_once(
            "", "slim_model/model.ckpt-120", "slim_eval", num_evals=1, eval_op=list(updates.values())
        )


tf.get_logger().setLevel(logging.INFO)
tf.get_logger().addFilter(lambda record: record.levelno < logging.WARNING)
tf.disable_v2_behavior()
train()
evaluate()
