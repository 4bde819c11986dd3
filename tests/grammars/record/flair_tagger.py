"""Records Flair's trainer: ``python flair_tagger.py > flair.log 2>&1``."""

import flair
import torch
from flair.data import Corpus, Sentence
from flair.datasets import FlairDatapointDataset
from flair.embeddings import OneHotEmbeddings
from flair.models import SequenceTagger
from flair.trainers import ModelTrainer

flair.set_seed(7)
torch.manual_seed(7)
sentences = []
for who in ("Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald") * 4:
    s = Sentence(f"{who} wrote a program")
    s[0:1].add_label("ner", "PER")
    sentences.append(s)
data = FlairDatapointDataset(sentences)
corpus = Corpus(train=data, dev=data, test=data)
tagger = SequenceTagger(
    OneHotEmbeddings.from_corpus(corpus, embedding_length=8, min_freq=1),
    corpus.make_label_dictionary("ner"),
    "ner",
    hidden_size=8,
)
ModelTrainer(tagger, corpus).train("flair_out", max_epochs=3, mini_batch_size=4)
