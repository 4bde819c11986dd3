"""``runlift verify`` of a destination: what was moved is compared again, later, and a change there is found."""

from __future__ import annotations

import runlift as rl


def test_what_was_moved_can_be_verified_later(lab, tmp_path, runlift):
    """All is equal after a push; when the destination loses an event file, the exit code and the line say so."""
    rl.ingest(lab, tmp_path / "s")
    rl.export("tensorboard", tmp_path / "tb", tmp_path / "s", runs="name~run")
    said = runlift("verify", tmp_path / "tb", "--store", tmp_path / "s").stdout
    assert said.count("equal") == 3
    next((tmp_path / "tb").rglob("events.out.tfevents*")).unlink()
    assert "different" in runlift("verify", tmp_path / "tb", "--store", tmp_path / "s", code=1).stdout
