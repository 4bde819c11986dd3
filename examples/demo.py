"""Reads the lab in examples/legacy-lab into a fresh store, asks it a few questions and writes a workbook.

Run it from the root of the checkout: python examples/demo.py
"""

import shlex
import shutil
import subprocess
import sys
from pathlib import Path

FOLDER = Path("runlift-demo")
STORE, WORKBOOK = FOLDER / "store", FOLDER / "runs.xlsx"
QUESTION = (
    "SELECT r.name, p.value AS lr, round(m.last, 4) AS final_val_acc FROM runs r JOIN metrics m USING (run_id) "
    "JOIN params p USING (run_id) WHERE m.metric = 'val/acc' AND p.key = 'optimizer.lr' ORDER BY m.last DESC"
)


def runlift(*words: str, losses_are_fine: bool = False) -> None:
    """Prints the command line, runs it, and ends the demo if it failed."""
    shown = [f'"{w}"' if "'" in w else shlex.quote(w) for w in words]
    print("\n$ runlift", *shown, flush=True)
    code = subprocess.run([sys.executable, "-m", "runlift", *words], check=False).returncode
    if code > (1 if losses_are_fine else 0) or code < 0:
        sys.exit(code if code > 0 else 2)


def main() -> None:
    """The five steps."""
    lab = Path("examples/legacy-lab")
    if not lab.is_dir():
        sys.exit("Run this from the root of the checkout: python examples/demo.py")
    shutil.rmtree(FOLDER, ignore_errors=True)
    FOLDER.mkdir()
    store = ("--store", str(STORE))
    runlift("ingest", str(lab), *store, losses_are_fine=True)  # 1: done, with losses that are listed
    runlift("runs", *store)
    runlift("compare", "resnet-lr0.1", "resnet-lr0.01", *store)
    runlift("sql", QUESTION, *store)
    runlift("export", "xlsx", str(WORKBOOK), *store)
    print(f"\nThe workbook is {WORKBOOK.resolve()}; the store is {STORE.resolve()}.")


if __name__ == "__main__":
    main()
