"""Records Darknet: ``python darknet_train.py`` writes a net, its data and eight made-up pictures (numpy and opencv needed), and

``stdbuf -oL darknet detector train squares.data squares.cfg > darknet.log 2>&1`` trains (Debian's darknet of 2018-09-14, on the CPU).
"""

import pathlib

import cv2
import numpy as np

rng = np.random.default_rng(7)
pathlib.Path("images").mkdir(exist_ok=True)
pathlib.Path("labels").mkdir(exist_ok=True)
pathlib.Path("backup").mkdir(exist_ok=True)
for at in range(8):
    picture = rng.integers(0, 60, size=(64, 64, 3), dtype=np.uint8)
    x, y, size = (int(n) for n in rng.integers(8, 30, size=3))
    picture[y : y + size, x : x + size] = 220
    cv2.imwrite(f"images/{at}.png", picture)
    middle = f"{(x + size / 2) / 64} {(y + size / 2) / 64} {size / 64} {size / 64}"
    pathlib.Path(f"labels/{at}.txt").write_text(f"0 {middle}\n", encoding="utf-8")
pathlib.Path("train.txt").write_text("".join(f"images/{at}.png\n" for at in range(8)), encoding="utf-8")
pathlib.Path("squares.names").write_text("square\n", encoding="utf-8")
pathlib.Path("squares.data").write_text(
    "classes=1\ntrain=train.txt\nnames=squares.names\nbackup=backup\n", encoding="utf-8"
)
conv = "[convolutional]\nbatch_normalize=1\nfilters={}\nsize=3\nstride=2\npad=1\nactivation=leaky\n"
last = "[convolutional]\nfilters=18\nsize=1\nstride=1\npad=1\nactivation=linear\n"
yolo = "[yolo]\nmask={}\nanchors=8,8, 12,12, 16,16, 20,20, 24,24, 28,28\nclasses=1\nnum=6\nignore_thresh=.7\n"
pathlib.Path("squares.cfg").write_text(
    "[net]\nbatch=4\nsubdivisions=2\nheight=64\nwidth=64\nchannels=3\nlearning_rate=0.001\nburn_in=4\nmax_batches=12\npolicy=steps\nsteps=8\nscales=.1\n"
    + conv.format(8) + conv.format(16) + conv.format(16) + last + yolo.format("3,4,5")
    + "[route]\nlayers=-3\n" + last + yolo.format("0,1,2"),
    encoding="utf-8",
)  # fmt: skip
