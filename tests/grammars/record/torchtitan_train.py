"""Records torchtitan on the CPU: ``torchrun --local-ranks-filter 0 --role rank --tee 3 torchtitan_train.py > torchtitan.log 2>&1``.

The trainer is the real one (torchtitan 0.2.2); it knows no CPU, so the device it asks for its name and its memory is made up here.
"""

import json
import pathlib
import sys
import types

import torch
from tokenizers import Tokenizer, models, pre_tokenizers

rows = [
    {"text": f"the {a} saw the {b} " * 60}
    for a in ("cat", "dog", "owl", "fox")
    for b in ("sea", "hill", "moon", "road")
]
data = pathlib.Path("tests/assets/c4_test")
data.mkdir(parents=True, exist_ok=True)
(data / "data.json").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
words = ["<unk>", "<s>", "</s>", *sorted({word for row in rows for word in row["text"].split()})]
tokenizer = Tokenizer(models.WordLevel({word: at for at, word in enumerate(words)}, unk_token="<unk>"))
tokenizer.pre_tokenizer = pre_tokenizers.Whitespace()
tokenizer.add_special_tokens(["<s>", "</s>"])
home = pathlib.Path("tests/assets/tokenizer")
home.mkdir(exist_ok=True)
tokenizer.save(str(home / "tokenizer.json"))
(home / "tokenizer_config.json").write_text('{"bos_token": "<s>", "eos_token": "</s>"}', encoding="utf-8")

torch.cpu.get_device_name = lambda _: "CPU"
torch.cpu.get_device_properties = lambda _: types.SimpleNamespace(total_memory=8 << 30)
torch.cpu.memory_stats = lambda _: {
    "active_bytes.all.peak": 1 << 28,
    "reserved_bytes.all.peak": 1 << 29,
    "num_alloc_retries": 0,
    "num_ooms": 0,
}
torch.cpu.current_device = lambda: 0
torch.cpu.reset_peak_memory_stats = torch.cpu.empty_cache = lambda: None
torch._utils._get_available_device_type = lambda: "cpu"

sys.argv[1:] = [
    "--model.name", "llama3", "--model.flavor", "debugmodel", "--model.hf_assets_path", str(home), "--training.dataset", "c4_test",
    "--training.seq_len", "64", "--training.local_batch_size", "4", "--training.steps", "10", "--metrics.log_freq", "1",
    "--validation.enable", "--validation.freq", "5", "--validation.steps", "2", "--validation.dataset", "c4_test", "--validation.seq_len", "64",
]  # fmt: skip

from torchtitan import train  # noqa: E402

train.main(train.Trainer)
