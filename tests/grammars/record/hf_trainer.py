# ruff: noqa: ANN003, S106 - the tokens are those of a tokenizer
"""Records the transformers Trainer: ``python hf_trainer.py trainer 2>&1 > hf_trainer.log`` (or ``sft``, ``accelerate``)."""

import os
import sys

os.environ |= {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}
import torch
from transformers import GPT2Config, GPT2LMHeadModel, PreTrainedTokenizerFast, Trainer, TrainingArguments


def model():
    """A GPT-2 of two tiny layers."""
    torch.manual_seed(7)
    return GPT2LMHeadModel(GPT2Config(vocab_size=64, n_positions=16, n_embd=8, n_layer=2, n_head=2))


def rows(n=40):
    """Token rows that are their own labels."""
    ids = torch.randint(0, 64, (n, 12), generator=torch.Generator().manual_seed(7))
    return [{"input_ids": i, "labels": i} for i in ids]


def arguments(cls, **more):
    """Arguments that log every two steps and evaluate every epoch."""
    return cls(
        output_dir="hf_out", num_train_epochs=3, per_device_train_batch_size=8, logging_steps=2, eval_strategy="epoch",
        save_strategy="no", report_to=[], use_cpu=True, learning_rate=1e-3, seed=7, **more,
    )  # fmt: skip


def trainer():
    """Trainer.train and evaluate: dict prints, and the metrics block of the example scripts."""
    t = Trainer(model(), arguments(TrainingArguments), train_dataset=rows(), eval_dataset=rows(16))
    result = t.train()
    t.log_metrics("train", result.metrics)
    t.log_metrics("eval", t.evaluate())


def sft():
    """TRL's SFTTrainer with its entropies and token accuracies."""
    from datasets import Dataset
    from tokenizers import Tokenizer, models, pre_tokenizers
    from trl import SFTConfig, SFTTrainer

    vocab = {w: i for i, w in enumerate(["<pad>", "<eos>", "<unk>", *"abcdefghijklmnopqrstuvwxyz"])}
    tok = Tokenizer(models.WordLevel(vocab, unk_token="<unk>"))
    tok.pre_tokenizer = pre_tokenizers.Whitespace()
    fast = PreTrainedTokenizerFast(tokenizer_object=tok, pad_token="<pad>", eos_token="<eos>", unk_token="<unk>")
    data = Dataset.from_dict({"text": ["a b c d e f g", "b c d e a x y"] * 16})
    args = arguments(SFTConfig, max_length=16, bf16=False)
    SFTTrainer(model(), args, train_dataset=data, eval_dataset=data.select(range(8)), processing_class=fast).train()


def accelerate():
    """A loop in the manner of accelerate's own examples, with its logger and its print."""
    import logging

    from accelerate import Accelerator
    from accelerate.logging import get_logger

    logging.basicConfig(
        format="%(asctime)s - %(levelname)s - %(name)s - %(message)s", datefmt="%m/%d/%Y %H:%M:%S", level=20
    )
    acc = Accelerator(cpu=True)
    logger = get_logger(__name__, log_level="INFO")
    logger.info(acc.state, main_process_only=False)
    net = torch.nn.Linear(4, 1)
    net, opt = acc.prepare(net, torch.optim.SGD(net.parameters(), 0.1))
    logger.info("***** Running training *****")
    logger.info("  Num examples = %d", 64)
    logger.info("  Num Epochs = %d", 3)
    x = torch.randn(64, 4, generator=torch.Generator().manual_seed(7))
    y = x.sum(1, keepdim=True)
    for epoch in range(3):
        total = 0.0
        for k in range(0, 64, 16):
            loss = torch.nn.functional.mse_loss(net(x[k : k + 16]), y[k : k + 16])
            acc.backward(loss)
            opt.step()
            opt.zero_grad()
            total += loss.item()
        acc.print(f"epoch {epoch}:", {"accuracy": 0.5 + epoch / 10, "f1": 0.6 + epoch / 10})
        logger.info("epoch %d: perplexity: %s eval_loss: %s", epoch, 2.0 ** (total / 4), total / 4)


globals()[sys.argv[1]]()
