"""Errors that stop a call: one class a cause, the message built inside.

What is merely wrong *in the data* is not an error but an ``Issue`` (see ``facts``), stored and shown.
"""

from __future__ import annotations


class RunliftError(Exception):
    """Anything that stops a call; the command line prints it as one line and exits 2."""


class SourceNotFoundError(RunliftError):
    """A path that the user named is not there. Nothing was read."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path}: no such file or folder. Check the spelling; nothing was read.")


class SourceUnreadableError(RunliftError):
    """A path that the user named cannot be opened. Nothing was read."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: cannot be read ({reason}). Check its permissions; nothing was read.")


class UnknownFormatError(RunliftError):
    """``--as`` or an export names a format or target that is not there."""

    def __init__(self, kind: str, name: str, known: list[str]) -> None:
        super().__init__(f"no {kind} is called {name!r}; there are: {', '.join(sorted(known))}.")


class MissingLibraryError(RunliftError):
    """A part needs a library that is not installed."""

    def __init__(self, what: str, library: str, command: str) -> None:
        super().__init__(f"{what} needs {library}, which is not installed. Run: {command}")


class StoreNotFoundError(RunliftError):
    """A store was asked that does not exist yet."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path}: no store here. Make one with: runlift ingest PATHS --store {path}")


class NotAStoreError(RunliftError):
    """A folder was given as a store and holds something else; it was left as it is."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path}: a folder that is not a runlift store and not empty; give another --store.")


class StoreTooNewError(RunliftError):
    """The store was made by a newer runlift; it was left as it is."""

    def __init__(self, path: str, found: int, known: int) -> None:
        super().__init__(
            f"{path}: made by a newer runlift (schema {found}, this one knows {known}). Upgrade: pip install -U runlift"
        )


class StoreBusyError(RunliftError):
    """Another process held the store's lock for too long; nothing was committed."""

    def __init__(self, path: str, seconds: float) -> None:
        super().__init__(f"{path}: another runlift is writing here; waited {seconds:.0f} s. Try again when it is done.")


class StoreDamagedError(RunliftError):
    """A table of the store cannot be read."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(f"{path}: the store is damaged ({reason}). See: runlift store check --store {path}")


class DiskFullError(RunliftError):
    """Writing failed for want of room; what was committed before stays whole."""

    def __init__(self, path: str) -> None:
        super().__init__(f"{path}: no space left on the disk. Free some and run the same command again: it goes on.")


class DestinationError(RunliftError):
    """An export cannot be written; each file there is whole, the old one or the new."""

    def __init__(self, path: str, reason: str) -> None:
        super().__init__(
            f"{path}: cannot be written ({reason}). What is there is whole, the old or the new; name another place."
        )


class PushStoppedError(RunliftError):
    """A server did not take something, or stayed away; what it took stays, and the same command goes on from there."""

    def __init__(self, dest: str, reason: str) -> None:
        super().__init__(
            f"{dest}: the server did not take it ({reason}). What arrived stays there, not marked complete; run the same "
            "command again and it goes on."
        )


class AccessError(RunliftError):
    """A server refuses access; what was sent before stays, and the same command goes on from there."""

    def __init__(self, dest: str, status: int) -> None:
        super().__init__(
            f"{dest}: the server refuses access (status {status}). Set its credentials in its own environment "
            "variables and run the same command again: it goes on where it stopped."
        )


class RunNotFoundError(RunliftError):
    """A run was named that the store does not hold."""

    def __init__(self, run: str, near: list[str]) -> None:
        hint = f" Near: {', '.join(near)}." if near else " See: runlift runs"
        super().__init__(f"no run is called {run!r}.{hint}")


class AmbiguousRunError(RunliftError):
    """A name or id prefix fits several runs."""

    def __init__(self, run: str, fits: list[str]) -> None:
        super().__init__(f"{run!r} fits {len(fits)} runs: {', '.join(fits[:6])}. Give more of the id.")


class MetricNotFoundError(RunliftError):
    """A metric was named that the run does not hold."""

    def __init__(self, metric: str, known: list[str]) -> None:
        super().__init__(f"no metric is called {metric!r}; there are: {', '.join(known[:12]) or 'none'}.")


class QueryError(RunliftError):
    """The SQL of the user cannot be run."""

    def __init__(self, reason: str) -> None:
        super().__init__(f"SQL: {reason}")


class OptionError(RunliftError):
    """An option's value cannot be used."""

    def __init__(self, option: str, value: str, wanted: str) -> None:
        super().__init__(f"{option} {value!r}: {wanted}.")


class GrammarError(RunliftError):
    """A log grammar that cannot be used: what, where, why and what to do."""

    def __init__(self, name: str, where: str, why: str, help_: str) -> None:
        self.name, self.where, self.why, self.help = name, where, why, help_
        super().__init__(f"grammar {name}: {where}: {why}. {help_}")
