"""Records DeepSpeed on the CPU: ``python deepspeed_steps.py > deepspeed.log 2>&1`` (deepspeed 0.19.8, 40 steps on made-up rows)."""

import os

import deepspeed
import torch
from deepspeed.utils.logging import set_log_level_from_string

os.environ |= {"MASTER_ADDR": "127.0.0.1", "MASTER_PORT": "29571", "RANK": "0", "LOCAL_RANK": "0", "WORLD_SIZE": "1"}
set_log_level_from_string("info")
torch.manual_seed(7)
x = torch.randn(160, 4)
y = (x[:, 0] + 0.5 * x[:, 1] > 0).long()
model = torch.nn.Linear(4, 2)
engine, _, _, _ = deepspeed.initialize(
    model=model, model_parameters=model.parameters(), dist_init_required=True,
    config={
        "train_micro_batch_size_per_gpu": 16, "steps_per_print": 10, "optimizer": {"type": "Adam", "params": {"lr": 0.01, "torch_adam": True}},
        "scheduler": {"type": "WarmupLR", "params": {"warmup_max_lr": 0.01, "warmup_num_steps": 20}},
    },
)  # fmt: skip
for step in range(40):
    rows = slice(16 * (step % 10), 16 * (step % 10) + 16)
    loss = torch.nn.functional.cross_entropy(engine(x[rows]), y[rows])
    engine.backward(loss)
    engine.step()
