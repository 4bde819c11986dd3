"""``runlift verify``: TensorBoard's own reader as the witness, differences found wherever they are."""

from __future__ import annotations

import shutil

import pytest

import runlift as package
from runlift.wire.tfrecord import FRAME, framed, payload_at


def _rewritten(data: bytes, change) -> bytes:
    """The file with every event passed through ``change``, which edits it in place; checksums are made right again."""
    from tensorboard.compat.proto.event_pb2 import Event

    out, at = [], 0
    while (payload := payload_at(data, at)) is not None:
        event = Event.FromString(bytes(payload))
        change(event)
        out.append(framed(event.SerializeToString()))
        at += FRAME + len(payload)
    return b"".join(out)


def _edit(kind: str):
    """An edit of one value of a kind, that keeps the file's size."""

    def edit(event) -> None:
        for v in event.summary.value:
            if kind == "points" and v.HasField("simple_value"):
                v.simple_value = -0.0 if v.simple_value == 0 else v.simple_value * 2
            elif kind == "histograms" and v.HasField("histo"):
                v.histo.bucket[0] += 1
            elif kind == "media" and v.HasField("image"):
                data = v.image.encoded_image_string
                v.image.encoded_image_string = data[:-1] + bytes([data[-1] ^ 1])
            elif kind == "texts" and v.metadata.plugin_data.plugin_name == "text":
                v.tensor.string_val[0] = v.tensor.string_val[0].replace(b"a", b"A", 1)
            elif kind == "curves" and v.metadata.plugin_data.plugin_name == "pr_curves":
                v.tensor.float_val[0] += 1
            elif kind == "tensors" and v.tag == "weights/matrix":
                v.tensor.double_val[0] += 1

    return edit


@pytest.mark.parametrize("kind", ["points", "histograms", "media", "texts", "curves", "tensors"])
def test_a_changed_value_of_any_kind_is_found(kind, samples, read, tmp_path):
    """A file that was changed behind the store's back, with right checksums and the same size, differs in that kind."""
    folder = shutil.copytree(samples / "torch_kinds", tmp_path / "run")
    read(folder)
    (path,) = folder.glob("events*")
    path.write_bytes(_rewritten(path.read_bytes(), _edit(kind)))
    found = package.verify_event_files(folder, tmp_path / "store")
    assert {d.kind for d in found.differences} == {kind}
    assert all("in the store" in d.what for d in found.differences)


def test_what_lies_beyond_damage_is_counted_not_blamed(samples, read, tmp_path):
    """TensorBoard stops at the first bad record; what the store has of the rest is more, not different."""
    folder = shutil.copytree(samples / "tensorboardx_kinds", tmp_path / "run")
    (path,) = folder.glob("events*")
    data = bytearray(path.read_bytes())
    data[400] ^= 255
    path.write_bytes(data)
    read(folder)
    found = package.verify_event_files(folder, tmp_path / "store")
    assert found.same
    assert found.beyond["points"] > 10


def test_the_command_and_its_exit_codes(runlift, runlift_json, lab, tmp_path, records):
    """0 when all is the same; 1 with what differs; 2 where there is nothing to compare or no store."""
    store = ("--store", tmp_path / "s")
    runlift("verify", lab, *store, code=2)
    runlift("ingest", lab, *store)
    assert "All the same." in runlift("verify", lab, *store).stdout
    (tmp_path / "empty").mkdir()
    assert "no event file" in runlift("verify", tmp_path / "empty", *store, code=2).stderr
    path = next((lab / "run0").iterdir())
    with path.open("ab") as f:
        f.write(records.scalar("loss", 10, 0.5))
    records.write(lab / "new", records.series("loss", range(3)))
    found = runlift_json("verify", lab, *store, code=1)
    assert [d["kind"] for d in found["differences"]] == ["source", "source"]
    assert "runlift ingest reads on" in found["differences"][1]["what"]
    runlift("ingest", lab, *store)
    assert runlift_json("verify", lab, *store)["compared"] == {"points": 34}


def test_the_witness_uses_none_of_our_decoder():
    """The module that reads the truth imports nothing of the parsers or of the wire."""
    import runlift.verification.event_truth as truth

    with open(truth.__file__, encoding="utf-8") as f:
        text = f.read()
    assert "runlift.parsers" not in text
    assert "runlift.wire" not in text
