"""Folders of event files that are no runs of their own but pieces of the run above them.

PyTorch's and tensorboardX's ``add_scalars`` and ``add_hparams`` write sub-folders because one writer has one folder:

- ``add_scalars("loss", {"train": ..})`` gives ``RUN/loss_train`` (PyTorch, ``/`` in the name as ``_``) or
  ``RUN/loss/train`` (older writers), each with the one tag ``loss``;
- ``add_hparams`` gives ``RUN/1771595857.3236299`` (``str(time.time())``) with the settings and the metrics to compare.

Several ``add_hparams`` folders with different settings below one run are the trials of a search: they stay apart.

Sources: torch/utils/tensorboard/writer.py, tensorboardX/writer.py.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

_TIME = re.compile(r"\d{9,10}\.\d+")
_WRITER = re.compile(r"tfevents\.\d{9,11}\.(?P<host>.+?)(?:\.(?P<pid>\d+)\.\d+)?(?:\.v2)?$")


@dataclass(frozen=True, slots=True)
class FolderFacts:
    """What is known of one folder that holds event files.

    ``path`` of the folder; ``metrics``: names of its scalar tags; ``settings``: (key, value) of the settings that a
    session of the hparams plugin logged; ``other_items``: how many texts, histograms, images, ... were logged;
    ``writers``: ``writer_of`` each of its event files.
    """

    path: str
    metrics: frozenset[str] = frozenset()
    settings: frozenset[tuple[str, str]] = frozenset()
    other_items: int = 0
    writers: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Fold:
    """``child`` is a piece of the run in ``parent`` (both paths as given).

    ``kind`` is add_scalars or add_hparams; ``rename`` maps the child's metrics to their names in the parent (a metric
    that is not in it keeps its name); ``why`` is the evidence, for people.
    """

    child: str
    parent: str
    kind: str
    why: str
    rename: Mapping[str, str] = field(default_factory=dict)


def find_folds(folders: Sequence[FolderFacts]) -> list[Fold]:
    """Which of the folders are pieces of which others, in order of path; pure, reads no file.

    Give all folders with event files below one root at once: a piece is only one when the run above it has event
    files too. A folder whose writers are known and are none of the parent's is left alone. ``parent`` is never itself
    a child in the result: a piece of a piece belongs to the run at the top.
    """
    known = {_plain(f.path): f for f in folders}
    folds = _without_trials([fold for path in sorted(known) if (fold := _fold_of(path, known))], known)
    parents = {f.child: f.parent for f in folds}
    return [_to_top(f, parents) for f in folds]


def writer_of(name: str) -> str:
    """``HOST.PID`` (or ``HOST``) of an event file's name, the same for all files of one process; empty if not there."""
    found = _WRITER.search(name)
    return "" if found is None else ".".join(filter(None, (found["host"], found["pid"])))


def named_by_time(folder: str) -> bool:
    """Whether a folder has such a name as ``add_hparams`` gives."""
    return bool(_TIME.fullmatch(_plain(folder).rsplit("/", 1)[-1]))


def above(path: str, known: Mapping[str, object] | set[str]) -> Iterator[tuple[str, str]]:
    """Known folders above ``path``, the nearest first, each with the way from it down to ``path``."""
    at = len(path)
    while (at := path.rfind("/", 0, at)) > 0:
        if path[:at] in known:
            yield path[:at], path[at + 1 :]


def _plain(path: str) -> str:
    return path.replace("\\", "/").rstrip("/")


def _fold_of(path: str, known: Mapping[str, FolderFacts]) -> Fold | None:
    child = known[path]
    for top, way in above(path, known):
        parent = known[top]
        if child.writers and parent.writers and not child.writers & parent.writers:
            continue
        fold = _scalars(child, parent, way) or _hparams(child, parent, way)
        if fold:
            return fold
    return None


def _scalars(child: FolderFacts, parent: FolderFacts, way: str) -> Fold | None:
    if len(child.metrics) != 1 or child.settings or child.other_items:
        return None
    (tag,) = child.metrics
    for start in (f"{tag}/", f"{tag.replace('/', '_')}_"):
        series = way.removeprefix(start)
        if tag and series and series != way:
            why = f"its one tag {tag!r} begins its path {way!r} below a run, as add_scalars writes it"
            return Fold(child.path, parent.path, "add_scalars", why, {tag: f"{tag}/{series}"})
    return None


def _hparams(child: FolderFacts, parent: FolderFacts, way: str) -> Fold | None:
    if not child.settings or not _TIME.fullmatch(way):
        return None
    why = f"it holds settings and is called by the time {way}, as add_hparams writes it"
    rename = {m: f"hparams/{m}" for m in sorted(child.metrics & parent.metrics)}
    return Fold(child.path, parent.path, "add_hparams", why, rename)


def _without_trials(folds: list[Fold], known: Mapping[str, FolderFacts]) -> list[Fold]:
    settings = defaultdict(set)
    for f in folds:
        if f.kind == "add_hparams":
            settings[f.parent].add(known[_plain(f.child)].settings)
    return [f for f in folds if f.kind != "add_hparams" or len(settings[f.parent]) == 1]


def _to_top(fold: Fold, parents: Mapping[str, str]) -> Fold:
    top = fold.parent
    while top in parents:
        top = parents[top]
    return Fold(fold.child, top, fold.kind, fold.why, fold.rename)
