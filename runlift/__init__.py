"""Reads the machine-learning experiments that you already have into one store of runs.

>>> import runlift
>>> callable(runlift.ingest)
True

What stands in ``__all__`` is the public interface; nothing else is.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"

_LAZY = {
    "ingest": "runlift.pipeline",
    "scan": "runlift.pipeline",
    "open": "runlift.api",
    "export": "runlift.api",
    "RunStore": "runlift.api",
    "read_tensorboard": "runlift.tensorboard_frames",
    "verify_event_files": "runlift.verification.event_files",
    "VerifyReport": "runlift.verification.report",
    "IngestOptions": "runlift.options",
    "IngestReport": "runlift.reports",
    "RunliftError": "runlift.errors",
    "Issue": "runlift.facts",
}

__all__ = [
    "IngestOptions",
    "IngestReport",
    "Issue",
    "RunStore",
    "RunliftError",
    "VerifyReport",
    "__version__",
    "export",
    "ingest",
    "open",
    "read_tensorboard",
    "scan",
    "verify_event_files",
]

if TYPE_CHECKING:
    from runlift.api import RunStore, export, open  # noqa: A004 - runlift.open reads as it is meant
    from runlift.errors import RunliftError
    from runlift.facts import Issue
    from runlift.options import IngestOptions
    from runlift.pipeline import ingest, scan
    from runlift.reports import IngestReport
    from runlift.tensorboard_frames import read_tensorboard
    from runlift.verification.event_files import verify_event_files
    from runlift.verification.report import VerifyReport


def __getattr__(name: str) -> Any:
    """Import a public name when it is first asked for, so that ``import runlift`` stays quick."""
    import importlib  # noqa: PLC0415 - the point of this function

    if name not in _LAZY:
        raise AttributeError(f"module 'runlift' has no attribute {name!r}")
    return getattr(importlib.import_module(_LAZY[name]), name)


def __dir__() -> list[str]:
    return __all__
