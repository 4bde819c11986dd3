"""Any text in any encoding gives Issues, never another exception, and its ledger adds up to the last line."""

from __future__ import annotations

import gzip

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runlift.facts import Account
from runlift.parsers._api import Head, ParseOptions, Source
from runlift.parsers.text_log import TextLog
from runlift.wire.line_text import calm
from runlift.wire.lines import COMPILED, CompiledScanner
from runlift.wire.slow_lines import SlowScanner

PIECES = [
    "epoch 1", "Epoch [3/10]", "step: 100", "loss=0.5", "acc 93.2%", "lr: 1e-3", "nan", "-inf", "1,234.5", ".5", "mAP50-95",
    "Top-1", "[1/2]", "(0.6)", "|", "| loss | 0.5 |", "---------", "Traceback (most recent call last):", "ValueError: x",
    "100%|███| 3/3 [00:01<00:00, 3.1it/s, loss=0.1]", "{'loss': '0.5', 'epoch': 1}", "Namespace(a=1, b='x')", "INFO",
    "2026-11-25 10:00:00,123", "\t", "  ", "\r", "\n", "\r\n", "\x08\x08", "\x1b[31m", "\x00", "é", "損失", "val", "Fold 2",
    "\x01\x02\x03\x04\x05", "0x1f", "a3f9c2d1", "1:02:03", "25K", "=", ":", "{", "}", '"', "python train.py --lr 0.1",
]  # fmt: skip
CODECS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32", "latin-1", "cp1252", "gb18030", "shift_jis", "utf-7"]

texts = st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=12)), max_size=40).map(" ".join)


def _read(tmp_path_factory, data, name="any.log"):
    path = tmp_path_factory.mktemp("any") / name
    path.write_bytes(data)
    source = Source(str(path), name, len(data))
    TextLog().recognise(Head(source, data[:65_536]))
    facts = list(TextLog().parse(source, ParseOptions()))
    account = next(f for f in facts if isinstance(f, Account))
    assert account.missing() == 0
    return account


@settings(max_examples=150, deadline=None)
@given(text=texts, codec=st.sampled_from(CODECS))
def test_any_text_in_any_encoding(tmp_path_factory, text, codec):
    """A text of words that logs use, in any encoding, is accounted for line by line."""
    _read(tmp_path_factory, text.encode(codec, "replace"))


@settings(max_examples=100, deadline=None)
@given(data=st.binary(max_size=600))
def test_any_bytes(tmp_path_factory, data):
    """Any bytes at all are accounted for."""
    _read(tmp_path_factory, data)


@settings(max_examples=40, deadline=None)
@given(text=texts, cut=st.integers(0, 400))
def test_any_cut_of_a_packed_text(tmp_path_factory, text, cut):
    """A packed text that ends early gives an Issue and an account."""
    packed = gzip.compress((text + "\nepoch 1 loss 0.5\n").encode("utf-8", "replace"), mtime=0)
    _read(tmp_path_factory, packed[: max(len(packed) - cut, 0)], "any.log.gz")


@pytest.mark.skipif(not COMPILED, reason="the kernel is not compiled here")
@settings(max_examples=400, deadline=None)
@given(data=st.one_of(texts.map(lambda t: t.encode("utf-8", "replace")), st.binary(max_size=200)))
def test_the_compiled_scanner_and_the_slow_one_give_the_same(data):
    """Shapes, numbers, lines and places are the same from both scanners."""
    data = calm(data).replace(b"\x05", b" ")
    fast, slow = CompiledScanner(), SlowScanner()
    a, b = fast.scan(data), slow.scan(data)
    assert fast.keys == slow.keys
    for name in ("start", "stop", "line", "shape", "first", "begin", "end", "is_float"):
        assert np.array_equal(getattr(a, name), getattr(b, name)), name
    assert np.array_equal(a.value, b.value, equal_nan=True)
    assert a.lines == b.lines
