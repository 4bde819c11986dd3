"""Text as it really is: progress frames, line ends, encodings, escapes, wrapping, packing."""

from __future__ import annotations

import bz2
import gzip
import lzma

import pytest

LINES = "".join(f"epoch {k} loss: {1 / k:.3f}\n" for k in range(1, 5))
VALUES = [1.0, 0.5, 0.333, 0.25]


@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "latin-1"])
def test_encodings(read, codec):
    """Text of any usual encoding reads alike."""
    got = read(LINES.encode(codec))
    assert got["loss"]["value"] == VALUES
    assert got["loss"]["line"] == [1, 2, 3, 4]


@pytest.mark.parametrize(
    ("codec", "words"), [("gb18030", "训练开始"), ("shift_jis", "学習を開始します"), ("cp1252", "Größe für Übung")]
)
def test_legacy_encodings_are_guessed_and_said(read, codec, words):
    """A legacy encoding is guessed, which an Issue says; the numbers are right in any case."""
    got = read((words * 3 + "\n" + LINES).encode(codec))
    assert got["loss"]["value"] == VALUES
    assert "text-encoding" in got.codes


def test_bad_bytes_in_utf8(read):
    """Damaged bytes cost nothing but themselves."""
    got = read(("é" * 40).encode() + b"\xff\xfe broken\n" + LINES.encode())
    assert got["loss"]["value"] == VALUES


@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_line_ends(read, end):
    """CRLF and LF read alike."""
    assert read(LINES.replace("\n", end))["loss"]["value"] == VALUES


def test_colours_and_cursor_moves(read):
    """ANSI escapes are no text."""
    got = read(LINES.replace("loss", "\x1b[32mloss\x1b[0m"))
    assert got["loss"]["value"] == VALUES


@pytest.mark.parametrize(
    ("name", "pack"), [("a.log.gz", gzip.compress), ("a.log.bz2", bz2.compress), ("a.log.xz", lzma.compress)]
)
def test_packed_logs(read, name, pack):
    """Packed logs are read as what they hold."""
    assert read(pack(LINES.encode()), name=name)["loss"]["value"] == VALUES


def test_a_packed_log_that_ends_early(read):
    """What can be unpacked is read, and an Issue says that the rest is missing."""
    data = gzip.compress((LINES * 4000).encode())
    got = read(data[: len(data) // 2], name="a.log.gz")
    assert "packed_cut" in got.codes


def test_one_line_with_thousands_of_frames(read):
    """A bar that redraws its line gives its last state, once."""
    frames = "\r".join(
        f"Epoch 1:  {k:3d}%|{'█' * (k // 10):10}| {k}/100 [00:{k // 2:02d}<00:10, 9.8it/s, loss={1 - k / 200:.3f}]"
        for k in range(101)
    )
    got = read("start\n" + frames + "\nepoch 1 accuracy: 0.9\n")
    assert got["loss"]["value"] == [0.5]


def test_a_redraw_of_the_same_state_is_no_new_point(read):
    """A bar that is printed again as it was, on a line of its own, is one point."""
    bar = "Epoch 3: 100%|██████████| 8/8 [00:01<00:00, 7.9it/s, loss=0.25]\n"
    assert read(bar + bar + "Epoch 4: 100%|██████████| 8/8 [00:01<00:00, 7.9it/s, loss=0.2]\n")["loss"]["value"] == [
        0.25,
        0.2,
    ]


def test_a_bar_at_zero_shows_what_was_before(read):
    """The first state of a new bar repeats the old values and is no point."""
    text = "".join(
        f"Epoch {e}: {p:3d}%|{'█' * (p // 10)}| {p // 10}/10 [00:01<00:00, 7it/s, loss={v}]\n"
        for e, p, v in ((0, 100, 0.5), (1, 0, 0.5), (1, 100, 0.4))
    )
    assert read(text)["loss"]["value"] == [0.5, 0.4]


def test_text_glued_behind_a_bar(read):
    """What another writer prints right behind a bar is a text of its own."""
    text = "".join(f" 50%|█████     | {k}/10 [00:01<00:01,  5.2it/s]step {k} loss 0.{k}\n" for k in range(1, 5))
    assert read(text)["loss"]["step"] == [1, 2, 3, 4]


def test_a_value_on_the_next_line(read):
    """A name at the end of a line takes the number at the front of the next."""
    text = "".join(f"epoch {k} train_loss:\n        0.{k} val_loss:\n        0.{k + 1}\n" for k in range(1, 5))
    got = read(text)
    assert got["train_loss"]["value"] == [0.1, 0.2, 0.3, 0.4]
    assert got["val_loss"]["epoch"] == [1, 2, 3, 4]


def test_logs_inside_markdown(read):
    """A log inside a Markdown page is read, whatever the file is called."""
    got = read("# Results\n\n```\n" + LINES + "```\nThat was it.\n", name="notes.md")
    assert got["loss"]["value"] == VALUES


def test_metrics_among_very_many_shapes(read, monkeypatch):
    """Beyond the shapes that any log has, those with a telling word are read still."""
    monkeypatch.setattr("runlift.grammars._reading.MOST_READ", 50)
    prose = [f"{chr(97 + k % 26)}{chr(97 + k // 26 % 26)} and so on" for k in range(300)]
    got = read(
        "".join(f"{p}\n" + (f"epoch {k} loss: 0.{k}\n" if k < 9 else "") for k, p in enumerate(prose, 1))
        + "step 9 accuracy: 0.5\n"
    )
    assert got["loss"]["value"] == [0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]
    assert got["accuracy"]["value"] == [0.5]


def test_many_shapes_do_not_fill_the_memory(read):
    """Text without any repeating shape is counted line by line."""
    text = "".join(f"{chr(97 + k % 26) * (k % 50 + 1)} {chr(97 + k // 26 % 26) * (k % 37)}\n" for k in range(5000))
    assert read(text).account.total == 5000
