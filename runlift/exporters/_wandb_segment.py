"""One offline folder of a W&B run: the whole run, or what it has grown by, which W&B takes for a resumed run.

Source: wandb/proto/wandb_internal.proto; ``resume`` in the run's record makes ``wandb sync`` go on behind the rows that the
server has (measured with wandb 0.31.0).
"""

from __future__ import annotations

import json
import os
from itertools import chain
from typing import TYPE_CHECKING, Any

from runlift.exporters import _wandb_items as items
from runlift.exporters import _wandb_run as words
from runlift.exporters._wandb_log import LogWriter
from runlift.exporters._wandb_rows import STEP, Numbering, history, number, other_history, steps_rise
from runlift.moving.content import seconds
from runlift.moving.files import write_whole
from runlift.moving.growth import Growth
from runlift.moving.rows import as_rows
from runlift.moving.settings import project_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from runlift.moving.files import FileItem
    from runlift.moving.growth import Ledger
    from runlift.moving.prepare import Prepared


class Segment:
    """What is new of a run, as rows. ``proto``: W&B's record classes."""

    def __init__(self, proto: Any, growth: Growth) -> None:
        self.proto, self.growth, self.run = proto, growth, growth.run
        own = growth.held.own
        self.turn = own.get("turn", -1) + 1
        series = list(growth.series())
        self.names, self.rows = [name for name, _ in series], as_rows([s for _, s in series])
        self.by_step = own["by_step"] if self.turn else steps_rise(self.run, self.rows)
        self.first, self.last_step = own.get("rows", 0), own.get("last_step", -1)
        logged = [one for one in items.logged(self.run) if growth.is_new([items.item(one.row)])]
        tables = list(items.text_tables(self.run, growth))
        self.others = [one.row for one in chain(logged, tables)]
        self.files: list[FileItem] = [*growth.files(), *(t.file for t in tables if t.file)]

    @property
    def fits(self) -> bool:
        """Whether it can follow what is held: W&B's own steps only rise."""
        rows = self.rows
        rises = steps_rise(self.run, rows) and (not len(rows) or rows.step[0] > self.last_step)
        return self.growth.covers_items and (rises or not self.by_step)

    def write(self, folder: str, tell: Callable[[int], None]) -> None:
        """Write the folder, but its mark."""
        for name in ("files", "logs", "tmp"):
            os.makedirs(os.path.join(folder, name))
        for item in self.files:
            write_whole(os.path.join(folder, "files", *item.name.split("/")), item.read())
        with open(os.path.join(folder, f"run-{self.run.run_id}.wandb"), "wb", buffering=1 << 20) as file:
            self._records(LogWriter(file), tell)

    def own(self, folders: list[str]) -> dict[str, Any]:
        """What a later push has to know."""
        steps = self.rows.step
        return {
            "turn": self.turn,
            "by_step": self.by_step,
            "rows": self.first + len(self.rows) + len(self.others),
            "last_step": int(steps[-1]) if len(steps) else self.last_step,
            "start": self.run.content.start,
            "project": project_of(self.run, words.PROJECTS),
            "folders": folders,
        }

    def _records(self, log: LogWriter, tell: Callable[[int], None]) -> None:
        start = self.run.content.start
        log.write(self._beginning())
        for records, points in history(self.rows, self.names, Numbering(start, self.by_step, self.first)):
            log.write(records)
            tell(points)
        log.write(other_history(self.others, self.first + len(self.rows), start))
        log.write(self._end())

    def _beginning(self) -> Iterator[bytes]:
        """Header, run, x-axis, list of files."""
        pb = self.proto
        version = pb.VersionInfo(producer="runlift", min_consumer="0.70.0")
        yield pb.Record(header=pb.HeaderRecord(version_info=version)).SerializeToString()
        yield pb.Record(run=self._run_record()).SerializeToString()
        if not self.by_step:
            axis = pb.MetricOptions(defined=True)
            yield pb.Record(metric=pb.MetricRecord(name=STEP, options=axis)).SerializeToString()
            every = pb.MetricRecord(glob_name="*", step_metric=STEP, options=axis)
            yield pb.Record(metric=every).SerializeToString()
        files = pb.FilesRecord(files=[pb.FilesItem(path=f.name, policy=1) for f in self.files])
        yield pb.Record(files=files).SerializeToString()

    def _run_record(self) -> Any:
        run, row = self.run, self.run.row
        said = self.proto.RunRecord(
            run_id=run.run_id, project=project_of(run, words.PROJECTS), tags=row["tags"] or (), resume=self.turn > 0
        )
        said.display_name = row["name"] or run.run_id
        said.run_group, said.job_type = row["group_name"] or "", row["job_type"] or ""
        said.notes, said.host = row["notes"] or "", row["host"] or ""
        # A second later each: ``wandb sync`` sends the folders of one run in the order of their starts.
        start = round((seconds(row["started_at"]) or 0.0) * 1_000_000) + self.turn * 1_000_000
        said.start_time.seconds, said.start_time.nanos = start // 1_000_000, start % 1_000_000 * 1000
        for key, value in words.config(run).items():
            said.config.update.add(key=key, value_json=json.dumps(value, ensure_ascii=False))
        return said

    def _end(self) -> Iterator[bytes]:
        """Summary (the last value of each metric) and exit."""
        pb = self.proto
        rows, names = (self.rows, self.names) if not self.turn else _all_rows(self.run)
        last = dict(zip(rows.code.tolist(), rows.value.tolist(), strict=True))
        summary = pb.SummaryRecord()
        for code, value in last.items():
            summary.update.add(nested_key=[names[code]], value_json=number(value))
        yield pb.Record(summary=summary).SerializeToString()
        code_ = words.exit_code(self.run.row["status"])
        if code_ is not None:
            runtime = round(self.run.row["duration_s"] or 0)
            yield pb.Record(exit=pb.RunExitRecord(exit_code=code_, runtime=runtime)).SerializeToString()


def segment_of(proto: Any, run: Prepared, held: Ledger | None) -> Segment:
    """What is to be written: what is new, or the whole run where that cannot follow what is held."""
    growth = Growth.since(run, held)
    if growth is not None and _same_run(growth):
        segment = Segment(proto, growth)
        if segment.fits:
            return segment
    return Segment(proto, Growth(run))


def _same_run(growth: Growth) -> bool:
    """Whether nothing is to be taken back that other folders say of the run."""
    run, own = growth.run, growth.held.own
    same = own["start"] == run.content.start and own["project"] == project_of(run, words.PROJECTS)
    return same and not growth.gone() and set(growth.held.params) <= run.params.keys()


def _all_rows(run: Prepared) -> tuple[Any, list[str]]:
    series = list(run.series())
    return as_rows(series), [run.names[s.metric] for s in series]
