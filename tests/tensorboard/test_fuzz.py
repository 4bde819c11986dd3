"""The kernel under sanitizers: mutated event files make it read no byte that is not its own."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

FUZZ = Path(__file__).parent / "fuzz" / "fuzz_events.c"
SANITIZE = ["-std=c11", "-O1", "-g", "-fno-sanitize-recover=all", "-Wall", "-Wextra"]
LARGEST_SAMPLE = 20_000


def _built(tmp_path: Path) -> tuple[Path, str]:
    """The harness, compiled with libFuzzer where clang has it, else with its own driver; skips where neither works."""
    program = tmp_path / "fuzz_events"
    ways = [
        ("clang", ["-fsanitize=fuzzer,address,undefined"]),
        ("gcc", ["-fsanitize=address,undefined", "-DOWN_DRIVER"]),
    ]
    said = []
    for compiler, flags in ways:
        if shutil.which(compiler) is None:
            said.append(f"no {compiler}")
            continue
        command = [compiler, *SANITIZE, *flags, "-o", str(program), str(FUZZ)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode == 0:
            return program, compiler
        said.append(f"{compiler}: {done.stderr.strip()[-300:]}")
    if any("fuzz_events.c" in s or "_event_walk.h" in s for s in said):
        pytest.fail("; ".join(said))
    pytest.skip(f"the kernel cannot be compiled with sanitizers here: {'; '.join(said)}")
    return program, ""


def test_a_short_run_finds_no_fault(samples, tmp_path):
    """Some hundred thousand mutations of the recorded files, raw, with mended checksums, and as single payloads."""
    program, compiler = _built(tmp_path)
    files = sorted(str(p) for p in samples.rglob("*tfevents*") if p.is_file() and p.stat().st_size < LARGEST_SAMPLE)
    if compiler == "clang":
        corpus = tmp_path / "corpus"
        corpus.mkdir()
        for i, f in enumerate(files):
            (corpus / str(i)).write_bytes(bytes([i % 12]) + Path(f).read_bytes())
        command = [str(program), "-runs=100000", "-seed=7", "-max_len=30000", "-max_total_time=15", str(corpus)]
    else:
        command = [str(program), "150000", "7", *files]
    done = _run(command, leaks=1)
    if "LeakSanitizer has encountered a fatal error" in done.stderr:  # it cannot trace this process, as under ptrace
        done = _run(command, leaks=0)
    assert done.returncode == 0, done.stderr[-3000:]


def _run(command: list[str], *, leaks: int) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "ASAN_OPTIONS": f"detect_leaks={leaks}"}
    return subprocess.run(command, capture_output=True, text=True, check=False, env=env)
