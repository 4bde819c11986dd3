"""A hand-written loop over a character model: one json.dumps a step, and lines on stdout.

python charlm_loop.py OUT > /dev/null             (OUT/args.json, OUT/log.jsonl)
python charlm_loop.py OUT --lr 500 > /dev/null    (diverges: Infinity, then NaN, in log.jsonl)
python charlm_loop.py --crash > charlm-eval-crash.log 2>&1
"""

import argparse
import json
import os
import time

import torch
from torch import nn

p = argparse.ArgumentParser()
p.add_argument("out", nargs="?")
p.add_argument("--lr", type=float, default=0.5)
p.add_argument("--steps", type=int, default=150)
p.add_argument("--seed", type=int, default=5)
p.add_argument("--hidden", type=int, default=32)
p.add_argument("--weight-decay", type=float, default=0.01)
p.add_argument("--crash", action="store_true")
args = p.parse_args()
torch.manual_seed(args.seed)
torch.set_num_threads(1)

text = "the quick brown fox jumps over the lazy dog; pack my box with five dozen liquor jugs. " * 20
chars = sorted(set(text))
ids = torch.tensor([chars.index(c) for c in text])
embed, rnn, head = nn.Embedding(len(chars), 16), nn.GRU(16, args.hidden, batch_first=True), nn.Linear(args.hidden, len(chars))
weights = [*embed.parameters(), *rnn.parameters(), *head.parameters()]
sgd = torch.optim.SGD(weights, args.lr, weight_decay=args.weight_decay)


def forward(batch):
    return head(rnn(embed(batch))[0])


def evaluate():
    with torch.no_grad():
        return forward(torch.zeros(4, 24, dtype=torch.long).unsqueeze(0)).mean().item()


log = None
if args.out:
    with open(os.path.join(args.out, "args.json"), "w") as f:
        json.dump({k: v for k, v in vars(args).items() if k not in ("out", "crash")}, f, indent=2)
    log = open(os.path.join(args.out, "log.jsonl"), "w")
print(f"char model: vocab size = {len(chars)}, hidden = {args.hidden}, lr = {args.lr}, seed = {args.seed}")
for step in range(1, args.steps + 1):
    at = torch.randint(len(ids) - 25, (16,))
    batch = torch.stack([ids[i : i + 25] for i in at])
    loss = nn.functional.cross_entropy(forward(batch[:, :-1]).flatten(0, 1), batch[:, 1:].flatten())
    sgd.zero_grad()
    loss.backward()
    norm = nn.utils.clip_grad_norm_(weights, 5.0)
    sgd.step()
    if log:
        log.write(json.dumps({"step": step, "loss": loss.item(), "ppl": loss.exp().item(), "grad_norm": norm.item(),
                              "time": time.time()}) + "\n")
    if step % 10 == 0:
        print(f"iter {step}: loss {loss.item():.4f}, ppl {loss.exp().item():.2f}, grad norm {norm.item():.3f}")
    if args.crash and step == 60:
        print("Evaluating on held-out text ...", flush=True)
        evaluate()
