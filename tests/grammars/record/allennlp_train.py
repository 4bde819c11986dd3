"""Records AllenNLP: ``python allennlp_train.py > allennlp.log 2>&1`` (allennlp 2.10.1 on torch 2.10, a bag of words on made-up sentences).

The sample begins where training begins.
"""

import json
import pathlib
import random

from allennlp.commands.train import train_model
from allennlp.common import Params
from allennlp.common.logging import prepare_global_logging
from allennlp.common.util import prepare_environment

rng = random.Random(7)
kind = {"good": "fine nice warm sweet".split(), "bad": "cold sour dull grey".split()}
for part, size in (("train", 120), ("held", 40)):
    rows = [rng.choice(list(kind)) for _ in range(size)]
    told = [
        {"text": " ".join(rng.choices(kind[row] + ["day", "sea", "road", "night"] * 2, k=5)), "label": row}
        for row in rows
    ]
    pathlib.Path(f"{part}.jsonl").write_text("".join(json.dumps(one) + "\n" for one in told), encoding="utf-8")
words = {"type": "embedding", "embedding_dim": 8}
params = Params({
    "random_seed": 7, "numpy_seed": 7, "pytorch_seed": 7,
    "dataset_reader": {"type": "text_classification_json", "tokenizer": "whitespace"},
    "train_data_path": "train.jsonl", "validation_data_path": "held.jsonl", "data_loader": {"batch_size": 10, "shuffle": True},
    "model": {
        "type": "basic_classifier", "text_field_embedder": {"token_embedders": {"tokens": words}},
        "seq2vec_encoder": {"type": "bag_of_embeddings", "embedding_dim": 8},
    },
    "trainer": {"optimizer": {"type": "adam", "lr": 0.05}, "num_epochs": 3, "cuda_device": -1},
})  # fmt: skip
prepare_environment(params)
pathlib.Path("out").mkdir()
prepare_global_logging("out")
train_model(params, "out", recover=False, force=True, file_friendly_logging=True)
