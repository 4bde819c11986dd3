"""Variational autoencoders of 8x8 digits: tensorboardX with scalars, a histogram, an image, text and add_hparams.

python tensorboardx_vae.py LAB
"""

import os
import socket
import sys

socket.gethostname = lambda: "lab-gpu1"  # it becomes part of the event file's name

import torch
from sklearn.datasets import load_digits
from tensorboardX import SummaryWriter
from torch import nn

torch.set_num_threads(1)
x = torch.tensor(load_digits().data, dtype=torch.float32) / 16


def train(folder, beta, seed, lr=2e-3):
    torch.manual_seed(seed)
    encode = nn.Sequential(nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 8))
    decode = nn.Sequential(nn.Linear(4, 32), nn.ReLU(), nn.Linear(32, 64))
    adam = torch.optim.Adam([*encode.parameters(), *decode.parameters()], lr)
    writer = SummaryWriter(folder)
    writer.add_text("notes", f"VAE, beta={beta}, 4 latent dimensions", 0)
    for step in range(120):
        batch = x[torch.randint(len(x), (128,))]
        mean, logvar = encode(batch).chunk(2, 1)
        back = decode(mean + torch.randn_like(mean) * (logvar / 2).exp())
        recon = nn.functional.binary_cross_entropy_with_logits(back, batch, reduction="sum") / len(batch)
        kl = (-0.5 * (1 + logvar - mean**2 - logvar.exp()).sum(1)).mean()
        loss = recon + beta * kl
        adam.zero_grad()
        loss.backward()
        adam.step()
        writer.add_scalar("loss/total", loss.item(), step)
        writer.add_scalar("loss/recon", recon.item(), step)
        writer.add_scalar("loss/kl", kl.item(), step)
        if step % 60 == 59:
            writer.add_histogram("latent/mean", mean.detach().numpy(), step)
            writer.add_image("recon", torch.sigmoid(back[0]).detach().reshape(1, 8, 8).numpy(), step)
    writer.add_hparams({"beta": beta, "lr": lr, "seed": seed, "arch": "mlp"}, {"final/loss": loss.item()})
    writer.close()


for name, beta, seed in [("vae-beta1", 1.0, 0), ("vae-beta4", 4.0, 0), ("vae-beta4-s1", 4.0, 1)]:
    train(os.path.join(sys.argv[1], "tb", "vae", name), beta, seed)
