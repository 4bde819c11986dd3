"""What is installed and compiled, and how to get what is missing."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import re
from dataclasses import dataclass

KERNELS = {
    "runlift.wire._events": "event files are decoded through protobuf, about 30 times slower",
    "runlift.wire._lines": "log lines are scanned with NumPy, slower",
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing: ``state`` ok, missing or not compiled; ``needed`` when nothing works without it."""

    what: str
    state: str
    version: str = ""
    help: str = ""
    needed: bool = False


def examine() -> list[Finding]:
    """Python, the kernels, the libraries that the package needs, and those that its extras name."""
    found = [Finding("python", "ok", platform.python_version())]
    found += [_kernel(name, without) for name, without in KERNELS.items()]
    for text in importlib.metadata.requires("runlift") or []:
        found.append(_library(text))
    return found


def _kernel(name: str, without: str) -> Finding:
    if importlib.util.find_spec(name) is not None:
        return Finding(f"kernel {name.rsplit('.', 1)[1]}", "ok", "compiled")
    again = "pip install --force-reinstall --no-deps --no-cache-dir runlift"
    tip = f"{without}. Install a C compiler (apt install gcc python3-dev), then: {again}"
    return Finding(f"kernel {name.rsplit('.', 1)[1]}", "not compiled", "", tip)


def _library(requirement: str) -> Finding:
    spec, _, marker = requirement.partition(";")
    name = re.split(r"[<>=!~\[ ]", spec.strip(), maxsplit=1)[0]
    extra = re.search(r"extra\s*==\s*['\"]([^'\"]+)", marker)
    try:
        return Finding(name, "ok", importlib.metadata.version(name), needed=extra is None)
    except importlib.metadata.PackageNotFoundError:
        what = f"pip install 'runlift[{extra.group(1)}]'" if extra else f"pip install '{spec.strip()}'"
        return Finding(name, "missing", "", what, needed=extra is None)
