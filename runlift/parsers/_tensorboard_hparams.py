"""What the hparams plugin logs: settings, status and times of a session.

Fields: tensorboard/plugins/hparams/plugin_data.proto and api.proto.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from runlift.facts import Artifact, Param, RunSeen

if TYPE_CHECKING:
    from collections.abc import Iterator

    from runlift.facts import Fact
    from runlift.parsers._tensorboard_logged import Logged

_STATUS = {1: "finished", 2: "failed", 3: "running"}
_EXACT = 1 << 53


def hparams(logged: Logged) -> Iterator[Fact]:
    """The facts of one HParamsPluginData."""
    from tensorboard.plugins.hparams.plugin_data_pb2 import HParamsPluginData  # noqa: PLC0415 - slow to import

    data = HParamsPluginData.FromString(logged.content)
    match data.WhichOneof("data"):
        case "session_start_info":
            yield from _start(data.session_start_info, logged.position)
        case "session_end_info":
            info = data.session_end_info
            yield RunSeen(
                status=_STATUS.get(info.status), ended_at=info.end_time_secs or None, position=logged.position
            )
        case "experiment":
            yield from _experiment(data.experiment, logged.position)


def _start(info: Any, position: int) -> Iterator[Fact]:
    yield RunSeen(group_name=info.group_name or None, started_at=info.start_time_secs or None, position=position)
    for key in sorted(info.hparams):
        yield Param(key, plain(info.hparams[key]), position)
    for key in ("model_uri", "monitor_url"):
        if getattr(info, key):
            yield Param(key, getattr(info, key), position)


def _experiment(info: Any, position: int) -> Iterator[Fact]:
    from google.protobuf.json_format import MessageToJson  # noqa: PLC0415 - slow to import

    yield RunSeen(
        project=info.name or None, notes=info.description or None, user_name=info.user or None, position=position
    )
    if info.hparam_infos or info.metric_infos:
        data = MessageToJson(info, ensure_ascii=False).encode()
        yield Artifact("hparams_experiment.json", "hparams", data, position=position)


def plain(value: Any) -> Any:
    """A protobuf Value as Python has it. All its numbers are doubles: those that are whole become int."""
    match value.WhichOneof("kind"):
        case "number_value":
            x = value.number_value
            return int(x) if x.is_integer() and abs(x) <= _EXACT else x
        case "string_value":
            return value.string_value
        case "bool_value":
            return value.bool_value
        case "list_value":
            return [plain(v) for v in value.list_value.values]
        case "struct_value":
            return {k: plain(v) for k, v in value.struct_value.fields.items()}
        case _:
            return None
