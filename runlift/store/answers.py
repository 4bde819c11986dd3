"""Writing the answer to a query to a file."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from runlift.errors import OptionError

if TYPE_CHECKING:
    import pyarrow as pa


def write_answer(answer: pa.Table, path: str) -> None:
    """Write an Arrow table as Parquet, CSV or JSON lines, as the file's suffix says.

    Raises:
        OptionError: Another suffix, or a place that cannot be written.
    """
    suffix = os.path.splitext(path)[1].lower()
    writers = {".parquet": _parquet, ".csv": _csv, ".json": _json, ".jsonl": _json}
    if suffix not in writers:
        raise OptionError("--output", path, "the name has to end in .parquet, .csv or .json")
    try:
        writers[suffix](answer, path)
    except OSError as error:
        raise OptionError("--output", path, f"cannot be written ({error.strerror or error})") from error


def _parquet(answer: pa.Table, path: str) -> None:
    import pyarrow as pa  # noqa: PLC0415 - only for this answer
    import pyarrow.parquet as pq  # noqa: PLC0415 - the same

    exact = [f.name for f in answer.schema if not pa.types.is_floating(f.type)]
    pq.write_table(answer, path, compression="zstd", write_statistics=exact)


def _csv(answer: pa.Table, path: str) -> None:
    answer.to_pandas().to_csv(path, index=False, na_rep="")


def _json(answer: pa.Table, path: str) -> None:
    import json  # noqa: PLC0415 - only for this answer

    with open(path, "w", encoding="utf-8") as f:
        f.writelines(json.dumps(row, ensure_ascii=False, default=str) + "\n" for row in answer.to_pylist())
