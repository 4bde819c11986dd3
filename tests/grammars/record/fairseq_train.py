"""Records fairseq 0.12.2 on Python 3.8: ``python fairseq_train.py`` writes a corpus (words turned around), and then

fairseq-preprocess -s src -t trg --trainpref train --validpref dev --destdir bin
fairseq-train bin --cpu --arch transformer_tiny --optimizer adam --lr 0.003 --max-tokens 400 --max-epoch 3 --log-interval 2
--seed 7 --no-save --num-workers 0 --log-format json 2> fairseq.log (simple for fairseq_pipe.log); from the first epoch on.
"""

import pathlib
import random

rng = random.Random(7)
for part, size in (("train", 400), ("dev", 40)):
    rows = [[rng.choice("abcdefgh") for _ in range(rng.randint(2, 5))] for _ in range(size)]
    pathlib.Path(f"{part}.src").write_text("".join(" ".join(row) + "\n" for row in rows), encoding="utf-8")
    pathlib.Path(f"{part}.trg").write_text("".join(" ".join(reversed(row)) + "\n" for row in rows), encoding="utf-8")
