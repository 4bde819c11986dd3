"""The number read is the number printed; what is no number of a metric stays out."""

from __future__ import annotations

import math

import pytest


@pytest.mark.parametrize(
    ("printed", "value"),
    [
        ("0.5", 0.5), (".5", 0.5), ("1,234.5", 1234.5), ("12,345,678", 12345678.0), ("1.2e-3", 0.0012), ("1.279022E+01", 12.79022),
        ("-0.25", -0.25), ("+3", 3.0), ("7", 7.0), ("0.1234567890123456789", 0.12345678901234568), ("1e300", 1e300),
        ("9007199254740993", 9007199254740993.0), ("12.5%", 12.5),
    ],
)  # fmt: skip
def test_numbers_as_printed(read, printed, value):
    """A loss is read to the last digit that a double holds, whatever the notation."""
    got = read("".join(f"epoch {k} loss: {printed}\n" for k in range(3)))
    assert got["loss"]["value"] == [value] * 3


@pytest.mark.parametrize(
    ("printed", "value"), [("nan", math.nan), ("NaN", math.nan), ("inf", math.inf), ("-inf", -math.inf)]
)
def test_numbers_that_are_not_finite(read, printed, value):
    """NaN and infinities are values."""
    got = read(f"epoch 1 loss: 0.5\nepoch 2 loss: {printed}\n")["loss"]["value"][1]
    assert math.isnan(got) if math.isnan(value) else got == value


def test_minus_zero_stays(read):
    """-0 keeps its sign."""
    assert math.copysign(1, read("step 1 loss=-0.0\nstep 2 loss=0.1\n")["loss"]["value"][0]) == -1


def test_a_step_in_thousands(read):
    """25K steps are 25,000."""
    got = read("".join(f"step:{k}K loss:{0.5 / k} grad:0.1\n" for k in (1, 25, 300)))
    assert got["loss"]["step"] == [1000, 25000, 300000]


def test_quoted_numbers(read):
    """Numbers in quotes inside of a dict are numbers."""
    got = read("".join(f"{{'loss': '{0.5 / k}', 'step': '{k}'}}\n" for k in (1, 2, 4)))
    assert got["loss"]["value"] == [0.5, 0.25, 0.125]


@pytest.mark.parametrize(
    "line",
    [
        "torch version 2.1.0, CUDA 12.1",
        "listening on 192.168.0.17:8080",
        "tensor of size torch.Size([64, 3, 224, 224]) on cuda:0",
        "ETA: 1:02:03, elapsed 0:10:00",
        "checkpoint 0x7f3a2c00 saved, md5 d41d8cd98f00b204e9800998ecf8427e",
        "processed 1000 of 5000 files",
        "2026-11-25 10:00:00 backup done",
        "Downloading: 45%|████      | 45/100 [00:10<00:12,  4.5MB/s]",
        "GPU 0: 40536 MiB / 81920 MiB, 87C",
        "world size 8, rank 3, port 29500",
    ],
)
def test_what_is_no_metric_stays_out(read, line):
    """Versions, addresses, sizes, ETAs, hashes, counters and machine readings alone are not made into metrics."""
    lines = [line.replace("1000", str(1000 + k)).replace("45", str(45 + k)) for k in range(5)]
    assert read("\n".join(lines) + "\n").names == []


def test_machine_readings_beside_metrics_are_kept_as_such(read):
    """A rate or memory reading beside a loss is kept; the ETA is not."""
    got = read("".join(f"step {k} loss 0.{k} lr 0.00{k} eta: 0:10:0{k}\n" for k in range(1, 5)))
    assert got.names == ["loss", "lr"]
