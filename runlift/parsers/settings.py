"""Files of settings beside a run: hparams.yaml, config.json, args.yaml, config.cfg, opt.txt and their kin."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, ClassVar

from runlift.facts import Account, Issue, Param, Severity
from runlift.parsers._api import NO_MATCH, Head, Level, Match, ParseOptions, Parser, Source
from runlift.parsers._settings_leaves import (
    Leaf,
    SettingsError,
    json_leaves,
    line_leaves,
    namespace_leaves,
    toml_leaves,
)
from runlift.parsers._settings_yaml import YamlSettings
from runlift.wire.table_text import detect, to_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runlift.facts import Fact

MAX_BYTES = 4 << 20
_ENDS = (".yaml", ".yml", ".json", ".toml", ".cfg", ".ini", ".txt")
_EXACT = frozenset(
    """hparams params parameters config configs cfg conf args arguments opt opts options hyp hyperparameters hyperparams
    hyper_params settings flags training_args train_args training_config train_config model_config experiment_config
    finetuning_args adapter_config generator_args user_config run_config hydra_config""".split()  # noqa: SIM905
)
_LIKELY = re.compile(
    r"(^|[_.\-])(config|cfg|conf|args|params|hparams|hyperparams|hyp|opts?|options|settings|flags)([_.\-]|$)"
)
_OTHERS = re.compile(
    r"^(tokenizer|generation|preprocessor|special_tokens|processor|setup|ts|js|docker|mkdocs|tox|mypy|pytest|pylint|"
    r"codecov|\.pre-commit|_config|pyproject|package|requirements|feature_extractor|image_processor)"
)


class Settings(Parser):
    """Settings of the run that lies beside them."""

    name: ClassVar[str] = "settings"
    title: ClassVar[str] = "settings files (YAML, JSON, TOML, INI)"
    version: ClassVar[int] = 1
    suffixes: ClassVar[tuple[str, ...]] = _ENDS
    gathers: ClassVar[str] = "settings"
    rank: ClassVar[int] = 5

    def recognise(self, head: Head) -> Match:
        """By the usual names, and a beginning that looks like settings."""
        stem, end = _split(head.basename)
        if end not in _ENDS or _OTHERS.match(stem) or not _looks(head.data, end):
            return NO_MATCH
        if stem in _EXACT:
            return Match(Level.SHAPE, f"{head.basename} is a usual name of settings")
        if _LIKELY.search(stem) and end != ".txt":
            return Match(Level.NAME, "its name speaks of settings")
        return NO_MATCH

    def parse(self, source: Source, options: ParseOptions) -> Iterator[Fact]:
        """One Param for each setting, its key the dotted path."""
        del options
        with source.open() as file:
            data = file.read(MAX_BYTES + 1)
        text = to_text(data)[0].replace("\r\n", "\n").replace("\r", "\n")
        total = _count(text)
        if len(data) > MAX_BYTES or (data and detect(data[:65_536]) is None):
            yield _refused(source.name, "too large for settings" if len(data) > MAX_BYTES else "not a text")
            yield Account("lines", total, 0, unrecognised=total)
            return
        yield from _facts(source.name, text.removeprefix("\ufeff"), total)

    def locate(self, source: Source, position: int) -> str:
        """The line of a setting."""
        with source.open() as file:
            text = to_text(file.read(MAX_BYTES))[0].replace("\r\n", "\n").replace("\r", "\n")
        lines = text.split("\n")
        return lines[position - 1] if 0 < position <= len(lines) else ""


def _split(basename: str) -> tuple[str, str]:
    stem, dot, end = basename.lower().rpartition(".")
    return stem, dot + end


def _looks(data: bytes, end: str) -> bool:
    """Whether the beginning of a file can be settings as its ending says."""
    if b"\0" in data[:4096]:
        return False
    text = data.decode("utf-8", "replace").lstrip("\ufeff \t\r\n")
    if end == ".json":
        return text.startswith("{")
    if end == ".txt":
        lines = [line for line in text.split("\n")[:40] if line.strip()]
        pairs = sum(1 for line in lines if re.match(r"\s*[\w.\-]+\s*[:=]\s*\S", line))
        return text.startswith("Namespace(") or (len(lines) > 1 and pairs >= 0.7 * len(lines))
    return ":" in text or "=" in text or text.rstrip() in ("{}", "")


def _facts(name: str, text: str, total: int) -> Iterator[Fact]:
    yaml = YamlSettings()
    broken: SettingsError | None = None
    given = 0
    for found in _leaves(name, text, yaml):
        if isinstance(found, SettingsError):
            broken = found
        else:
            path, value, line = found
            given += 1
            yield Param(".".join(path) or "value", value, min(line, total))
    if yaml.tags:
        yield _tagged(name, yaml)
    if yaml.left_out:
        yield _too_many(name, yaml.left_out)
    if broken is not None:
        yield _broken(name, broken, given)
    yield _account(text, total, broken, given)


def _leaves(name: str, text: str, yaml: YamlSettings) -> Iterator[Leaf | SettingsError]:
    """The leaves; where the text stops being what it should be, the error, and the leaves before it."""
    read = _reader(name, text, yaml)
    try:
        yield from read(text)
    except SettingsError as error:
        if read == yaml.leaves and error.line > 1:
            yield from _before(text, error.line, yaml)
        yield error


def _before(text: str, line: int, yaml: YamlSettings) -> Iterator[Leaf]:
    """What a YAML text says above the line where it breaks: as much of it as is YAML by itself."""
    lines = text.split("\n")
    for stop in range(min(line, len(lines)), max(0, line - 6), -1):
        try:
            found = list(yaml.leaves("\n".join(lines[: stop - 1])))
        except SettingsError:
            continue
        yield from found
        return


def _reader(name: str, text: str, yaml: YamlSettings) -> Callable[[str], Iterator[Leaf]]:
    _, end = _split(name.rsplit("/", 1)[-1])
    if end == ".json":
        return json_leaves
    if end == ".toml":
        return toml_leaves
    if text.lstrip().startswith("Namespace("):
        return namespace_leaves
    return line_leaves if end in (".cfg", ".ini", ".txt") else yaml.leaves


def _count(text: str) -> int:
    return text.count("\n") + (not text.endswith("\n") and text != "")


def _account(text: str, total: int, broken: SettingsError | None, given: int) -> Account:
    lines = text.split("\n")[:total]
    good = lines if broken is None else lines[: max(0, min(broken.line, total + 1) - 1)]
    if broken is not None and not given:
        return Account("lines", total, 0, unrecognised=total)
    blank = sum(not line.strip() for line in good)
    remarks = sum(line.strip().startswith(("#", ";")) for line in good)
    ignored = {k: n for k, n in (("blank line", blank), ("comment", remarks)) if n}
    damaged = ((len(good) + 1, total + 1),) if len(good) < total else ()
    return Account("lines", total, len(good) - blank - remarks, ignored, damaged=damaged)


def _tagged(name: str, yaml: YamlSettings) -> Issue:
    tags = ", ".join(sorted(yaml.tags)[:5])
    return Issue(
        "yaml-tag",
        f"{name}: values of foreign types ({tags}).",
        severity=Severity.INFO,
        done="Kept as the plain values inside them; nothing was built or run.",
        count=yaml.tags.total(),
    )


def _too_many(name: str, n: int) -> Issue:
    return Issue("too-many-settings", f"{name}: more settings, or deeper ones, than can be.", done="Left out.", count=n)


def _broken(name: str, error: SettingsError, given: int) -> Issue:
    return Issue(
        "broken-settings",
        f"{name}:{error.line}: cannot be read from here on ({error.reason}).",
        error.line,
        Severity.WARNING if given else Severity.ERROR,
        f"{given} settings that stand before it were read.",
        "Mend the file and ingest again.",
    )


def _refused(name: str, why: str) -> Issue:
    return Issue("not-settings", f"{name}: {why}.", severity=Severity.ERROR, done="Nothing was read from it.")
