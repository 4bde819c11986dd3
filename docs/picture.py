"""Draws docs/images/terminal.svg: the commands of the README run on the example lab, their own output as it is.

.venv/bin/python docs/picture.py
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.text import Text

ROOT = Path(__file__).resolve().parent.parent
WIDTH = 138
COMMANDS = (
    ["ingest", "examples/legacy-lab"],
    ["leaderboard", "val/acc"],
    ["trace", "resnet-lr0.1", "val/acc@144"],
    ["sql", "SELECT name, metric, last FROM metrics JOIN runs USING (run_id) WHERE isnan(last)"],
)


def main() -> None:
    """Run the commands and draw what they print."""
    console = Console(record=True, width=WIDTH, file=io.StringIO(), legacy_windows=False)
    with tempfile.TemporaryDirectory() as folder:
        env = {**os.environ, "RUNLIFT_STORE": os.path.join(folder, "runlift-store"), "COLUMNS": str(WIDTH)}
        for command in COMMANDS:
            done = subprocess.run(
                [sys.executable, "-m", "runlift", *command],
                cwd=ROOT,
                env=env,
                capture_output=True,
                text=True,
                check=False,
            )
            shown = " ".join(f'"{w}"' if " " in w else w for w in command)
            console.print(Text(f"$ runlift {shown}", style="bold green"))
            text = done.stdout.replace(f"{folder}/", "").replace(f"{ROOT}/", "").rstrip()
            console.print(Text("\n".join(line.rstrip() for line in text.splitlines())))
            console.print()
    picture = re.sub(
        r"@font-face \{.*?\}", "", console.export_svg(title="runlift"), flags=re.DOTALL
    )  # no fonts from afar
    (ROOT / "docs" / "images" / "terminal.svg").write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
