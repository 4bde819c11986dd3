"""What a command leaves unloaded: pyarrow loads pandas at its first array, only to see whether it was given a frame.

That is an eighth of a second and 45 MB of each command that needs pyarrow. Only a command may hold it back: in a user's
own process pyarrow would then take their frames for plain sequences.
"""

from __future__ import annotations

import importlib.util
import sys
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from importlib.machinery import ModuleSpec
    from types import ModuleType


class _WhenLoaded:
    """A finder that finds pyarrow as ever, but lets it do without pandas from its first moment on."""

    def find_spec(self, name: str, *_: Any) -> ModuleSpec | None:
        if name != "pyarrow":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(name)
        loader: Any = spec.loader if spec else None
        if loader is not None and "pandas" not in sys.modules:
            load = loader.exec_module

            def load_and_ask(module: ModuleType) -> None:
                load(module)
                _ask_in_vain(module)

            loader.exec_module = load_and_ask
        return spec


class _Refuse:
    """A finder that knows no pandas."""

    @staticmethod
    def find_spec(name: str, *_: Any) -> None:
        if name == "pandas":
            raise ImportError(name)


def _ask_in_vain(pyarrow: Any) -> None:
    sys.meta_path.insert(0, _Refuse)
    try:
        pyarrow.lib._pandas_api.have_pandas  # noqa: B018, SLF001 - it asks once and remembers the answer
        pyarrow.scalar("")  # its compiled part asks for itself
    finally:
        sys.meta_path.remove(_Refuse)


def hold_back_pandas() -> None:
    """Let pyarrow, once it is needed, do without pandas until a frame is asked of it; then it loads pandas after all."""
    if "pyarrow" not in sys.modules:
        sys.meta_path.insert(0, _WhenLoaded())
