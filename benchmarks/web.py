"""The app at scale: pages of 100,000 runs, a series of a million points, charts of 50 runs with 10,000 points each.

    .venv/bin/python benchmarks/web.py [--runs 100000] [--points 1000000]

Times of answers are those of the application itself (a client in the same process); times of drawing are a real Chromium's,
from the data in hand to the second frame after. Medians of seven, milliseconds. Moving along a chart with the mouse is
measured frame by frame at Chromium's 60 a second: one that comes half a frame late or more was dropped.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import tempfile
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

FRAME_MS = 1000 / 60
DRAW = """async ([metric, ids]) => {
    const lines = await window.runlift.provider.lines(metric, ids);
    const times = [];
    for (let i = 0; i < 7; i++) {
        const box = document.createElement("div");
        box.style.width = "900px";
        document.body.append(box);
        const began = performance.now();
        window.runlift.draw(box, metric, lines);
        await new Promise(r => requestAnimationFrame(() => requestAnimationFrame(r)));
        times.push(performance.now() - began);
        box.remove();
    }
    return times;
}"""
PAN = """async ([metric, ids]) => {
    const lines = await window.runlift.provider.lines(metric, ids);
    const end = Math.max(...lines.map(l => l.x[l.x.length - 1]));
    const box = document.createElement("div");
    box.style.width = "900px";
    document.body.prepend(box);
    window.runlift.draw(box, metric, lines, [end / 3, end * 2 / 3]);
    const frame = () => new Promise(requestAnimationFrame);
    for (let i = 0; i < 30; i++) await frame();
    const over = box.querySelector(".u-over").getBoundingClientRect();
    const mouse = (kind, x) => document.elementFromPoint(over.left + 450, over.top + 40).dispatchEvent(
        new MouseEvent(kind, {bubbles: true, shiftKey: true, button: 0, clientX: x, clientY: over.top + 40}));
    mouse("mousedown", over.left + 450);
    const times = [await frame()];
    const work = [];
    for (let i = 0; i < 120; i++) {
        const began = performance.now();
        mouse("mousemove", over.left + 450 + 200 * Math.sin(i / 12));
        await new Promise(r => queueMicrotask(() => queueMicrotask(r)));
        work.push(performance.now() - began);
        times.push(await frame());
    }
    mouse("mouseup", over.left + 450);
    box.remove();
    return [times.slice(1).map((t, i) => t - times[i]), work];
}"""


def make(folder: str, runs: int, points: int) -> str:
    """A store of a sheet of runs, one long run, and 50 runs of 10,000 points."""
    import numpy as np

    import runlift

    lab = os.path.join(folder, "lab")
    os.makedirs(lab)
    rng = np.random.default_rng(7)
    with open(os.path.join(lab, "sweep.csv"), "w") as f:
        f.write("run,lr,optimizer,seed,val_acc,val_loss\n")
        f.writelines(
            f"r{k:06d},{10 ** rng.uniform(-5, -1):.6g},{('adam', 'sgd')[k % 2]},{k % 10},{rng.random():.6f},{rng.random():.6f}\n"
            for k in range(runs)
        )
    _series(os.path.join(lab, "long.csv"), points, rng)
    for k in range(50):
        _series(os.path.join(lab, f"many-{k:02d}.csv"), 10_000, rng)
    runlift.ingest(lab, os.path.join(folder, "store"))
    return os.path.join(folder, "store")


def _series(path: str, points: int, rng: object) -> None:
    import numpy as np
    import pandas as pd

    x = np.arange(points)
    loss = np.exp(-x / points * 3) + rng.normal(0, 0.05, points)
    pd.DataFrame({"step": x, "loss": loss}).to_csv(path, index=False)


def median(call: Callable[[], object]) -> float:
    """Milliseconds of the median of seven calls."""
    times = []
    for _ in range(7):
        began = time.perf_counter()
        call()
        times.append(time.perf_counter() - began)
    return statistics.median(times) * 1000


def answers(store: str) -> None:
    """Times of the application's answers."""
    from starlette.testclient import TestClient

    from runlift.web.server import AppOptions, make_app

    with TestClient(make_app(AppOptions(store)), base_url="http://127.0.0.1") as client:

        def get(path: str, **values: str) -> object:
            answer = client.get(f"/api/{path}", params=values)
            assert answer.status_code == 200, answer.text
            return answer

        get("overview")
        pages = {
            "latest first": {},
            "by a metric": {"sort": "m:last:val_acc", "down": "1"},
            "filtered": {"filter": "lr<0.001 and optimizer=adam"},
            "near the end": {"offset": "90000", "sort": "p:lr"},
        }
        for name, values in pages.items():
            print(f"  page of 100, {name:23} {median(lambda v=values: get('runs', limit='100', **v)):8.1f} ms")
        run = get("runs", filter='run~"long.csv"').json()["runs"][0]["run_id"]
        client.app.state.warm.done.wait()
        began = time.perf_counter()
        get("lines", metric="loss", runs=run)
        print(f"  long series, first look              {1000 * (time.perf_counter() - began):8.1f} ms")
        shutil.rmtree(os.path.join(store, "cache"), ignore_errors=True)
        began = time.perf_counter()
        get("lines", metric="loss", runs=run)
        print(f"  long series, before it was made ready {1000 * (time.perf_counter() - began):7.1f} ms")
        print(f"  long series, later looks             {median(lambda: get('lines', metric='loss', runs=run)):8.1f} ms")
        most = get("overview").json()["metrics"]
        points = max(m["most"] for m in most if m["name"] == "loss")
        third = {"from": str(points // 3), "to": str(2 * points // 3)}
        print(
            f"  long series, a third of it               {median(lambda: get('lines', metric='loss', runs=run, **third)):8.1f} ms"
        )
        near = {"from": "200000", "to": "220000"}
        print(
            f"  long series, a stretch of 20,000     {median(lambda: get('lines', metric='loss', runs=run, **near)):8.1f} ms"
        )


def drawing(store: str) -> None:
    """Times of drawing in Chromium."""
    import subprocess
    import sys

    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    if path is None:
        print("  there is no Chromium: drawing was not measured")
        return
    command = [sys.executable, "-m", "runlift", "ui", "--store", store, "--port", "0"]
    app = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    address = app.stdout.readline().split()[-1]
    try:
        with sync_playwright() as p:
            page = p.chromium.launch(executable_path=path, args=["--no-sandbox", "--disable-gpu"]).new_page()
            page.goto(f"{address}#r=&f=run~many")
            page.wait_for_selector("html[data-ready]")
            ids = page.evaluate(
                "async () => (await window.runlift.provider.runs({filter: 'run~many', sort: 'name', down: false, offset: 0,"
                "limit: 50})).runs.map(r => r.run_id)"
            )
            times = page.evaluate(DRAW, ["loss", ids])
            print(
                f"  chart of {len(ids)} runs x 10,000 points        {statistics.median(times):8.1f} ms (first {times[0]:.0f})"
            )
            frames, work = page.evaluate(PAN, ["loss", ids])
            late = sum(f > 1.5 * FRAME_MS for f in frames)
            print(
                f"  moving along it, script                  {statistics.median(work):8.1f} ms a frame (most {max(work):.1f})\n"
                f"  moving along it, {len(frames)} frames              {statistics.median(frames):8.1f} ms a frame, {late} dropped"
            )
    finally:
        app.terminate()
        app.wait()


def main() -> None:
    """Make the store, measure, print."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--runs", type=int, default=100_000)
    parser.add_argument("--points", type=int, default=1_000_000)
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        began = time.perf_counter()
        store = make(folder, wanted.runs, wanted.points)
        print(
            f"{wanted.runs:,} runs, a series of {wanted.points:,} points, 50 of 10,000; "
            f"made and read in {time.perf_counter() - began:.0f} s"
        )
        answers(store)
        drawing(store)


if __name__ == "__main__":
    main()
