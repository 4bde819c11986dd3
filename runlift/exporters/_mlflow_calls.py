"""Calls to MLflow through its public client: tried again where that helps, with its own retries held short.

Source of the limits and of what the stores do: mlflow/utils/validation.py and mlflow/store/tracking/sqlalchemy_store.py.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any, TypeVar, cast

from runlift.errors import MissingLibraryError
from runlift.moving.receipt import without_credentials
from runlift.moving.retry import again

if TYPE_CHECKING:
    from collections.abc import Callable

T = TypeVar("T")

_STATUS = re.compile(r"error code (\d{3})")
# The client's own retries pause for minutes on a broken connection and repeat requests unseen; ours say when they stop.
_QUIET = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "0",
    "MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR": "false",
    "MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT": "true",
}


def client_for(dest: str) -> Any:
    """An MlflowClient. Credentials come from MLflow's own environment variables and files.

    Raises:
        MissingLibraryError: MLflow is not installed.
    """
    for name, value in _QUIET.items():
        os.environ.setdefault(name, value)
    try:
        from mlflow import MlflowClient  # noqa: PLC0415 - optional, slow to import
    except ImportError as error:
        raise MissingLibraryError("export mlflow", "mlflow", 'pip install "runlift[mlflow]"') from error
    return MlflowClient(tracking_uri=dest, registry_uri=dest)


class Calls:
    """The client's calls by name, each safe to repeat."""

    def __init__(self, dest: str) -> None:
        self.client, self._shown = client_for(dest), without_credentials(dest)

    def __call__(self, name: str, *args: Any, **named: Any) -> Any:
        """Call a method of the client."""
        return self.trying(lambda: getattr(self.client, name)(*args, **named))

    def trying(self, call: Callable[[], T]) -> T:
        """Call something that talks to the server."""
        return again(call, _status_of, self._shown)


class Points:
    """Sends points of one metric, at most 1,000 at once."""

    def __init__(self, calls: Calls, dest: str) -> None:
        self._calls, self._send = calls, self._over_http if dest.startswith("http") else self._through_client
        if dest.startswith("http"):
            from mlflow.utils import credentials, rest_utils  # noqa: PLC0415 - optional

            # Both are untyped.
            made: Any = credentials.get_default_host_creds
            self._creds, self._request = made(dest), cast("Any", rest_utils.http_request_safe)

    def __call__(self, run: str, name: str, values: list[float], times: list[int], steps: list[int]) -> None:
        """``times`` in Unix milliseconds."""
        self._calls.trying(lambda: self._send(run, name, list(zip(values, times, steps, strict=True))))

    def _over_http(self, run: str, name: str, rows: list[tuple[float, int, int]]) -> None:
        """MLflow's own request with its body made here: the client spends as long on its objects as the server needs."""
        metrics = [
            {"key": name, "value": value if value == value else "NaN", "timestamp": time, "step": step}  # noqa: PLR0124
            for value, time, step in rows
        ]
        body = {"run_id": run, "metrics": metrics}
        self._request(self._creds, "/api/2.0/mlflow/runs/log-batch", "POST", json=body)

    def _through_client(self, run: str, name: str, rows: list[tuple[float, int, int]]) -> None:
        from mlflow.entities import Metric  # noqa: PLC0415 - optional

        self._calls.client.log_batch(run, metrics=[Metric(name, value, time, step) for value, time, step in rows])


def _status_of(error: BaseException) -> int | None:
    from mlflow.exceptions import MlflowException  # noqa: PLC0415 - optional
    from requests import RequestException  # noqa: PLC0415 - comes with MLflow

    if isinstance(error, MlflowException):
        found = _STATUS.search(str(error))
        said: Any = error  # its methods are untyped
        return int(found[1]) if found else int(said.get_http_status_code())
    if isinstance(error, RequestException):
        response = error.response
        return 0 if response is None else int(response.status_code)
    return 0 if isinstance(error, ConnectionError) else None
