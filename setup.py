"""Compiled kernels: optional, so that an install without a compiler still succeeds (``runlift doctor`` says so)."""

import os
from glob import glob

from setuptools import Extension, setup

KERNELS = {"runlift.wire._events": "runlift/wire/_events.c", "runlift.wire._lines": "runlift/wire/_lines.c"}

setup(
    ext_modules=[
        Extension(name, [path], optional=True, depends=glob("runlift/wire/*.h"), extra_compile_args=["-O3", "-std=c11"])
        for name, path in KERNELS.items()
        if os.path.exists(path)
    ],
)
