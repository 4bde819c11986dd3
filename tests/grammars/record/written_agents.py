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


if __name__ == "__main__":
    print("\n".join(globals()[sys.argv[1]]()))
