"""Records OpenNMT-py: ``python opennmt_train.py``, ``onmt_build_vocab -config config.yaml -n_sample -1``, ``onmt_train -config config.yaml``.

OpenNMT-py 3.5.1 with numpy below 2; the sample is what the last prints (2> opennmt.log) from "Starting training" on. The task: words
turned around.
"""

import pathlib
import random

rng = random.Random(7)
for part, size in (("train", 400), ("dev", 40)):
    rows = [[rng.choice("abcdefgh") for _ in range(rng.randint(2, 5))] for _ in range(size)]
    pathlib.Path(f"{part}.src").write_text("".join(" ".join(row) + "\n" for row in rows), encoding="utf-8")
    pathlib.Path(f"{part}.tgt").write_text("".join(" ".join(reversed(row)) + "\n" for row in rows), encoding="utf-8")
pathlib.Path("config.yaml").write_text(
    """data:
  corpus_1: {path_src: train.src, path_tgt: train.tgt}
  valid: {path_src: dev.src, path_tgt: dev.tgt}
save_data: vocab
src_vocab: vocab.src
tgt_vocab: vocab.tgt
overwrite: true
save_model: model
train_steps: 60
valid_steps: 20
save_checkpoint_steps: 20
report_every: 5
batch_size: 20
valid_batch_size: 20
bucket_size: 400
seed: 7
encoder_type: transformer
decoder_type: transformer
layers: 1
heads: 2
hidden_size: 16
word_vec_size: 16
transformer_ff: 32
optim: adam
learning_rate: 0.01
""",
    encoding="utf-8",
)
