"""From paths to runs: discover, recognise, guard, identity, join, normalise, steps, ledger.

``runlift.ingest`` is this folder and the public function of the same name (``runlift.pipeline.ingest``): Python puts a
sub-package into its parent under its name, so the package itself can be called.
"""

from __future__ import annotations

import sys
import types
from typing import Any


class _Room(types.ModuleType):
    def __call__(self, *args: Any, **options: Any) -> Any:
        """Read everything under some paths into a store; see ``runlift.pipeline.ingest``."""
        from runlift.pipeline import ingest  # noqa: PLC0415 - the pipeline imports this package

        return ingest(*args, **options)


sys.modules[__name__].__class__ = _Room
