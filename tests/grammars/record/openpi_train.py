"""Records openpi's trainer on the CPU: ``python openpi_train.py > openpi.log 2> /dev/null`` beside the unpacked source of rlinf-openpi 0.1.1.

Its own settings for debugging, a tiny model on made-up pictures, which are made smaller here. The sample is what it writes beside its bar.
"""

import dataclasses
import os
import pathlib
import sys

os.environ["JAX_PLATFORMS"] = "cpu"
sys.path[:0] = ["rlinf_openpi-0.1.1/src", "rlinf_openpi-0.1.1/scripts"]

import train  # noqa: E402
from openpi.models import model  # noqa: E402
from openpi.training import config  # noqa: E402

model.IMAGE_RESOLUTION = (28, 28)
model.preprocess_observation.__kwdefaults__["image_resolution"] = (28, 28)
train.main(
    dataclasses.replace(
        config.get_config("debug"),
        batch_size=2,
        checkpoint_base_dir=str(pathlib.Path("out").absolute()),
        exp_name="tiny",
        num_train_steps=10,
        log_interval=1,
        save_interval=100,
        wandb_enabled=False,
        overwrite=True,
        num_workers=0,
    )  # fmt: skip
)
