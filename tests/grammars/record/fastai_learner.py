"""Records fastai's console table: ``python fastai_learner.py > fastai.log``."""

import fastai.callback.schedule  # noqa: F401 - gives Learner fit_one_cycle
import torch
from fastai.basics import DataLoader, DataLoaders, Learner, accuracy

torch.manual_seed(7)
x = torch.randn(64, 4)
rows = list(zip(x, (x[:, 0] > 0).long(), strict=True))
dls = DataLoaders(DataLoader(rows, bs=8), DataLoader(rows, bs=8))
learn = Learner(dls, torch.nn.Linear(4, 2), loss_func=torch.nn.CrossEntropyLoss(), metrics=accuracy)
learn.fit_one_cycle(3)
