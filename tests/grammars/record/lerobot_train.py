"""Records LeRobot: ``python lerobot_train.py > lerobot.log 2>&1`` (lerobot 0.4.4, ACT on made-up episodes, on the CPU)."""

import pathlib
import sys

import numpy as np
import torch
from lerobot.datasets.lerobot_dataset import LeRobotDataset
from lerobot.scripts import lerobot_train

rng = np.random.default_rng(7)
names = {"observation.state": 3, "observation.environment_state": 2, "action": 3}
features = {name: {"dtype": "float32", "shape": (size,), "names": None} for name, size in names.items()}
made = LeRobotDataset.create("lab/reach", fps=10, features=features, root="reach", use_videos=False)
for _ in range(20):
    goal, at = rng.normal(size=2).astype("float32"), np.zeros(3, dtype="float32")
    for _ in range(30):
        move = np.append(goal - at[:2], 0).astype("float32") / 5
        made.add_frame(
            {"observation.state": at, "observation.environment_state": goal, "action": move, "task": "reach"}
        )
        at = at + move
    made.save_episode()
made.finalize()

torch.manual_seed(7)
sys.argv[1:] = (
    "--dataset.repo_id=lab/reach --dataset.root=reach --policy.type=act --policy.device=cpu --policy.push_to_hub=false --policy.dim_model=32 "
    "--policy.n_heads=2 --policy.dim_feedforward=32 --policy.n_encoder_layers=1 --policy.n_vae_encoder_layers=1 --policy.chunk_size=8 --policy.n_action_steps=8 "
    "--policy.optimizer_lr=0.001 --batch_size=8 --num_workers=0 --steps=1200 --log_freq=100 --save_freq=600 --eval_freq=0 --seed=7 --output_dir=out"
).split()
sys.argv[0] = pathlib.Path(lerobot_train.__file__).name
lerobot_train.main()
