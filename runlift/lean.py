"""What a command leaves unloaded: pyarrow loads pandas at its first array, only to see whether it was given a frame.

That is an eighth of a second and 45 MB of each command. Only a command may hold it back: in a user's own process pyarrow
would then take their frames for plain sequences.
"""

from __future__ import annotations

import sys
from typing import Any


class _Refuse:
    """A finder that knows no pandas."""

    @staticmethod
    def find_spec(name: str, *_: Any) -> None:
        if name == "pandas":
            raise ImportError(name)


def hold_back_pandas() -> None:
    """Let pyarrow do without pandas until a frame is asked of it; then it loads pandas after all."""
    if "pandas" in sys.modules:
        return
    import pyarrow as pa  # noqa: PLC0415 - slow to import

    sys.meta_path.insert(0, _Refuse)
    try:
        pa.lib._pandas_api.have_pandas  # noqa: B018, SLF001 - it asks once and remembers the answer
        pa.scalar("")  # its compiled part asks for itself
    finally:
        sys.meta_path.remove(_Refuse)
