# ruff: noqa: E501 - printed lines and expressions stand whole here
"""Training logs from file to store, beside Python ``re``, mawk, polars and Lark per line on the same file.

    .venv/bin/python benchmarks/text_logs.py [--megabytes 100] [--rounds 3]

Makes six logs of known and unknown formats, the same every time, with a line of noise in forty. Prints megabytes per CPU
second (user and system, of a process of its own and its children, imports and start-up included), each as the median of
the rounds, and the peers' rate against ours. Peers are given the right expression and only sum the numbers up; ours is
told nothing and writes a store. polars and mawk are left out where they are not installed.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

NOISE = (
    "Saving checkpoint to out/latest.pt",
    "WARNING: gradient overflow, skipping update",
    "loading shard part-of-the-data done",
)


@dataclass(frozen=True)
class Format:
    """A log format: its lines, whether a grammar knows it, the peers' expression."""

    name: str
    known: bool
    line: Callable[[int, random.Random], str]
    expression: str


def _detr(k: int, r: random.Random) -> str:
    e, i = divmod(k, 5000)
    return (
        f"Epoch: [{e}]  [{i:4d}/5000]  eta: 0:{59 - i * 60 // 5001:02d}:{r.randrange(60):02d}  lr: 0.000100  loss: {r.random():.4f} ({r.random():.4f})  "
        f"loss_ce: {r.random():.4f} ({r.random():.4f})  time: 0.5{r.randrange(1000):03d}  data: 0.0{r.randrange(1000):03d}  max mem: 4071"
    )


def _imagenet(k: int, r: random.Random) -> str:
    e, i = divmod(k, 5000)
    return (
        f"Epoch: [{e}][{i:4d}/5000]\tTime  {r.random():.3f} ( {r.random():.3f})\tData  {r.random():.3f} ( {r.random():.3f})\t"
        f"Loss {r.random():.4e} ({r.random():.4e})\tAcc@1  {r.uniform(10, 99):.2f} ( {r.uniform(10, 99):.2f})\tAcc@5  {r.uniform(10, 99):.2f} ( {r.uniform(10, 99):.2f})"
    )


def _megatron(k: int, r: random.Random) -> str:
    return (
        f" iteration {k:8d}/ 9999999 | consumed samples: {256 * k:12d} | elapsed time per iteration (ms): {r.uniform(400, 600):.1f} | "
        f"learning rate: {r.random():.6E} | global batch size:   256 | lm loss: {r.random():.6E} | loss scale: 1.0 | grad norm: {r.random():.3f} |"
    )


def _fairseq(k: int, r: random.Random) -> str:
    return (
        f'2026-11-25 10:{k // 60 % 60:02d}:{k % 60:02d} | INFO | train_inner | {{"epoch": {k // 5000}, "update": {k / 5000:.3f}, "loss": "{r.random():.3f}", '
        f'"nll_loss": "{r.random():.3f}", "ppl": "{r.random():.2f}", "wps": "{r.uniform(1e4, 4e4):.1f}", "num_updates": "{k}", "lr": "{r.random():g}", "gnorm": "{r.random():.3f}"}}'
    )


def _pairs(k: int, r: random.Random) -> str:
    return (
        f"2026-11-25 10:{k // 60 % 60:02d}:{k % 60:02d},{r.randrange(1000):03d} trainer INFO [upd {k}] policy_loss={r.random():.6f}, value_loss={r.random():.6f}, "
        f"entropy={r.random():.4f}, kl={r.random():.5f}, reward={r.uniform(-5, 5):.3f}, fps={r.randrange(1000, 9000)}"
    )


def _sentences(k: int, r: random.Random) -> str:
    return f"After {k} updates the training loss is {r.random():.6f} and the validation accuracy is {r.random():.4f} (lr {r.random():.3e})"


N = r"([-+]?\d+\.?\d*(?:[eE][-+]?\d+)?)"
FORMATS = (
    Format("detr", True, _detr, rf"^Epoch: \[{N}\]  \[ *{N}/.*lr: {N}  loss: {N} \({N}\)  loss_ce: {N} \({N}\)  time: {N}  data: {N}  max mem: {N}"),
    Format("imagenet", True, _imagenet, rf"^Epoch: \[{N}\]\[ *{N}/\d+\]\tTime +{N} \( *{N}\)\tData +{N} \( *{N}\)\tLoss {N} \({N}\)\tAcc@1 +{N} \( *{N}\)\tAcc@5 +{N} \( *{N}\)"),
    Format("megatron", True, _megatron, rf"^ iteration +{N}/.*consumed samples: +{N} .*\(ms\): {N} .*rate: {N} .*size: +{N} .*lm loss: {N} .*scale: {N} .*norm: {N} "),
    Format("fairseq", True, _fairseq, rf'"epoch": {N}, "update": {N}, "loss": "{N}", "nll_loss": "{N}", "ppl": "{N}", "wps": "{N}", "num_updates": "{N}", "lr": "{N}", "gnorm": "{N}"'),
    Format("pairs", False, _pairs, rf"\[upd {N}\] policy_loss={N}, value_loss={N}, entropy={N}, kl={N}, reward={N}, fps={N}"),
    Format("sentences", False, _sentences, rf"After {N} updates the training loss is {N} and the validation accuracy is {N} \(lr {N}\)"),
)  # fmt: skip


def make(path: str, kind: Format, size: int) -> int:
    """Write a log of about ``size`` bytes; gives its exact size."""
    rng = random.Random(7)
    sample = [kind.line(k, rng) + "\n" for k in range(200_000)]
    written = k = 0
    with open(path, "w", encoding="utf-8") as f:
        while written < size:
            line = kind.line(k, rng) + "\n" if len(sample) < 200_000 or k >= 200_000 else sample[k]
            if k % 40 == 39:
                line = NOISE[k // 40 % 3] + "\n"
            f.write(line)
            written += len(line)
            k += 1
    return os.path.getsize(path)


RE = """
import re, sys
e, s = re.compile(sys.argv[2]), 0.0
for line in open(sys.argv[1]):
    m = e.search(line)
    if m:
        for g in m.groups(): s += float(g)
print(s)
"""
POLARS = """
import sys, polars as pl
lines = open(sys.argv[1]).read().split("\\n")
found = pl.DataFrame({"x": lines}).select(pl.col("x").str.extract_groups(sys.argv[2])).unnest("x")
print(found.select(pl.all().cast(pl.Float64, strict=False).sum()).row(0))
"""
LARK = """
import sys
from lark import Lark
p = Lark(r'''
start: (WORD | NUMBER | MARK)*
NUMBER.2: /[-+]?[0-9]+(\\.[0-9]+)?([eE][-+]?[0-9]+)?/
WORD: /[A-Za-z_]+/
MARK: /[^A-Za-z_0-9\\s]/
%ignore /\\s+/
''', parser="lalr")
s = 0.0
for line in open(sys.argv[1]):
    for t in p.parse(line).children:
        if t.type == "NUMBER": s += float(t)
print(s)
"""


MAWK = '{gsub(/[^0-9.eE+ -]+/, " "); for (i = 1; i <= NF; i++) s += $i} END {print s}'


def cpu(command: list[str]) -> tuple[float, float]:
    """CPU seconds of a command and its children, and the highest resident memory of one of them in MiB."""
    compiled = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}  # as an installed package is
    child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=compiled)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode not in (0, 1):
        raise SystemExit(f"exit code {child.returncode}: {command[:6]}")
    return used.ru_utime + used.ru_stime, used.ru_maxrss / 1024


def ours(path: str, folder: str) -> tuple[float, float]:
    """``runlift ingest`` as a user calls it, into a new store, in one process."""
    store = os.path.join(folder, "store")
    shutil.rmtree(store, ignore_errors=True)
    return cpu([sys.executable, "-m", "runlift", "ingest", path, "--store", store, "--jobs", "1"])


def peers(kind: Format, path: str, folder: str) -> Iterator[tuple[str, str, list[str]]]:
    """Name, file and command of each peer; Lark gets two megabytes, for it is slow."""
    yield "re", path, [sys.executable, "-c", RE, path, kind.expression]
    if shutil.which("mawk"):
        yield "mawk", path, ["mawk", MAWK, path]
    if subprocess.run([sys.executable, "-c", "import polars"], capture_output=True, check=False).returncode == 0:
        yield "polars", path, [sys.executable, "-c", POLARS, path, kind.expression]
    small = os.path.join(folder, "small.log")
    with open(path, "rb") as f, open(small, "wb") as g:
        g.write(f.read(2_000_000).rsplit(b"\n", 1)[0])
    yield "lark", small, [sys.executable, "-c", LARK, small]


def main() -> None:
    """Measure and print."""
    p = argparse.ArgumentParser(description=__doc__)
    p.add_argument("--megabytes", type=int, default=100)
    p.add_argument("--rounds", type=int, default=3)
    p.add_argument("--formats", nargs="*", default=[f.name for f in FORMATS])
    a = p.parse_args()
    print(f"{'log':10} {'grammar':8} {'MB':>5} {'runlift':>14} {'peak MiB':>9}   peers: MB per CPU second (times ours)")
    for kind in (f for f in FORMATS if f.name in a.formats):
        with tempfile.TemporaryDirectory() as folder:
            path = os.path.join(folder, f"{kind.name}.log")
            size = make(path, kind, a.megabytes * 1_000_000)
            runs = [ours(path, folder) for _ in range(a.rounds)]
            rate = size / 1e6 / statistics.median(c for c, _ in runs)
            said = []
            for name, file, command in peers(kind, path, folder):
                other = (
                    os.path.getsize(file) / 1e6 / statistics.median(cpu(command)[0] for _ in range(min(a.rounds, 3)))
                )
                said.append(f"{name} {other:.1f} ({other / rate:.2f})")
            known = "known" if kind.known else "none"
            print(
                f"{kind.name:10} {known:8} {size / 1e6:5.0f} {rate:9.1f} MB/s {max(m for _, m in runs):9.0f}   {', '.join(said)}",
                flush=True,
            )


if __name__ == "__main__":
    main()
