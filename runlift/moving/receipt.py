"""The receipt of a move: a JSON file, and a line a run."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import re
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

from runlift import __version__
from runlift.moving.prepare import loss_table
from runlift.moving.verify import DIFFERENT

if TYPE_CHECKING:
    from runlift.moving.target import MovingTarget
    from runlift.moving.verify import RunReceipt


@dataclass(slots=True)
class Receipt:
    """What was compared, with which result, under which stated losses. Holds no credentials."""

    target: str
    dest: str
    runs: list[RunReceipt]
    losses: list[dict[str, str]] = field(default_factory=list)
    compared_at: str = ""
    runlift_version: str = __version__

    @property
    def unexplained(self) -> int:
        """Differences that no stated loss explains."""
        return sum(r.n_different for r in self.runs)

    def lines(self) -> list[str]:
        """A line a run, the different ones last."""
        return [r.line() for r in sorted(self.runs, key=lambda r: r.verdict == DIFFERENT)]

    def write(self, path: str) -> None:
        """Write it as JSON, whole or not at all. OSError where it cannot be written."""
        part = f"{path}.part"
        with open(part, "w", encoding="utf-8") as file:
            json.dump(asdict(self), file, ensure_ascii=False, indent=1)
        os.replace(part, path)


def receipt(target: MovingTarget, dest: str, runs: list[RunReceipt]) -> Receipt:
    """The receipt of these comparisons, with the rows of the loss table that they met."""
    met = {code for r in runs for code in r.losses}
    table: list[dict[str, Any]] = [asdict(loss) for loss in loss_table(target) if loss.code in met]
    now = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return Receipt(target.name, without_credentials(dest), runs, table, now)


def without_credentials(dest: str) -> str:
    """An address without the user and password that it may hold."""
    return re.sub(r"(?<=://)[^/@]*@", "", dest)


def receipt_path(target: str, dest: str) -> str:
    """Where a receipt goes by default: beside a local destination, for a server in the working folder."""
    if "://" not in dest:
        return os.path.abspath(dest).rstrip(os.sep) + ".receipt.json"
    where = re.sub(r"[^\w.\-]+", "-", without_credentials(dest).split("://", 1)[1]).strip("-")[:60]
    digest = hashlib.sha256(dest.encode()).hexdigest()[:8]
    return f"runlift-receipt-{target}-{where}-{digest}.json"
