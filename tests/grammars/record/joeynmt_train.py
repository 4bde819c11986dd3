"""Records JoeyNMT: ``python joeynmt_train.py`` writes a corpus and config.yaml, ``python -m joeynmt train config.yaml --skip-test``
trains, and its model/train.log is the sample from the first epoch on (joeynmt 2.3.0 with numpy below 2; the task: words turned around).
"""

import pathlib
import random

rng = random.Random(7)
letters = "abcdefgh"
for part, size in (("train", 400), ("dev", 40)):
    rows = [[rng.choice(letters) for _ in range(rng.randint(2, 5))] for _ in range(size)]
    pathlib.Path(f"{part}.src").write_text("".join(" ".join(row) + "\n" for row in rows), encoding="utf-8")
    pathlib.Path(f"{part}.trg").write_text("".join(" ".join(reversed(row)) + "\n" for row in rows), encoding="utf-8")
side = "{lang: %s, level: word, max_length: 20, lowercase: false, normalize: false, tokenizer_type: none, voc_limit: 50, voc_min_freq: 1}"
coder = "{type: transformer, num_layers: 1, num_heads: 2, embeddings: {embedding_dim: 16}, hidden_size: 16, ff_size: 32, dropout: 0.1}"
pathlib.Path("config.yaml").write_text(
    f"""name: turn
model_dir: model
use_cuda: false
fp16: false
random_seed: 7
data: {{train: train, dev: dev, dataset_type: plain, src: {side % "src"}, trg: {side % "trg"}}}
testing: {{n_best: 1, beam_size: 1, batch_size: 20, batch_type: sentence, eval_metrics: [bleu]}}
training:
  {{optimizer: adamw, learning_rate: 0.003, scheduling: exponential, decrease_factor: 0.9, batch_size: 20, batch_type: sentence, epochs: 3, validation_freq: 20, logging_freq: 5,
  early_stopping_metric: bleu, overwrite: true, print_valid_sents: [0], keep_best_ckpts: 1, loss: crossentropy, normalization: batch}}
model: {{initializer: xavier_uniform, encoder: {coder}, decoder: {coder}}}
""",
    encoding="utf-8",
)
