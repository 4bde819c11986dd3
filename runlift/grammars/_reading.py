"""The reading of one text: blocks are scanned, shapes drafted once, numbers taken in columns, context carried over."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING

import numpy as np

from runlift.facts import Account, Issue, RunSeen, Severity
from runlift.grammars._ahead import place_before
from runlift.grammars._bars import full_bars, never_full, newly_drawn, overdrawn, whole_runs
from runlift.grammars._before import common_prefixes
from runlift.grammars._block import Block, Group
from runlift.grammars._claims import Claims
from runlift.grammars._company import with_neighbours
from runlift.grammars._context import Carried, Context
from runlift.grammars._doubles import printed_twice
from runlift.grammars._draft import Draft
from runlift.grammars._durations import TIME_OF_DAY
from runlift.grammars._evidence import Evidence, Seen, is_record, may_be_metric
from runlift.grammars._fate import IGNORED, Fate
from runlift.grammars._general import read_peeled
from runlift.grammars._lists import with_lists
from runlift.grammars._long_tables import read_long_tables
from runlift.grammars._outcome import Outcome, ending
from runlift.grammars._params import Params
from runlift.grammars._peel import peel
from runlift.grammars._ranks import assign_ranks, assign_workers, is_numbered, numbers_are_ranks
from runlift.grammars._refine import mark_stanzas, spread_stanzas, take_from_next_line
from runlift.grammars._repeats import announces_best, repeated, said_twice
from runlift.grammars._rows import Tables
from runlift.grammars._runs import Runs, run_mark, runs_ahead
from runlift.grammars._series import Gathering, Naming
from runlift.grammars._sorting import sort_out
from runlift.grammars._steps import demote_fractions, prefer_rising, promote_counters, promote_shares
from runlift.grammars._tags import Tags, tell_apart, tell_numbers_apart
from runlift.grammars._times import Times
from runlift.wire.line_wraps import is_glued, unglued
from runlift.wire.lines import new_scanner

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import F8, I8, Fact
    from runlift.grammars._draft import Pair
    from runlift.grammars._peel import Peeled
    from runlift.grammars._tally import Tally
    from runlift.wire.line_shapes import Scan


MOST_READ = 20_000  # distinct shapes that are all read; a log of one program has tens or hundreds
MOST_SPARED = 20_000
_TELLING = re.compile(rb"(?i)(?:loss|acc|epoch|step|iter|reward|err|score|ppl|bleu)[^\x01]{0,12}\x01")
_UNREAD = Draft("")


class Reading:
    """Reads a text block by block. ``facts`` gives what a block says; ``close`` what is left at the end."""

    def __init__(self, grammars: Claims | None = None, tally: Tally | None = None, times: Times | None = None) -> None:
        self.times, self.params, self.outcome = times or Times(), Params(), Outcome()
        self.runs, self.tables = Runs(), Tables()
        self.claims = grammars or Claims()
        self.tally = tally
        self.scanner = new_scanner()
        self.drafts: list[Draft] = []
        self.evidence = Evidence()
        self.carried: dict[int, Carried] = {}
        self.naming = Naming()
        self.numbered = False
        self.counting: set[str] = set()
        self.tags: Tags = {}
        self.numbered_tags: set[str] = set()
        self.known: set[tuple[int, int]] = set()  # shapes and slots that an earlier block showed to be metrics
        self.line = 1
        self.spared = self.cut = 0
        self.glued = False
        self.common = ""
        self.workers: dict[int, int] = {}
        self.counts = dict.fromkeys(Fate, 0)
        self.total = self.said = 0

    def facts(self, data: bytes, starts: I8 | None = None) -> Iterator[Fact]:
        """All facts of one block of whole lines; ``starts``: the physical lines that they begin on (``Lines``)."""
        found = self._scan(data, starts)
        if not self.drafts:
            self._find_common(found)
        self._draft_new()
        block = Block.of(found, self.drafts)
        if not self.numbered and numbers_are_ranks(block):
            self._renumber(block)
        yield from self._read(block)
        self._count(block)
        self.line += found.lines

    def _scan(self, data: bytes, starts: I8 | None) -> Scan:
        """The block scanned; lines that two writers share are cut."""
        known = len(self.scanner.keys)
        found = self.scanner.scan(data)
        new = self.scanner.keys[known:]
        self.glued |= any(map(is_glued, new))
        cut = unglued(data, starts) if self.glued else None
        if cut is not None:
            self.cut += len(cut[1]) - 1 - (found.lines if starts is None else len(starts) - 1)
            found, starts = self.scanner.scan(cut[0]), cut[1]
        return found if starts is None else found.relined(starts)

    def _find_common(self, scan: Scan) -> None:
        """Settle on what stands before every line: the least that lets a grammar know the text, else the most."""
        keys = self.scanner.keys[:MOST_READ]
        first = [self._peel(k) for k in keys]
        if self.claims.wake(first):
            return
        best = ""
        for self.common, sure in common_prefixes(first, scan):
            if self.claims.wake([self._peel(k) for k in keys]):
                return
            best = self.common if sure else best
        self.common = best

    def _peel(self, key: bytes) -> Peeled:
        return peel(key.decode("utf-8", "replace"), numbered=self.numbered, common=self.common)

    def _draft_new(self) -> None:
        """A Draft for each shape that was not seen before, by a grammar that the file is of, else the general one."""
        keys = self.scanner.keys[len(self.drafts) :]
        room = max(MOST_READ - len(self.drafts), 0)
        new = [self._peel(k) for k in keys[:room]]
        if self.claims.wake(new):
            for i, draft in enumerate(self.drafts):
                if draft.by == "general":
                    self.drafts[i] = (
                        self.claims.read(peel(draft.text, numbered=self.numbered, common=self.common)) or draft
                    )
        for peeled in new:
            self.drafts.append(self.claims.read(peeled) or read_peeled(peeled))
            self.drafts[-1].ending, self.drafts[-1].run_mark = ending(peeled.rest[:400]), run_mark(peeled.rest)
            self.drafts[-1].recalls = announces_best(peeled.rest[:400])
        if len(keys) > room:
            self.drafts += self._sparingly(keys[room:])

    def _sparingly(self, keys: list[bytes]) -> Iterator[Draft]:
        """Drafts of shapes beyond those that any log has: only shapes with a number and a telling word are read still."""
        for key in keys:
            if self.spared < MOST_SPARED and _TELLING.search(key):
                self.spared += 1
                peeled = self._peel(key)
                yield self.claims.read(peeled) or read_peeled(peeled)
            else:
                yield _UNREAD

    def close(self) -> Iterator[Fact]:
        """What the whole text says of its run, and the ledger."""
        yield from self.times.issues()
        yield from self._contests()
        if self.cut:
            what = f"{self.cut} line(s) begin behind another writer's, without a newline between"
            yield Issue("glued-lines", what + ".", count=self.cut, severity=Severity.INFO, done="They were cut there.")
        first, last = (None if np.isnan(t) else float(t) for t in (self.times.first, self.times.last))
        framework = next((g.framework for g in self.claims.awake if g.framework), None)
        status = self.outcome.final() if self.outcome.metric or self.outcome.status else None
        if first is not None or framework or status:
            ended = last if status in ("finished", "failed", "killed") else None
            yield RunSeen(status=status, started_at=first, ended_at=ended, framework=framework)
        yield from self.runs.seen(framework)
        ignored = {name: self.counts[fate] for fate, name in IGNORED.items() if self.counts[fate]}
        if self.total > self.said:
            ignored["blank"] = self.total - self.said
        lost = self.counts[Fate.UNREAD]
        yield Account("lines", self.total, self.total - lost - sum(ignored.values()), ignored, lost)

    def _contests(self) -> Iterator[Issue]:
        for names, count in self.claims.contested.items():
            what = f"The grammars {' and '.join(names)} both read {count} shape(s) of lines"
            yield Issue("grammar_contested", what + ".", severity=Severity.INFO, done=f"{names[0]} read them.")

    def _renumber(self, block: Block) -> None:
        """Numbers before a colon turned out to be ranks: read those shapes again."""
        self.numbered = True
        for g in block.groups:
            if is_numbered(g.draft):
                peeled = peel(g.draft.text, numbered=True, common=self.common)
                self.drafts[g.shape] = g.draft = self.claims.read(peeled) or read_peeled(peeled)

    def _read(self, block: Block) -> Iterator[Fact]:
        assign_ranks(block)
        ranks = block.rank[block.rank >= 0]
        if len(ranks) and self.naming.main_rank < 0:
            self.naming.main_rank = int(ranks.min())
        if not len(ranks):
            assign_workers(block, self.workers)
        mark_stanzas(block)
        stamped = list(block.groups)
        sort_out(block)
        read_long_tables(block)
        self.tables.apply(block)
        promote_counters(block, self.counting)
        promote_shares(block, self.counting)
        prefer_rising(block)
        demote_fractions(block)
        take_from_next_line(block)
        tell_numbers_apart(block, self.numbered_tags)
        tell_apart(block, self.tags)
        for g in block.groups:
            telling = is_record(g.draft) or bool(g.draft.pairs)
            self.evidence.look(g.draft, telling and block.varies(g))
            if not self.evidence.training:
                self.evidence.measure(g.draft, partial(_is_float, block, g.frames))
        context = Context.of(len(block.fate))
        for g in block.groups:
            self._places(g, block, context)
        spread_stanzas(block, context)
        if not self.carried:
            place_before(block, context)
        context.time = self.times.read(block, stamped)
        self.carried = context.resolve(self.carried, block.rank)
        wanted = with_neighbours(block, [(g, self._wanted(g, block)) for g in block.groups], seen_of)
        wanted = [
            (g, with_lists(g, pairs, known=(g.shape, pairs[0].slot) in self.known) if pairs else pairs)
            for g, pairs in wanted
        ]
        for g, pairs in wanted:
            self.known.update((g.shape, p.slot) for p in pairs)
            self.naming.see(g.draft, pairs)
        full_bars(block, context)
        whole, cut = whole_runs(block), never_full(block)
        redrawn = overdrawn(block, whole) | repeated(block) | said_twice(block, wanted) | printed_twice(block, wanted)
        runs = self.runs.of(block, context)
        gathering = Gathering(block, context, self.naming, runs)
        for g, pairs in wanted:
            if pairs:
                last = newly_drawn(block, g, whole, cut)
                last = last[~redrawn[last]]
                block.mark(g.frames, Fate.REDRAWN)
                block.mark(last, Fate.METRIC)
                gathering.take(g, pairs, last)
        if self.tally is not None:
            self.tally.see(block, self.drafts, wanted, self.line)
        yield from gathering.points(self.line, self.runs)
        yield from self.params.read(block, self.line, [self.runs.key(r) for r in runs_ahead(block, runs).tolist()])
        yield from self.outcome.look(block, self.line, (self._counted(context), context.total))

    @staticmethod
    def _counted(context: Context) -> F8:
        """Where each frame stands against its total: by its epoch where it has one, else by its step."""
        return np.where(np.isnan(context.own_epoch), context.own_step, context.own_epoch)

    def _places(self, group: Group, block: Block, context: Context) -> None:
        draft, frames = group.draft, group.frames
        if draft.step is not None and (draft.step_rank >= 1 or (draft.bar and draft.pairs)):
            context.own_step[frames] = block.column(frames, draft.step) * draft.step_scale
        if draft.epoch is not None:
            context.own_epoch[frames] = block.column(frames, draft.epoch)
        total = draft.epoch_total if draft.epoch is not None else draft.step_total
        if total is not None:
            context.total[frames] = block.column(frames, total)
        if draft.phase and draft.phase != "best":
            context.own_phase[frames] = self.naming.phase(draft.phase)
        elif is_record(draft):
            context.own_phase[frames] = 0
        if draft.ignored:
            block.mark(frames, Fate.NAMED)
        elif draft.heads and draft.by != "general":
            block.mark(frames, Fate.TABLE)
        elif is_record(draft) or draft.phase:
            block.mark(frames, Fate.PLACE)
        elif draft.bar:
            block.mark(frames, Fate.BAR)
        elif draft.neutral:
            block.mark(frames, Fate.EDGE)

    def _wanted(self, group: Group, block: Block) -> list[Pair]:
        draft = group.draft
        if draft.by != "general":
            seen = {p: seen_of(block, group.frames, p.slot) for p in draft.pairs if p.free}
            return [p for p in draft.pairs if not p.free or may_be_metric(p, seen[p])]
        frames, known = block.alike(group), self.known
        accepts = self.evidence.accepts
        return [
            p
            for p in draft.pairs
            if not (p.seconds and _is_of_day(block, frames, p))
            and ((group.shape, p.slot) in known or accepts(draft, p, seen_of(block, frames, p.slot)))
        ]

    def _count(self, block: Block) -> None:
        """Add the block's physical lines to the ledger, each by the strongest fate of its frames."""
        line, fate = block.scan.line, block.fate
        starts = np.flatnonzero(np.diff(line, prepend=-1))
        best = np.maximum.reduceat(fate, starts) if len(starts) else fate
        if len(starts):
            lost = np.maximum.reduceat((fate == Fate.UNREAD) & (np.diff(block.scan.first) > 0), starts)
            best = np.where(lost & (best <= Fate.REDRAWN), Fate.UNREAD, best)  # numbers beside a bar were not read
        span = np.ones(len(starts), np.int64) if block.scan.span is None else block.scan.span[line[starts]]
        for code, count in enumerate(np.bincount(best, span, minlength=max(Fate) + 1)):
            self.counts[Fate(code)] += int(count)
        self.total += block.scan.lines
        self.said += int(span.sum())


def seen_of(block: Block, frames: I8, slot: int) -> Seen:
    """How a shape's number looks over its frames."""
    at = block.scan.first[frames] + slot
    value = block.scan.value[at]
    return Seen(len(frames), bool(np.any(value != value[0])), bool(block.scan.is_float[at].any()), float(value[0]))


def _is_of_day(block: Block, frames: I8, pair: Pair) -> bool:
    """Whether what reads like a duration is rather a time of the day: its hours have two digits, and are no ``00`` to ``09``."""
    if len(pair.seconds) != TIME_OF_DAY:
        return False
    hours = block.text_at(int(frames[0]), pair.seconds[0][0])
    return len(hours) == 2 and hours[0] != "0"


def _is_float(block: Block, frames: I8, slot: int) -> bool:
    return seen_of(block, frames, slot).is_float
