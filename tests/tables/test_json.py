"""JSON lines and JSON documents: records, histories, flat results, and what is broken."""

from __future__ import annotations

import json
import math

import pytest

from runlift.parsers._api import Level
from runlift.parsers.jsonl import JsonRecords


@pytest.fixture
def lines(read):
    """Reads records as JSON lines."""
    return lambda *records, name="log.jsonl", **o: read(
        JsonRecords(), "".join((r if isinstance(r, str) else json.dumps(r)) + "\n" for r in records), name, **o
    )


@pytest.fixture
def document(read):
    """Reads a value as one pretty-printed JSON document."""
    return lambda value, name="log.json", **o: read(
        JsonRecords(), value if isinstance(value, str) else json.dumps(value, indent=4), name, **o
    )


def test_lines(lines):
    """A record a line: numbers are metrics, counters are steps and epochs, positions are lines."""
    said = lines({"step": 10, "epoch": 0.5, "loss": 0.5}, {"step": 20, "epoch": 1.0, "loss": 0.25, "acc": 1})
    assert said.values("loss") == [0.5, 0.25]
    assert said.steps("acc") == [20]
    assert said.epochs("loss") == [0.5, 1.0]
    assert said.positions("loss") == [1, 2]
    assert said.metrics == ["loss", "acc"]


@pytest.mark.parametrize(
    "key", ["step", "global_step", "current_steps", "iteration", "iter", "_step", "training_iteration"]
)
def test_counters_are_no_metrics(lines, key):
    """The usual keys that count are steps."""
    said = lines({key: 5, "loss": 0.5}, {key: 6, "loss": 0.4})
    assert said.steps("loss") == [5, 6]
    assert said.metrics == ["loss"]


def test_values_are_exact(lines):
    """NaN and Infinity as Python and Ray write them, -0.0, 63-bit steps and 17 digits come out as they went in."""
    said = lines(
        '{"step": 9007199254740993, "loss": NaN}',
        '{"step": -3, "loss": -Infinity}',
        '{"step": 3, "loss": -0.0}',
        '{"step": 4, "loss": 0.0}',
        '{"step": 5, "loss": 0.30000000000000004}',
    )
    values = said.values("loss")
    assert math.isnan(values[0])
    assert values[1] == -math.inf
    assert [math.copysign(1, v) for v in values[2:4]] == [-1, 1]
    assert values[4] == 0.30000000000000004
    assert said.steps("loss")[:2] == [9007199254740993, -3]


def test_minus_zero_among_words(lines):
    """-0.0 and 0.0 stay apart in a key that also holds text."""
    said = lines(
        {"step": 1, "loss": 0.0}, {"step": 2, "loss": -0.0}, {"step": 3, "loss": "diverged"}, {"step": 4, "loss": 1}
    )
    assert [math.copysign(1, v) for v in said.values("loss")] == [1, -1, 1]
    assert said.issue("non-number").position == 3


def test_nesting_and_lists(lines):
    """Nested keys are joined by slashes, lists of numbers numbered, empty ones nothing."""
    said = lines({"step": 1, "train": {"loss": 0.5, "top": [1, 2.5]}, "bbox": [], "more": {}})
    assert said.metrics == ["train/loss", "train/top/0", "train/top/1"]


def test_records_without_counters_are_counted(lines):
    """Where no key counts, records are steps from 0, and an issue says so."""
    said = lines({"train_loss": 0.5}, {"train_loss": 0.4})
    assert said.steps("train_loss") == [0, 1]
    assert said.issue("steps-counted")


def test_mode_prefixes_and_restarting_iterations(lines):
    """mode: train|val stands before the metric; iterations that restart every epoch stay beside the epoch."""
    said = lines(
        {"env_info": "torch 2", "seed": 3},
        {"mode": "train", "epoch": 1, "iter": 50, "loss": 0.5},
        {"mode": "val", "epoch": 1, "iter": 10, "mAP": 0.1},
        {"mode": "train", "epoch": 2, "iter": 50, "loss": 0.4},
    )
    assert said.values("train/loss") == [0.5, 0.4]
    assert said.steps("train/loss") == [50, 50]
    assert said.epochs("train/loss") == [1.0, 2.0]
    assert said.values("val/mAP") == [0.1]
    assert said.params["env_info"] == "torch 2"
    assert said.params["seed"] == 3


def test_words_flags_and_configs(lines):
    """What never changes is a setting, also numbers under config; what changes is text."""
    record = {"config": {"lr": 0.1, "layers": [64, 64]}, "done": False, "hostname": "node7"}
    said = lines({"step": 1, "loss": 0.5} | record, {"step": 2, "loss": 0.4} | record | {"done": True})
    assert said.metrics == ["loss"]
    assert said.params == {"config/lr": 0.1, "config/layers/0": 64, "config/layers/1": 64, "hostname": "node7"}
    assert said.texts == [("done", "false", 1), ("done", "true", 2)]
    assert said.runs[-1].host == "node7"


def test_numbers_in_quotes(lines):
    """Fairseq writes numbers as text: they are metrics if they change and settings if they do not."""
    said = lines({"epoch": 1, "loss": "4.5", "wps": "0"}, {"epoch": 2, "loss": "4.25", "wps": "0"})
    assert said.values("loss") == [4.5, 4.25]
    assert said.params == {"wps": 0}


def test_clock_times_are_seconds(lines):
    """Elapsed times as 1:02:03 or `9 days, 1:00:00` are metrics in seconds."""
    said = lines(
        {"step": 1, "elapsed_time": "1:02:03", "loss": 1.0}, {"step": 2, "elapsed_time": "9 days, 1:00:00", "loss": 2.0}
    )
    assert said.values("elapsed_time") == [3723.0, 9 * 86400 + 3600.0]


def test_wall_times(lines):
    """Unix times and ISO dates in the record are its wall time."""
    assert lines(
        {"step": 1, "loss": 0.5, "_timestamp": 1700000000.5}, {"step": 2, "loss": 0.4, "_timestamp": 1700000001.5}
    ).walls("loss") == [1700000000.5, 1700000001.5]
    said = lines(
        {"step": 1, "loss": 0.5, "time": "2023-11-14T22:13:20Z"},
        {"step": 2, "loss": 0.5, "time": "2023-11-14T22:13:21Z"},
    )
    assert said.walls("loss") == [1700000000.0, 1700000001.0]


def test_long_records(lines):
    """Records with a metric's name and value are points."""
    said = lines(
        {"key": "loss", "value": 0.5, "step": 1},
        {"key": "acc", "value": 0.1, "step": 1},
        {"key": "loss", "value": 0.4, "step": 2},
    )
    assert said.values("loss") == [0.5, 0.4]
    assert said.values("acc") == [0.1]


def test_mapping(lines):
    """--map gives a key another part or name."""
    said = lines(
        {"k": 5, "zork": 0.5, "step": 1}, {"k": 6, "zork": 0.4, "step": 2}, mapping={"step": "k", "loss": "zork"}
    )
    assert said.steps("loss") == [5, 6]
    assert said.values("step") == [1.0, 2.0]


def test_broken_lines(lines):
    """A broken line is damaged, a foreign one unrecognised, a cut last one unfinished; the others are read."""
    good = [{"step": i, "loss": 0.5} for i in range(20)]
    said = lines(*good, '{"step": 99, "lo', "Traceback:", "", {"step": 20, "loss": 0.25}, "[1, 2]")
    assert said.values("loss") == [0.5] * 20 + [0.25]
    account = said.account
    assert (account.used, account.damaged, account.unrecognised, account.ignored) == (
        21,
        ((21, 22),),
        2,
        {"blank line": 1},
    )
    assert said.issue("broken-json").position == 21


def test_cut_line(read):
    """The last line, cut, is left for the next ingest."""
    said = read(JsonRecords(), '{"step": 1, "loss": 0.5}\n{"step": 2, "loss": 0.4}\n{"step": 3, "lo', "log.jsonl")
    assert said.values("loss") == [0.5, 0.4]
    assert said.account.unfinished == 1


def test_repeated_keys_are_told(lines):
    """An object with a key twice can only keep the last; an issue counts them."""
    said = lines('{"step": 1, "loss": 0.5, "loss": 0.6}', {"step": 2, "loss": 0.4})
    assert said.values("loss") == [0.6, 0.4]
    assert said.issue("repeated-key").count == 1


def test_two_objects_on_one_line(lines):
    """A line that is not one object is not taken for two."""
    said = lines(
        {"step": 1, "loss": 0.5},
        '{"step": 2, "loss": 0.4},{"step": 3, "loss": 0.3}',
        *({"step": i, "loss": 0.2} for i in range(4, 20)),
    )
    assert said.steps("loss") == [1, *range(4, 20)]
    assert said.issue("broken-json").position == 2


def test_a_pretty_list(document):
    """Chainer's log: a list of records over several lines; positions are the lines where records begin."""
    said = document(
        [{"epoch": 1, "iteration": 782, "main/loss": 0.5}, {"epoch": 2, "iteration": 1563, "main/loss": 0.4}]
    )
    assert said.values("main/loss") == [0.5, 0.4]
    assert said.steps("main/loss") == [782, 1563]
    assert said.positions("main/loss") == [2, 7]
    assert said.account.used == 12


def test_trainer_state(document):
    """Hugging Face's trainer_state.json: its log_history is the run, the rest settings."""
    state = {
        "best_metric": None,
        "epoch": 2.0,
        "global_step": 20,
        "max_steps": 20,
        "train_batch_size": 8,
        "is_world_process_zero": True,
        "log_history": [{"step": 10, "epoch": 1.0, "loss": 0.5}, {"step": 20, "epoch": 2.0, "eval_loss": 0.4}],
        "stateful_callbacks": {"TrainerControl": {"args": {"should_save": True}}},
    }
    said = document(state, "trainer_state.json")
    assert said.values("loss") == [0.5]
    assert said.steps("eval_loss") == [20]
    assert said.params["train_batch_size"] == 8
    assert said.params["stateful_callbacks.TrainerControl.args.should_save"] is True
    assert (said.runs[0].framework, said.runs[0].status) == ("transformers", "finished")


def test_splits_as_lists(document):
    """Lists of records named train and val give each metric its split."""
    said = document(
        {"train": [{"epoch": 1, "loss": 0.5}, {"epoch": 2, "loss": 0.4}], "val": [{"epoch": 1, "loss": 0.6}]}
    )
    assert said.values("train/loss") == [0.5, 0.4]
    assert said.values("val/loss") == [0.6]


def test_keras_history(document):
    """A history by metric: lists of numbers, counted from 0, NaN and all; short lists of settings stay settings."""
    said = document('{"history": {"loss": [0.5, 0.4, NaN], "val_loss": [0.6, null, 0.5]}, "betas": [0.9, 0.99, 0.5]}')
    assert said.values("loss")[:2] == [0.5, 0.4]
    assert math.isnan(said.values("loss")[2])
    assert said.steps("val_loss") == [0, 2]
    assert said.params == {"betas": [0.9, 0.99, 0.5]}


def test_history_with_its_own_epochs(document):
    """A list of epochs or steps beside the metrics counts them."""
    assert document({"epoch": [5, 6], "loss": [0.5, 0.4]}).epochs("loss") == [5.0, 6.0]


def test_sacred_metrics(document):
    """Sacred's metrics.json: steps, timestamps and values by metric."""
    said = document(
        {
            "train.loss": {
                "steps": [0, 10],
                "timestamps": ["2024-01-01T00:00:00", "2024-01-01T00:00:01"],
                "values": [0.5, 0.4],
            }
        }
    )
    assert said.values("train.loss") == [0.5, 0.4]
    assert said.steps("train.loss") == [0, 10]
    assert said.walls("train.loss") == [1704067200.0, 1704067201.0]


def test_tensorboard_download(document):
    """TensorBoard's JSON download: rows of wall time, step and value, named by the file."""
    said = document([[1700000000.5, 1, 0.5], [1700000001.5, 2, 0.4]], "run-train-tag-epoch_loss.json")
    assert said.values("epoch_loss") == [0.5, 0.4]
    assert said.walls("epoch_loss") == [1700000000.5, 1700000001.5]
    both = document({"runs/a/loss": [[1700000000.5, 1, 0.5]], "runs\\a\\acc": [[1700000000.5, 1, 0.1]]})
    assert both.metrics == ["runs/a/loss", "runs/a/acc"]


def test_flat_results(document):
    """all_results.json: single numbers are points without a step, with the epoch that stands beside them."""
    said = document({"epoch": 24.96, "train_loss": 0.09, "train_runtime": 13190.0, "model": "glm"}, "all_results.json")
    assert said.points["", "train_loss"] == [(None, 24.96, None, 0.09, 3)]
    assert said.params["model"] == "glm"


def test_runs_in_a_list(document):
    """A list with one record a run: settings and results of each."""
    said = document(
        [
            {"name": "a", "config": {"lr": 0.1, "layers": [64, 32]}, "test_acc": 0.9},
            {"name": "b", "config": {"lr": 0.2, "layers": [64]}, "test_acc": 0.8},
        ],
        "results.json",
    )
    assert [r.name for r in said.runs] == ["a", "b"]
    assert said.points[said.runs[1].run, "test_acc"][0][3] == 0.8
    assert {(p.key, str(p.value)) for p in said.facts if hasattr(p, "key")} == {
        ("lr", "0.1"),
        ("lr", "0.2"),
        ("layers", "[64, 32]"),
        ("layers", "[64]"),
    }


def test_documents_one_after_the_other(document):
    """Pretty-printed objects without a list around them are records."""
    said = document(
        json.dumps({"step": 1, "loss": 0.5}, indent=1) + "\n" + json.dumps({"step": 2, "loss": 0.4}, indent=1)
    )
    assert said.values("loss") == [0.5, 0.4]
    assert said.positions("loss") == [1, 5]


def test_a_cut_document(document):
    """A document that ends too early gives all whole records; the rest is unfinished."""
    text = json.dumps({"log_history": [{"step": i, "loss": 0.5} for i in range(50)], "max_steps": 50}, indent=1)
    said = document(text[: len(text) // 2], "trainer_state.json")
    assert 20 < len(said.values("loss")) < 30
    assert said.issue("cut-json")
    assert said.account.unfinished > 0


def test_a_document_broken_in_the_middle(document):
    """What stands before the break is read, the rest is damaged."""
    text = json.dumps([{"step": i, "loss": 0.5} for i in range(50)], indent=1).replace('"step": 30', '"step" 30')
    said = document(text)
    assert said.steps("loss") == list(range(30))
    assert said.issue("broken-json")
    assert said.account.damaged


def test_a_long_list_is_read_in_pieces(document):
    """A list larger than any buffer is read whole, every line numbered right."""
    rows = [{"step": i, "loss": i / 7, "note": "x" * 200} for i in range(30_000)]
    text = "[\n" + ",\n".join(json.dumps(r) for r in rows) + "\n]"
    said = document(text)
    assert said.values("loss") == [i / 7 for i in range(30_000)]
    assert said.positions("loss") == list(range(2, 30_002))


@pytest.mark.parametrize(
    "value", [{"name": "web", "version": "1.0", "dependencies": {"x": "1"}}, {"the": 1, "of": 2}, [1, 2, 3], {}, []]
)
def test_documents_that_are_no_experiment(document, value):
    """Other JSON gives nothing, and says so."""
    said = document(value, "package.json")
    assert said.points == {}
    assert said.params == {}
    assert said.account.used == 0
    assert "no-experiment-data" in said.codes


@pytest.mark.parametrize(
    ("data", "name", "level"),
    [
        ('{"step": 1, "loss": 0.5}\n{"step": 2, "loss": 0.4}\n', "train.log", Level.SHAPE),
        ('{"step": 1, "loss": 0.5}\n', "log.jsonl", Level.SHAPE),
        ('{"prompt": "a", "answer": "b"}\n{"prompt": "c", "answer": "d"}\n', "data.jsonl", Level.NO),
        ('[{"epoch": 1, "loss": 1.0}]', "log", Level.NO),
        ('[\n{"epoch": 1, "loss": 1.0}\n]', "log.json", Level.SHAPE),
        ('{"a": 1, "b": 2}', "vocab.json", Level.NO),
        ('{"train_loss": 0.5, "epoch": 3}', "all_results.json", Level.SHAPE),
        ("start\n" + '{"step": 1, "loss": 0.5}\n', "train.log", Level.NO),
        ("{}", "x.json", Level.NO),
        ("[" * 100_000, "x.json", Level.NO),
    ],
)
def test_claims(match, data, name, level):
    """Records of an experiment are claimed, data sets and configurations are not."""
    assert match(JsonRecords(), data, name).level == level


def test_identity_is_the_first_record(source, match):
    """What a log is known by stays when it grows, whatever stands before its records."""
    from runlift.parsers._api import Head

    def seed(value):
        src = source(json.dumps(value, indent=1), "trainer_state.json")
        return JsonRecords().seed(Head(src, src.head()))

    short = {"epoch": 1.0, "global_step": 10, "log_history": [{"step": 10, "loss": 0.5}]}
    grown = {"epoch": 2.0, "global_step": 20, "log_history": [{"step": 10, "loss": 0.5}, {"step": 20, "loss": 0.4}]}
    assert seed(short) == seed(grown)


def test_locate_shows_the_record(source):
    """A position shows the line, or the whole record of several lines."""
    src = source('{"step": 1, "loss": 0.5}\n{"step": 2, "loss": 0.4}\n', "a.jsonl")
    assert JsonRecords().locate(src, 2) == '{"step": 2, "loss": 0.4}'
    src = source('[\n  {\n    "epoch": 1,\n    "loss": 0.5\n  }\n]', "a.json")
    assert JsonRecords().locate(src, 2) == '{\n    "epoch": 1,\n    "loss": 0.5\n  }'
