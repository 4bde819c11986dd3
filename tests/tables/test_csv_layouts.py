"""Which layout a table has and which column plays which part: decided from content, said, and overridden."""

from __future__ import annotations

import pytest

from runlift.parsers.csv_table import CsvTable


@pytest.fixture
def csv(read):
    """Reads a CSV text."""
    return lambda data, name="t.csv", **o: read(CsvTable(), data, name, **o)


def table(header: str, *rows: str) -> str:
    """A CSV text."""
    return "\n".join([header, *rows]) + "\n"


@pytest.mark.parametrize(
    "name",
    [
        "step",
        "Step",
        "global_step",
        "iteration",
        "iter",
        "steps",
        "trainer/global_step",
        "timesteps_total",
        "TotalEnvInteracts",
        "training_iteration",
        "_step",
        "Iteration",
    ],
)
def test_step_names(csv, name):
    """The usual names of step counters count the steps."""
    said = csv(table(f"loss,{name}", "0.5,10", "0.4,20", "0.3,30"))
    assert said.steps("loss") == [10, 20, 30]
    assert said.metrics == ["loss"]


def test_epoch_alone_is_the_epoch(csv):
    """A table by epochs has epochs and no steps, which the source does not give."""
    said = csv(table("epoch,loss", "1,0.5", "2,0.4"))
    assert said.epochs("loss") == [1.0, 2.0]
    assert said.steps("loss") == [None, None]


def test_step_and_epoch_and_sparse_cells(csv):
    """Lightning's table: train and validation values on rows of their own, both counters kept."""
    said = csv(table("train_loss,epoch,step,val_loss", "0.5,0,49,", ",0,99,0.45", "0.4,1,149,", ",1,199,0.35"))
    assert said.steps("train_loss") == [49, 149]
    assert said.steps("val_loss") == [99, 199]
    assert said.epochs("val_loss") == [0.0, 1.0]


def test_iteration_that_restarts_every_epoch(csv):
    """Steps that count anew in every epoch are kept beside the epoch."""
    said = csv(table("epoch,iter,loss", "1,50,0.5", "1,100,0.4", "2,50,0.3", "2,100,0.2"))
    assert said.steps("loss") == [50, 100, 50, 100]
    assert said.epochs("loss") == [1.0, 1.0, 2.0, 2.0]


def test_fractional_steps_are_kept_as_epochs(csv):
    """A step of 0.5 cannot be a step: it is the epoch, and an issue counts them."""
    said = csv(table("step,loss", "0.5,1.0", "1,0.9", "1.5,0.8"))
    assert said.steps("loss") == [None, 1, None]
    assert said.epochs("loss") == [0.5, None, 1.5]
    assert said.issue("fractional-step").count == 2


def test_rows_are_counted_where_nothing_counts(csv):
    """Without step or epoch, rows are the steps, and an issue says so."""
    said = csv(table("train_loss,val_loss", "0.5,0.6", "0.4,0.5"))
    assert said.steps("train_loss") == [0, 1]
    assert said.issue("steps-counted")


@pytest.mark.parametrize(
    ("column", "first", "seconds"),
    [
        ("wall_time", "1700000000.25", 1700000000.25),
        ("timestamp", "1700000000250", 1700000000.25),
        ("timestamp", "2023-11-14T22:13:20.250Z", 1700000000.25),
        ("date", "2023-11-14 23:13:20.25+01:00", 1700000000.25),
        ("time", "2023/11/14 22:13:20", 1700000000.0),
        ("date", "2023-11-14_22-13-20", 1700000000.0),
    ],
)
def test_wall_times(csv, column, first, seconds):
    """Unix seconds or milliseconds and dates in words become wall times."""
    said = csv(table(f"step,loss,{column}", f"1,0.5,{first}", f"2,0.4,{first}"))
    assert said.walls("loss") == [seconds, seconds]
    assert said.metrics == ["loss"]


def test_seconds_since_the_start_are_a_metric(csv):
    """A column called time that holds no date is a metric like any other."""
    said = csv(table("epoch,loss,time", "1,0.5,12.5", "2,0.4,25.0"))
    assert said.values("time") == [12.5, 25.0]
    assert said.walls("loss") == [None, None]


@pytest.mark.parametrize(
    "names", ["step,tag,value", "step,metric,value", "Step,Variable,Value", "step,name,val", "epoch,key,value"]
)
def test_long_tables(csv, names):
    """A column of metric names beside one of values: each row is a point."""
    said = csv(table(names, "1,loss,0.5", "1,acc,0.1", "2,loss,0.4", "2,acc,0.2"))
    assert said.values("loss") == [0.5, 0.4]
    assert said.values("acc") == [0.1, 0.2]
    assert said.issue("table-layout").message.startswith("A long table")


def test_long_table_by_content(csv):
    """Names that say nothing: one word and one number for each step and word."""
    said = csv(
        table(
            "iteration,what,amount",
            "1,lossA,0.5",
            "1,accB,0.1",
            "2,lossA,0.4",
            "2,accB,0.2",
            "3,lossA,0.3",
            "3,accB,0.3",
        )
    )
    assert said.values("lossA") == [0.5, 0.4, 0.3]
    assert said.steps("accB") == [1, 2, 3]


def test_long_table_of_several_runs(csv):
    """A run column splits a long table into runs, the first of which is the file's own."""
    said = csv(table("run,step,tag,value", "a,1,loss,0.5", "a,2,loss,0.4", "b,1,loss,0.6", "b,2,loss,0.3"))
    assert said.values("loss") == [0.5, 0.4]
    assert said.values("loss", "b") == [0.6, 0.3]
    assert [(r.run, r.name) for r in said.runs] == [("", "a"), ("b", "b")]


def test_wide_table_of_several_seeds(csv):
    """Steps that repeat for every seed are one run a seed."""
    said = csv(table("seed,step,return", "0,1,10", "0,2,20", "1,1,11", "1,2,21"))
    assert said.values("return") == [10.0, 20.0]
    assert said.values("return", "1") == [11.0, 21.0]


def test_methods_side_by_side_are_runs(csv):
    """A column of words that tells equal steps apart, beside a column named as a result, names runs."""
    said = csv(table("method,epoch,accuracy", "ours,1,0.5", "base,1,0.4", "ours,2,0.6", "base,2,0.5"))
    assert said.values("accuracy") == [0.5, 0.6]
    assert said.values("accuracy", "base") == [0.4, 0.5]


def test_a_lone_run_name_is_a_setting(csv):
    """A run column with one value makes no second run."""
    said = csv(table("experiment_id,step,loss", "x7,1,0.5", "x7,2,0.4"))
    assert said.params == {"experiment_id": "x7"}
    assert said.runs == []


def test_split_columns_prefix_metrics(csv):
    """A column that says train or val puts its word before the metric's name."""
    said = csv(table("epoch,phase,loss", "1,train,0.5", "1,val,0.6", "2,train,0.4", "2,val,0.5"))
    assert said.values("train/loss") == [0.5, 0.4]
    assert said.values("val/loss") == [0.6, 0.5]


def test_one_row_a_run(csv):
    """Names, settings and results in one row: each row is a run with a single point a result."""
    said = csv(
        table(
            "name,lr,batch_size,optimizer,val_acc,status,notes",
            "base,0.1,32,sgd,0.91,done,first try",
            "big,0.01,64,adam,0.93,failed,",
        )
    )
    base, big = said.runs
    assert (base.name, base.status, base.notes) == ("base", "finished", "first try")
    assert (big.name, big.status, big.notes) == ("big", "failed", None)
    assert base.run != big.run
    assert base.seed != big.seed
    assert said.points[base.run, "val_acc"] == [(None, None, None, 0.91, 2)]
    assert [(p.key, p.value) for p in said.facts if getattr(p, "run", "") == big.run and hasattr(p, "key")] == [
        ("lr", 0.01),
        ("batch_size", 64),
        ("optimizer", "adam"),
    ]


def test_a_row_is_the_same_run_wherever_it_stands(csv):
    """Identity of a row comes from its name and settings: rows moved, added or given results later stay the same."""
    one = csv(table("name,lr,acc", "a,0.1,0.5", "b,0.2,0.6"))
    two = csv(table("name,lr,acc", "c,0.3,0.1", "b,0.2,0.7", "a,0.1,0.5"))
    assert {r.name: r.seed for r in one.runs}.items() <= {r.name: r.seed for r in two.runs}.items()


def test_equal_rows_are_different_runs(csv):
    """Two rows that say the same are two runs."""
    said = csv(table("lr,batch_size,acc", "0.1,32,0.5", "0.1,32,0.5", "0.1,64,0.5"))
    assert len({r.run for r in said.runs}) == len({r.seed for r in said.runs}) == 3


def test_optuna_trials(csv):
    """Optuna's trials_dataframe: numbered rows, params_ columns, states and times."""
    said = csv(
        table(
            ",number,value,datetime_start,datetime_complete,duration,params_lr,params_units,state",
            "0,0,0.5,2024-01-01 10:00:00,2024-01-01 10:01:00,0 days 00:01:00,0.1,16,COMPLETE",
            "1,1,,2024-01-01 10:01:00,,,0.2,32,FAIL",
        )
    )
    assert [r.status for r in said.runs] == ["finished", "failed"]
    assert said.runs[0].started_at == 1704103200.0
    assert said.params["lr"] == 0.2
    assert said.points[said.runs[0].run, "value"][0][3] == 0.5


def test_settings_written_as_dicts(csv):
    """A params cell with a dict in Python's or JSON's words is taken apart."""
    said = csv(table("name,params,acc", "a,\"{'lr': 0.1, 'layers': [1, 2]}\",0.5", 'b,"{""lr"": 0.2}",0.6'))
    assert {(p.key, str(p.value)) for p in said.facts if hasattr(p, "key")} == {
        ("lr", "0.1"),
        ("layers", "[1, 2]"),
        ("lr", "0.2"),
    }


def test_dicts_in_cells_of_a_table_by_steps(csv):
    """Ray writes nested results as dicts in a cell: those that change are taken apart, one that stays is a setting."""
    said = csv(
        table(
            "training_iteration,info,config",
            "1,\"{'kl': 0.1, 'learner': {'loss': 0.5}}\",{'lr': 0.1}",
            "2,\"{'kl': 0.2, 'learner': {'loss': 0.4}}\",{'lr': 0.1}",
        )
    )
    assert said.values("info/kl") == [0.1, 0.2]
    assert said.values("info/learner/loss") == [0.5, 0.4]
    assert said.params == {"config": {"lr": 0.1}}


def test_unknown_numbers_of_runs_are_settings_and_told(csv):
    """A column whose name tells nothing is taken as a setting; an issue names it; --map makes it a result."""
    data = table("name,lr,zork", "a,0.1,5", "b,0.2,6")
    said = csv(data)
    assert said.params["zork"] == 6
    assert "zork" in said.issue("setting-or-result").message
    mapped = csv(data, mapping={"metric/zork": "zork"})
    assert [v[0][3] for (_, m), v in mapped.points.items() if m == "zork"] == [5.0, 6.0]


def test_layout_can_be_said(csv):
    """--layout overrides what the content suggests."""
    data = table("name,lr,acc", "a,0.1,0.5", "b,0.2,0.6")
    assert csv(data, layout="wide").values("acc") == [0.5, 0.6]
    assert len(csv(table("step,loss", "1,0.5", "2,0.4"), layout="runs").runs) == 2


def test_parts_can_be_said(csv):
    """--map names the columns of step, epoch and time, and renames others."""
    said = csv(
        table("count,era,when,zork", "5,1,1700000000,0.5", "6,1,1700000001,0.4"),
        mapping={"step": "count", "epoch": "era", "wall_time": "when", "loss": "zork"},
    )
    assert said.metrics == ["loss"]
    assert said.steps("loss") == [5, 6]
    assert said.epochs("loss") == [1.0, 1.0]
    assert said.walls("loss") == [1700000000.0, 1700000001.0]


def test_a_part_that_is_not_there(csv):
    """--map with a wrong column is an issue that lists the right ones."""
    said = csv(table("step,loss", "1,0.5", "2,0.4"), mapping={"step": "stepp"})
    assert "step, loss" in said.issue("mapping-unknown-column").message
    assert said.steps("loss") == [1, 2]


def test_the_choice_is_told(csv):
    """How a table was read, why, and how to change it, is an issue of its own."""
    issue = csv(table("step,loss", "1,0.5", "2,0.4")).issue("table-layout")
    assert issue.severity == "info"
    assert "step" in issue.message
    assert "--layout" in issue.help


def test_data_that_is_no_experiment(csv):
    """A table of flowers is not read as a run; it is counted, and can be read all the same."""
    data = table("sepal,petal,species", "5.1,1.4,setosa", "4.9,1.4,setosa", "6.0,4.5,virginica")
    said = csv(data)
    assert said.points == {}
    assert said.account.unrecognised == 3
    assert csv(data, layout="wide").values("sepal") == [5.1, 4.9, 6.0]
