"""A small residual network on 8x8 digits: PyTorch's SummaryWriter, lines on stdout, hparams.yaml.

python torch_resnet.py OUT --lr 0.1 --seed 1 [--hparams] [--kill-at STEP] > OUT/train.log
"""

import argparse
import logging
import os
import signal
import socket
import sys

socket.gethostname = lambda: "lab-gpu1"  # it becomes part of the event file's name

import torch
import yaml
from sklearn.datasets import load_digits
from torch import nn
from torch.utils.tensorboard import SummaryWriter


class Block(nn.Module):
    def __init__(self, width):
        super().__init__()
        self.a, self.b = nn.Conv2d(width, width, 3, padding=1), nn.Conv2d(width, width, 3, padding=1)
        self.norm = nn.BatchNorm2d(width)

    def forward(self, x):
        return torch.relu(x + self.norm(self.b(torch.relu(self.a(x)))))


def main():
    p = argparse.ArgumentParser()
    p.add_argument("out")
    p.add_argument("--lr", type=float, default=0.1)
    p.add_argument("--seed", type=int, default=1)
    p.add_argument("--epochs", type=int, default=6)
    p.add_argument("--batch-size", type=int, default=64)
    p.add_argument("--hparams", action="store_true")
    p.add_argument("--kill-at", type=int, default=-1)
    args = p.parse_args()

    logging.basicConfig(stream=sys.stdout, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    log = logging.getLogger("train").info
    torch.manual_seed(args.seed)
    torch.set_num_threads(1)
    data, labels = load_digits(return_X_y=True)
    x = torch.tensor(data, dtype=torch.float32).reshape(-1, 1, 8, 8) / 16
    y = torch.tensor(labels)
    x_val, y_val, x, y = x[1500:], y[1500:], x[:1500], y[:1500]

    net = nn.Sequential(nn.Conv2d(1, 8, 3, padding=1), Block(8), Block(8), nn.AvgPool2d(4), nn.Flatten(), nn.Linear(32, 10))
    sgd = torch.optim.SGD(net.parameters(), args.lr, momentum=0.9)
    schedule = torch.optim.lr_scheduler.StepLR(sgd, 2, 0.5)
    config = {"model": "resnet-tiny", "optimizer": {"name": "sgd", "lr": args.lr, "momentum": 0.9},
              "batch_size": args.batch_size, "epochs": args.epochs, "seed": args.seed, "dataset": "digits 8x8"}
    os.makedirs(args.out, exist_ok=True)
    with open(os.path.join(args.out, "hparams.yaml"), "w") as f:
        yaml.safe_dump(config, f, sort_keys=False)
    writer = SummaryWriter(args.out)
    writer.add_text("config", "|key|value|\n|-|-|\n" + "\n".join(f"|{k}|{v}|" for k, v in config.items()))
    writer.add_image("samples", x[0].repeat(3, 1, 1), 0)

    log(f"resnet-tiny, {sum(q.numel() for q in net.parameters()):,} parameters, {len(x)} train / {len(x_val)} val images")
    log(f"lr: {args.lr}, momentum: 0.9, batch size: {args.batch_size}, seed: {args.seed}")
    step = 0
    for epoch in range(args.epochs):
        net.train()
        for part in torch.randperm(len(x)).split(args.batch_size):
            loss = nn.functional.cross_entropy(net(x[part]), y[part])
            sgd.zero_grad()
            loss.backward()
            sgd.step()
            writer.add_scalar("train/loss", loss.item(), step)
            if step % 10 == 0:
                log(f"epoch {epoch} step {step} loss {loss.item():.4f} lr {schedule.get_last_lr()[0]:g}")
            if step == args.kill_at:
                writer.flush()
                os.kill(os.getpid(), signal.SIGKILL)
            step += 1
        net.eval()
        with torch.no_grad():
            out = net(x_val)
        val_loss = nn.functional.cross_entropy(out, y_val).item()
        val_acc = (out.argmax(1) == y_val).float().mean().item()
        writer.add_scalar("val/loss", val_loss, step)
        writer.add_scalar("val/acc", val_acc, step)
        writer.add_scalar("lr", schedule.get_last_lr()[0], step)
        if epoch % 3 == 2:
            writer.add_histogram("weights/head", net[-1].weight, step)
        log(f"epoch {epoch} done: val_loss {val_loss:.4f} val_acc {100 * val_acc:.2f}%")
        schedule.step()
    log(f"Finished. Final accuracy {100 * val_acc:.2f}%")
    if args.hparams:
        writer.add_hparams({"lr": args.lr, "seed": args.seed, "bsize": args.batch_size}, {"hparam/accuracy": val_acc})
    writer.close()


main()
