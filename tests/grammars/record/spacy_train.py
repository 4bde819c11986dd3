"""Records ``spacy train``: ``python spacy_train.py > spacy.log`` (the pipeline is a blank English entity recogniser)."""

import subprocess
import sys
import tempfile
from pathlib import Path

import spacy
from spacy.tokens import DocBin

with tempfile.TemporaryDirectory() as name:
    folder = Path(name)
    nlp = spacy.blank("en")
    box = DocBin()
    for who in ("Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald"):
        doc = nlp(f"{who} wrote a program in London.")
        doc.ents = [doc.char_span(0, len(who), "PERSON")]
        box.add(doc)
    box.to_disk(folder / "train.spacy")
    run = [sys.executable, "-m", "spacy"]
    subprocess.run([*run, "init", "config", folder / "c.cfg", "-p", "ner", "-q"], check=False, capture_output=True)
    if not (folder / "c.cfg").exists():
        subprocess.run([*run, "init", "config", folder / "c.cfg", "-p", "ner"], check=True, capture_output=True)
    subprocess.run(
        [*run, "train", folder / "c.cfg", "--paths.train", folder / "train.spacy", "--paths.dev", folder / "train.spacy",
         "--training.max_steps", "60", "--training.eval_frequency", "10"], check=True,
    )  # fmt: skip
