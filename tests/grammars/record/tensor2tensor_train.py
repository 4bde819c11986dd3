"""Records tensor2tensor on the CPU: ``python tensor2tensor_train.py > tensor2tensor.log 2>&1`` (tensor2tensor 1.15.7 on TensorFlow 2.15.1).

A small Transformer turns around words of six letters. The sample is what hooks and evaluations log, without the first loss and the last, which any Estimator prints.
"""

import random
import sys
import types

import tensorflow as tf
from tensorflow.python.framework import ops

ops.Tensor, ops.IndexedSlices = tf.Tensor, tf.IndexedSlices  # as they were called before TensorFlow 2.14
games = types.SimpleNamespace(register_gym_env=lambda *_, **__: ("", None))
sys.modules["tensor2tensor.rl.gym_utils"] = games  # games ask for a gym of 2019

from tensor2tensor.bin import t2t_trainer  # noqa: E402
from tensor2tensor.data_generators import problem, text_problems  # noqa: E402
from tensor2tensor.utils import registry  # noqa: E402


@registry.register_problem
class TurnAround(text_problems.Text2TextProblem):
    """Words and the same words from the end."""

    vocab_type = text_problems.VocabType.CHARACTER
    is_generate_per_split = True

    def generate_samples(self, data_dir, tmp_dir, dataset_split):
        """A thousand words to train on, a hundred held."""
        train = dataset_split == problem.DatasetSplit.TRAIN
        rng = random.Random(7 if train else 8)
        for _ in range(1000 if train else 100):
            word = "".join(rng.choices("abcdef", k=6))
            yield {"inputs": word, "targets": word[::-1]}


sys.argv[1:] = (
    "--problem=turn_around --model=transformer --hparams_set=transformer_tiny --data_dir=data --tmp_dir=tmp --output_dir=out --generate_data "
    "--train_steps=300 --eval_steps=4 --local_eval_frequency=100 --random_seed=7 --hparams=batch_size=256,hidden_size=32,filter_size=64,num_hidden_layers=1 "
    "--schedule=continuous_train_and_eval --iterations_per_loop=100"
).split()
tf.compat.v1.logging.set_verbosity(tf.compat.v1.logging.INFO)
tf.get_logger().propagate = False  # absl would print each line once more
tf.compat.v1.app.run(t2t_trainer.main)
