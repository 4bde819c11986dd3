"""Records Coqui TTS on the CPU: ``python coqui_tts_train.py > coqui_tts.log 2>&1`` (coqui-tts 0.28.0, a small Glow-TTS on made-up sounds).

The sample begins at the first epoch.
"""

import pathlib

import numpy as np
import torch
from scipy.io import wavfile
from trainer import Trainer, TrainerArgs
from TTS.tts.configs.glow_tts_config import GlowTTSConfig
from TTS.tts.configs.shared_configs import BaseDatasetConfig
from TTS.tts.datasets import load_tts_samples
from TTS.tts.models.glow_tts import GlowTTS

torch.manual_seed(7)
rng = np.random.default_rng(7)
pathlib.Path("wavs").mkdir(exist_ok=True)
with pathlib.Path("metadata.csv").open("w", encoding="utf-8") as told:
    for at in range(20):
        letters = "".join(rng.choice(list("abcde"), size=8))
        pitch = np.repeat([220 * (1 + ord(c) - ord("a")) for c in letters], 2205)
        sound = 0.3 * np.sin(np.cumsum(2 * np.pi * pitch / 22050))
        wavfile.write(f"wavs/{at}.wav", 22050, (sound * 32767).astype("int16"))
        told.write(f"{at}|{letters}|{letters}\n")
config = GlowTTSConfig(
    batch_size=4, eval_batch_size=4, num_loader_workers=0, num_eval_loader_workers=0, epochs=3, print_step=2, test_delay_epochs=99,
    text_cleaner="basic_cleaners", use_phonemes=False, mixed_precision=False, output_path="out", save_checkpoints=False, save_step=999,
    lr=0.005, lr_scheduler=None, hidden_channels_enc=16, hidden_channels_dec=16, num_flow_blocks_dec=2, num_block_layers=1, data_dep_init_steps=0,
    encoder_params={"kernel_size": 3, "dropout_p": 0.1, "num_layers": 1, "num_heads": 2, "hidden_channels_ffn": 32, "input_length": None},
    datasets=[BaseDatasetConfig(formatter="ljspeech", meta_file_train="metadata.csv", path=".")],
)  # fmt: skip
rows, held = load_tts_samples(config, eval_split=True, eval_split_size=4)

model = GlowTTS.init_from_config(config)
Trainer(TrainerArgs(), config, "out", model=model, train_samples=rows, eval_samples=held).fit()
