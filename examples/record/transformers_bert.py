"""Hugging Face's Trainer on a very small BERT and made-up sentences; stdout and stderr are the log.

python transformers_bert.py OUT > OUT/train.log 2>&1
"""

import json
import os
import sys
import tempfile

import torch
from torch.utils.data import Dataset
from transformers import BertConfig, BertForSequenceClassification, Trainer, TrainingArguments, set_seed

ARGS = {"learning_rate": 2e-3, "num_train_epochs": 3, "per_device_train_batch_size": 16, "warmup_steps": 6,
        "weight_decay": 0.01, "seed": 13}
set_seed(ARGS["seed"])
torch.set_num_threads(1)


class Sentences(Dataset):
    """Twelve tokens each; the label says whether the token 7 is among them."""

    def __init__(self, n, seed):
        self.ids = torch.randint(1, 30, (n, 12), generator=torch.Generator().manual_seed(seed))
        self.labels = (self.ids == 7).any(1).long()

    def __len__(self):
        return len(self.ids)

    def __getitem__(self, i):
        return {"input_ids": self.ids[i], "labels": self.labels[i]}


with open(os.path.join(sys.argv[1], "args.json"), "w") as f:
    json.dump({"model": "bert-2x32", **ARGS}, f, indent=2)
config = BertConfig(vocab_size=30, hidden_size=32, num_hidden_layers=2, num_attention_heads=2, intermediate_size=64)
args = TrainingArguments(tempfile.mkdtemp(), logging_steps=10, eval_strategy="epoch", save_strategy="no", use_cpu=True,
                         report_to="none", **ARGS)
trainer = Trainer(BertForSequenceClassification(config), args, train_dataset=Sentences(640, 0),
                  eval_dataset=Sentences(160, 1),
                  compute_metrics=lambda p: {"accuracy": float((p.predictions.argmax(1) == p.label_ids).mean())})
trainer.train()
print(trainer.evaluate())
