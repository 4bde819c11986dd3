"""Settings files in every usual form; nothing in them is ever run."""

from __future__ import annotations

import json

import pytest

from runlift.facts import Param
from runlift.parsers._api import Level
from runlift.parsers.settings import Settings


@pytest.fixture
def settings(read):
    """Reads a settings file."""
    return lambda data, name="hparams.yaml": read(Settings(), data, name)


def test_yaml(settings):
    """Nested keys become dotted paths with the line of each; lists stay whole; numbers keep their kind."""
    said = settings(
        "lr: 0.001\nmodel:\n  layers: 4\n  dims: [64, 32]\n  name: resnet\n# remark\n\namp: true\nnote: null\n"
    )
    assert said.params == {
        "lr": 0.001,
        "model.layers": 4,
        "model.dims": [64, 32],
        "model.name": "resnet",
        "amp": True,
        "note": None,
    }
    assert {p.key: p.position for p in said.of(Param)} == {
        "lr": 1,
        "model.layers": 3,
        "model.dims": 4,
        "model.name": 5,
        "amp": 8,
        "note": 9,
    }
    assert said.account.ignored == {"blank line": 1, "comment": 1}


def test_yaml_numbers_as_people_write_them(settings):
    """1e-3 is a number though YAML 1.1 says text; quoted it is text; 1:30 is no number."""
    said = settings("a: 1e-3\nb: '1e-3'\nc: 1:30\nd: .inf\ne: 0x10\nf: 1_000\n")
    assert said.params == {"a": 0.001, "b": "1e-3", "c": "1:30", "d": float("inf"), "e": 16, "f": 1000}


def test_python_tags_are_kept_as_plain_values(settings):
    """Tuples, objects and names of Python in YAML are values; nothing is imported or called."""
    said = settings(
        "betas: !!python/tuple [0.9, 0.999]\n"
        "act: !!python/name:torch.nn.ReLU ''\n"
        "where: !!python/object/apply:pathlib.PosixPath [/, data, x]\n"
        "obj: !!python/object:my.Config\n  lr: 0.1\n"
        "evil: !!python/object/apply:os.system ['echo 1 > /should-not-exist']\n"
        "own: !Special {a: 1}\n"
    )
    assert said.params == {
        "betas": [0.9, 0.999],
        "act": "torch.nn.ReLU",
        "where": "/data/x",
        "obj.lr": 0.1,
        "evil": ["echo 1 > /should-not-exist"],
        "own.a": 1,
    }
    assert said.issue("yaml-tag").count == 6


def test_ordered_dict_of_pairs(settings):
    """Stable-Baselines3 Zoo writes OrderedDicts as pairs inside a tag."""
    said = settings(
        "!!python/object/apply:collections.OrderedDict\n- - - algo\n    - a2c\n  - - gamma\n    - 0.99\n", "args.yml"
    )
    assert said.params == {"algo": "a2c", "gamma": 0.99}


def test_wandb_config(settings):
    """W&B's config.yaml wraps each value in {desc, value}; its own bookkeeping is left out."""
    said = settings(
        "wandb_version: 1\n_wandb:\n  desc: null\n  value:\n    t: 1\n"
        "lr:\n  desc: null\n  value: 0.1\nnet:\n  desc: null\n  value:\n    depth: 3\n",
        "config.yaml",
    )
    assert said.params == {"lr": 0.1, "net.depth": 3}


def test_aliases_and_merges(settings):
    """Anchors, aliases and merge keys give what they stand for."""
    said = settings("base: &b\n  lr: 0.1\n  wd: 0.0\nrun:\n  <<: *b\n  lr: 0.2\n")
    assert [(p.key, p.value) for p in said.of(Param)][-3:] == [("run.lr", 0.1), ("run.wd", 0.0), ("run.lr", 0.2)]


def test_alias_bombs_are_bounded(settings):
    """Aliases of aliases that would be a billion settings end at the limit, with an issue."""
    lines = ["a0: &a0 {x: 1, y: 2}"] + [
        f"a{i}: &a{i} {{{', '.join(f'k{k}: *a{i - 1}' for k in range(9))}}}" for i in range(1, 12)
    ]
    said = settings("\n".join(lines) + "\n")
    assert len(said.of(Param)) <= 20_000
    assert said.issue("too-many-settings")
    lists = ["b0: &b0 [1, 2]"] + [f"b{i}: &b{i} [{', '.join([f'*b{i - 1}'] * 9)}]" for i in range(1, 12)]
    assert settings("\n".join(lists) + "\n").issue("too-many-settings")


def test_deep_nesting_is_refused(settings):
    """Nesting that would break a recursive reader is an issue."""
    for text in ("[" * 100_000, "- " * 50_000 + "x", "a: " + "{b: " * 20_000, "? " * 50_000):
        said = settings(text)
        assert said.account.used == 0
        assert said.issue("broken-settings")


def test_broken_yaml_keeps_what_stands_before(settings):
    """Settings above the line that breaks are read, the rest is damaged."""
    said = settings("lr: 0.1\nbatch: 32\nbad: [1, 2\nmore: 3\n")
    assert said.params == {"lr": 0.1, "batch": 32}
    issue = said.issue("broken-settings")
    assert issue.position in (3, 4)
    assert said.account.damaged


def test_json(settings):
    """JSON settings nest, may hold Infinity, and know their lines."""
    said = settings(
        '{\n "lr": 0.1,\n "net": {"depth": 3, "dims": [1, 2]},\n "clip": Infinity,\n "empty": {}\n}', "config.json"
    )
    assert said.params == {"lr": 0.1, "net.depth": 3, "net.dims": [1, 2], "clip": float("inf"), "empty": {}}
    assert {p.key: p.position for p in said.of(Param)}["net.dims"] == 3


def test_cut_json(settings):
    """Cut JSON gives the settings before the cut."""
    said = settings('{\n "lr": 0.1,\n "net": {"depth": 3,\n "di', "config.json")
    assert said.params == {"lr": 0.1, "net.depth": 3}
    assert said.issue("broken-settings")


def test_ini_toml_and_printed_options(settings):
    """INI with JSON values, TOML, printed options, and a Namespace give the same kind of settings."""
    assert settings(
        '[nlp]\nlang = "uk"\npipeline = ["a","b"]\n[components.ner]\nwidth = 64\nnone = null\n', "config.cfg"
    ).params == {
        "nlp.lang": "uk",
        "nlp.pipeline": ["a", "b"],
        "components.ner.width": 64,
        "components.ner.none": None,
    }
    assert settings('lr = 0.1\n[net]\ndims = [1, 2]\nname = "x"\n', "config.toml").params == {
        "lr": 0.1,
        "net.dims": [1, 2],
        "net.name": "x",
    }
    printed = (
        "------ Options ------\n   batch_size: 4     \t[default: 1]\n"
        "         name: exp   \n      use_gpu: True\n------ End ------\n"
    )
    assert settings(printed, "opt.txt").params == {"batch_size": 4, "name": "exp", "use_gpu": True}
    assert settings("Namespace(lr=0.1, name='x', f=PosixPath('/a'), dims=[1, 2])", "args.txt").params == {
        "lr": 0.1,
        "name": "x",
        "f": "PosixPath('/a')",
        "dims": [1, 2],
    }


@pytest.mark.parametrize(
    ("name", "data", "level"),
    [
        ("hparams.yaml", "lr: 0.1\n", Level.SHAPE),
        ("hparams.yaml", "{}\n", Level.SHAPE),
        ("config.json", '{"lr": 0.1}', Level.SHAPE),
        ("config.json", "[1, 2]", Level.NO),
        ("my_config.yaml", "lr: 0.1\n", Level.NAME),
        ("opt.txt", "batch_size: 4\nname: exp\n", Level.SHAPE),
        ("opt.txt", "hello world\nthis is a text\n", Level.NO),
        ("notes.yaml", "lr: 0.1\n", Level.NO),
        ("tokenizer_config.json", '{"a": 1}', Level.NO),
        ("setup.cfg", "[metadata]\nname = x\n", Level.NO),
    ],
)
def test_claims(match, name, data, level):
    """Usual names of settings are claimed, those of other tools are not."""
    assert match(Settings(), data, name).level == level


def test_locate(source):
    """A position shows the setting's line."""
    assert Settings().locate(source("a: 1\nb: 2\n", "config.yaml"), 2) == "b: 2"


def test_json_of_every_kind_comes_back(settings):
    """Whatever JSON writes is read back as the same values."""
    value = {"a": [1, 2.5, None, {"b": "c"}], "d": {"e": True, "f": -0.0, "g": "x.y"}, "h": 2**70}
    said = settings(json.dumps(value), "config.json")
    assert said.params == {"a": value["a"], "d.e": True, "d.f": -0.0, "d.g": "x.y", "h": 2**70}
