# ruff: noqa: E501 - printed lines stand whole here
"""Samples of reinforcement-learning tools, written from their own format strings: ``python written_agents.py spinningup``."""

import sys

from written_frameworks import at, fall, rise


def spinningup():
    """Spinning Up's EpochLogger (spinup/utils/logx.py, dump_tabular)."""
    yield "\x1b[32;1mLogging data to out/progress.txt\x1b[0m"
    for k in range(5):
        yield "-" * 39
        rows = [("Epoch", k), ("AverageEpRet", 20 + 5 * k), ("StdEpRet", 8.5 + k / 10), ("EpLen", 20 + 5 * k),
                ("AverageVVals", 3.1 * rise(k)), ("TotalEnvInteracts", 4000 * (k + 1)), ("LossPi", -fall(k, 0.02)),
                ("LossV", fall(k, 200)), ("KL", fall(k, 0.01)), ("Time", 3.25 * (k + 1))]  # fmt: skip
        for key, value in rows:
            yield f"| {key:>15s} | {f'{value:8.3g}':>15s} |"
        yield "-" * 39


def pymarl():
    """PyMARL (src/utils/logging.py, print_recent_stats) under Sacred."""
    for k in range(1, 7):
        yield f"[INFO {at(k):%H:%M:%S}] my_main Recent Stats | t_env: {10_000 * k:10} | Episode: {250 * k:8}"
        items = {"ep_length_mean": 30.5 + k, "epsilon": 1 - k / 10, "grad_norm": fall(k, 3), "loss": fall(k, 0.5), "return_mean": 10 * rise(k),
                 "target_mean": rise(k), "td_error_abs": fall(k, 0.2), "test_return_mean": 11 * rise(k)}  # fmt: skip
        cells = [f"{name + ':':<25}{f'{value:.4f}':>8}" for name, value in sorted(items.items())]
        for i in range(0, len(cells), 4):
            yield "\t".join(cells[i : i + 4])
        yield f"[INFO {at(k):%H:%M:%S}] my_main t_env: {10_000 * k} / 100000"
        yield f"[INFO {at(k):%H:%M:%S}] my_main Estimated time left: 1 hours, {20 - k} minutes, 3 seconds. Time passed: {k} minutes, 2 seconds"


if __name__ == "__main__":
    print("\n".join(globals()[sys.argv[1]]()))
