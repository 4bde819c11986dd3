"""Dataset inputs of a run, from what it says itself: artifacts that are datasets, settings that name their data.

The name, digest and source of a dataset are MLflow's (mlflow/entities/dataset.py); the digest of one whose bytes are not
in the store is that of its name and source, as in MLflow's own MetaDataset.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from runlift.moving.losses import Loss
from runlift.moving.names import NameRule, fit

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.moving.prepare import Prepared

NAMED = Loss(
    "dataset-named",
    "a dataset of which the name or the place is known",
    "an input of the run besides; its digest is that of name and source",
    "in the params",
)
_NAMES = NameRule(longest=500)
_DIGEST = 36
_TAG = 500
_SPLITS = {
    "train": "training",
    "training": "training",
    "val": "validation",
    "valid": "validation",
    "validation": "validation",
    "dev": "validation",
    "eval": "evaluation",
    "evaluation": "evaluation",
    "test": "testing",
}
_WHERE = r"names?|paths?|dirs?|roots?|files?|folders?|uris?|urls?|ids?"
_KEY = re.compile(
    rf"(?:^|[./_\-])(?:(?P<a>{'|'.join(_SPLITS)})[./_\-])?(?:datasets?|data|corpus)(?:[./_\-](?P<b>{'|'.join(_SPLITS)}))?"
    rf"(?:[./_\-](?:{_WHERE}))?$|(?:^|[./_\-])(?P<c>{'|'.join(_SPLITS)})[./_\-](?:files?|paths?|dirs?|set|csv)$"
)
_NOT_READ = re.compile(r"(?:^|[./_\-])(?:out|output|save|log|cache|meta|dump)(?:[./_\-]|$)")
_NO_NAMES = frozenset(("", "none", "null", "auto", "default", "true", "false", "nan", "-"))
_PLACE = re.compile(
    r"[/\\]|\.(?:csv|tsv|jsonl?|parquet|txt|npz|npy|h5|hdf5|lmdb|arrow|tar|zip|gz|tfrecord|bin|db)$", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Named:
    """One input. ``source``: JSON of that ``source_type``; ``tags``: MLflow's context, and the settings that name it."""

    name: str
    digest: str
    source_type: str
    source: str
    tags: dict[str, str] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """Under which it is compared."""
        return f"dataset/{self.name} {self.digest}"

    @property
    def said(self) -> str:
        """All of it, as text."""
        return json.dumps([self.source_type, self.source, self.tags], sort_keys=True, ensure_ascii=False)


def datasets(run: Prepared) -> list[Named]:
    """The inputs of a run, each name and digest once."""
    found = {d.key: d for d in _artifacts(run)}
    found |= {d.key: d for d in _settings(run)}
    return list(found.values())


def known_by_name(inputs: list[Named]) -> int:
    """How many of them were named by a setting."""
    return sum("runlift.settings" in d.tags for d in inputs)


def _artifacts(run: Prepared) -> Iterator[Named]:
    for row in run.content.artifacts:
        if row["type"] == "dataset":
            name = fit([row["name"]], _NAMES)[row["name"]]
            # An experiment has one source for a name and digest: here it derives from them alone.
            kept = bool(row["stored"] and row["sha256"])
            source = json.dumps({"uri": f"artifacts/{row['name']}" if kept else row["path"] or row["name"]})
            digest = row["sha256"] if kept else _digest_of(name, "local", source)
            yield Named(name, digest[:_DIGEST], "local", source)


def _settings(run: Prepared) -> Iterator[Named]:
    """A dataset for each text that settings name data by; the context where all of them agree in it."""
    keys: dict[str, list[tuple[str, str]]] = {}
    for row in run.content.params:
        for value, context in _values(row):
            keys.setdefault(value, []).append((row["key"], context))
    for value, said in keys.items():
        tags = {"runlift.settings": ", ".join(dict.fromkeys(key for key, _ in said))[:_TAG]}
        contexts = {context for _, context in said}
        if contexts != {""} and len(contexts) == 1:
            tags["mlflow.data.context"] = contexts.pop()
        name = fit([value], _NAMES)[value]
        source_type, source = _source(value, said[0][0])
        yield Named(name, _digest_of(name, source_type, source)[:16], source_type, source, tags)


def _values(row: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """(name or place of data, MLflow's word for what it was used for) in one setting."""
    key = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", row["key"]).lower()
    met = _KEY.search(key)
    if met is None or _NOT_READ.search(key) or row["kind"] not in ("string", "list"):
        return
    values = json.loads(row["value"]) if row["kind"] == "list" else [row["value"]]
    context = _SPLITS.get(met["a"] or met["b"] or met["c"] or "", "")
    for value in values:
        if isinstance(value, str) and value.strip().lower() not in _NO_NAMES:
            yield value.strip(), context


def _source(value: str, key: str) -> tuple[str, str]:
    """(type, JSON) of a source that ``mlflow.data.get_source`` understands."""
    if value.startswith(("http://", "https://")):
        return "http", json.dumps({"url": value})
    if value.startswith("s3://"):
        return "s3", json.dumps({"uri": value})
    if _PLACE.search(value):
        return "local", json.dumps({"uri": value})
    # A bare name has no place: what names it is the code's setting.
    return "code", json.dumps({"tags": {"runlift.setting": key}})


def _digest_of(*words: str) -> str:
    return hashlib.sha256(json.dumps(words).encode()).hexdigest()
