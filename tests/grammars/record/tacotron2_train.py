"""Records NVIDIA's tacotron2 on the CPU: ``python tacotron2_train.py > tacotron2.log 2> /dev/null`` (tacotron2 22.12.28, made-up spectrograms).

The trainer asks for a GPU, apex and TensorFlow where this small run needs none: they are put out of the way.
"""

import pathlib
import sys
import types

import numpy as np
import torch

for name in ("apex", "tensorflow"):
    sys.modules[name] = types.SimpleNamespace(amp=None)

from tacotron2.hparams import create_hparams  # noqa: E402

del sys.modules["tensorflow"]

from tacotron2 import data_utils, logger, model, train  # noqa: E402

torch.nn.Module.cuda = lambda net: net
data_utils.TacotronSTFT = lambda *_: types.SimpleNamespace(n_mel_channels=80)
model.get_mask_from_lengths = lambda lengths: torch.arange(int(lengths.max())) < lengths.unsqueeze(1)
logger.Tacotron2Logger.log_training = logger.Tacotron2Logger.log_validation = lambda *_: None
rng = np.random.default_rng(7)
letters, tones = "abcde", rng.normal(size=(5, 80))
pathlib.Path("mels").mkdir(exist_ok=True)
rows = []
for at in range(16):
    word = rng.integers(0, 5, size=6)
    np.save(f"mels/{at}.npy", np.repeat(tones[word], 4, axis=0).T.astype("float32") - 4)
    rows.append(f"mels/{at}.npy|{''.join(letters[n] for n in word)}\n")
pathlib.Path("list.txt").write_text("".join(rows), encoding="utf-8")
hparams = create_hparams()
hparams.update(
    epochs=3, iters_per_checkpoint=5, iters_per_validate=5, load_mel_from_disk=True, training_files="list.txt", validation_files="list.txt",
    symbols_embedding_dim=32, encoder_embedding_dim=32, decoder_rnn_dim=64, prenet_dim=32, attention_rnn_dim=64, attention_dim=16,
    postnet_embedding_dim=32, learning_rate=0.01, batch_size=4,
)  # fmt: skip
train.train("out", "logs", None, False, 1, 0, "group", hparams)
