"""Records ESPnet2's ASR trainer on the CPU: ``python espnet_train.py > espnet.log 2>&1`` (espnet 202511, made-up features).

A letter is eight frames that lean to its own direction. The sample begins where the first epoch does, under the name of a host, node1.
"""

import pathlib

import numpy as np
from espnet2.bin.asr_train import main

rng = np.random.default_rng(7)
letters = "abcde"
towards = rng.normal(size=(len(letters), 20))
for part, size in (("train", 64), ("valid", 16)):
    home = pathlib.Path(part)
    home.mkdir(exist_ok=True)
    speech, text, frames, tokens = [], [], [], []
    for at in range(size):
        word = rng.integers(0, len(letters), size=int(rng.integers(3, 6)))
        sound = np.repeat(towards[word], 8, axis=0) + 0.3 * rng.normal(size=(8 * len(word), 20))
        np.save(home / f"{at}.npy", sound.astype("float32"))
        speech.append(f"u{at:03d} {home}/{at}.npy\n")
        text.append(f"u{at:03d} {''.join(letters[n] for n in word)}\n")
        frames.append(f"u{at:03d} {len(sound)},20\n")
        tokens.append(f"u{at:03d} {len(word)},8\n")
    for name, rows in (("speech.scp", speech), ("text", text), ("speech_shape", frames), ("text_shape", tokens)):
        (home / name).write_text("".join(rows), encoding="utf-8")
pathlib.Path("tokens.txt").write_text(
    "<blank>\n<unk>\n" + "".join(f"{c}\n" for c in letters) + "<sos/eos>\n", encoding="utf-8"
)
coder = "num_blocks=1 linear_units=32 attention_heads=2 dropout_rate=0.0"
main(
    "--output_dir out --ngpu 0 --num_workers 0 --seed 7 --max_epoch 3 --log_interval 4 --batch_type unsorted --batch_size 4 --log_level INFO "
    "--use_tensorboard false --use_matplotlib false --token_type char --token_list tokens.txt --bpemodel none --input_size 20 "
    "--normalize none --specaug none --cleaner none --g2p none --model_conf ctc_weight=0.3 --optim adam --optim_conf lr=0.005 --encoder transformer "
    "--decoder transformer --scheduler warmuplr --scheduler_conf warmup_steps=20 "
    "--train_data_path_and_name_and_type train/speech.scp,speech,npy --train_data_path_and_name_and_type train/text,text,text "
    "--valid_data_path_and_name_and_type valid/speech.scp,speech,npy --valid_data_path_and_name_and_type valid/text,text,text "
    "--train_shape_file train/speech_shape --train_shape_file train/text_shape --valid_shape_file valid/speech_shape --valid_shape_file valid/text_shape "
    "--best_model_criterion valid,acc,max --keep_nbest_models 1".split()
    + sum((["--encoder_conf", one] for one in [*coder.split(), "output_size=32", "input_layer=conv2d2"]), [])
    + sum((["--decoder_conf", one] for one in coder.split()), [])
)
