"""The workbook: 200,000 rows by 12 columns from a store, beside pandas with openpyxl on the same frame.

    .venv/bin/python benchmarks/workbook.py [--rows 200000] [--columns 12]

Prints CPU seconds (user and system, of a process of its own) and the highest resident memory of each, and their ratio.
"""

from __future__ import annotations

import argparse
import os
import resource
import subprocess
import sys
import tempfile


def make(folder: str, rows: int, columns: int) -> str:
    """A store of ``columns`` runs of one metric with ``rows`` steps each, the same every time."""
    import numpy as np
    import pandas as pd

    import runlift

    rng = np.random.default_rng(7)
    lab = os.path.join(folder, "lab")
    os.makedirs(lab)
    for run in range(columns):
        values = np.exp(-np.arange(rows) / rows * 3) + rng.normal(0, 0.01, rows)
        pd.DataFrame({"step": np.arange(rows), "loss": values}).to_csv(os.path.join(lab, f"run{run}.csv"), index=False)
    runlift.ingest(lab, os.path.join(folder, "store"))
    return os.path.join(folder, "store")


def ours(store: str, path: str) -> None:
    """The export as a user calls it, on the command line."""
    from runlift.cli.main import cli

    cli.main(["export", "xlsx", path, "--store", store], standalone_mode=False)


def plain(store: str, path: str) -> None:
    """The same frame through pandas and openpyxl."""
    import runlift

    with runlift.open(store) as opened:
        frame = opened.sql("PIVOT (SELECT step, run_id, value FROM history) ON run_id USING first(value) ORDER BY step")
    frame.to_excel(path, engine="openpyxl", index=False)


def most_memory() -> float:
    """MiB of this process at most. Not ``ru_maxrss``, which a child takes over from the process that started it."""
    with open("/proc/self/status", encoding="ascii") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmHWM")) / 1024


def measured(way: str, store: str, path: str) -> tuple[float, float]:
    """(CPU seconds, MiB at most) of a process that does it."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    out = subprocess.run(
        [sys.executable, __file__, "--way", way, store, path], check=True, capture_output=True, text=True
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return cpu, float(out.stdout.split()[-1])


def main() -> None:
    """Make the store, measure both, print."""
    if "--way" in sys.argv:
        way, store, path = sys.argv[2:5]
        {"ours": ours, "plain": plain}[way](store, path)
        print(most_memory())
        return
    parser = argparse.ArgumentParser()
    parser.add_argument("--rows", type=int, default=200_000)
    parser.add_argument("--columns", type=int, default=12)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        store = make(folder, wanted.rows, wanted.columns)
        found = {way: measured(way, store, os.path.join(folder, f"{way}.xlsx")) for way in ("ours", "plain")}
    print(f"{wanted.rows:,} rows x {wanted.columns} columns")
    for way, (cpu, most) in found.items():
        print(f"  {way:6} {cpu:6.1f} CPU s  {most:6.0f} MiB")
    print(
        f"  plain / ours: {found['plain'][0] / found['ours'][0]:.1f} x CPU, {found['plain'][1] / found['ours'][1]:.1f} x memory"
    )


if __name__ == "__main__":
    main()
