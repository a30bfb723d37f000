"""Every error that Frontrunner raises for a user to read, in one file.

A message says what happened, where, and what to do next. Input files that cannot be used are
not errors: they are counted in the report of rejected files (`frontrunner.results.rejects`).
"""

from __future__ import annotations

# --- the root ---------------------------------------------------------------------------------


class FrontrunnerError(Exception):
    """Base of all errors meant for a user; the command line prints it and exits with `code`."""

    code = 1


HELPER_ENDED = "The operating system killed a worker process. Often this means that memory ran out."


# --- what the user asked for --------------------------------------------------------------------


class UsageError(FrontrunnerError):
    """The request itself cannot be answered: a wrong option, name or value."""

    code = 2


class UnknownNameError(UsageError):
    """A benchmark, task, model or snapshot of that name does not exist."""


class MissingExtraError(UsageError):
    """An optional part is not installed; the message has the command that installs it."""


# --- what the user gave -------------------------------------------------------------------------


class CatalogError(FrontrunnerError):
    """A catalog cannot be read, or contradicts itself."""

    code = 3


class SourceError(FrontrunnerError):
    """A source of results (folder, archive, git repository) cannot be read at all."""

    code = 3


class StoppedGitError(SourceError):
    """Git was stopped: it waited for a named pipe, or for a server that sent nothing."""


class LegacyError(FrontrunnerError):
    """The older board's files cannot be read at all, or a rule about them contradicts itself."""

    code = 3


class ContractError(FrontrunnerError):
    """A board cannot be asked, or a record of one or its rules cannot be read."""

    code = 3


class NotAskedError(ContractError):
    """A request was not sent: it may do harm, or the board no longer answers."""


class NetworkError(FrontrunnerError):
    """Another machine did not answer, or not within the limits."""

    code = 3


class UnavailableError(NetworkError):
    """Another machine gave only errors that may pass, or none in time; trying later may help."""


# --- what is on disk ----------------------------------------------------------------------------


class SnapshotError(FrontrunnerError):
    """A snapshot cannot be built, opened or published."""

    code = 4


class NothingUsableError(SnapshotError):
    """No file of a source can be used: a snapshot of it would be empty, so none is built."""


class CorruptSnapshotError(SnapshotError):
    """A snapshot's bytes are not the ones its manifest promises."""


class UnpreparedError(SnapshotError):
    """The answers of a snapshot could not be prepared. Servers have it all the same."""

    def __init__(self, snapshot: str, message: str) -> None:
        super().__init__(message)
        self.snapshot = snapshot
        """The name of the snapshot."""


class BackupError(FrontrunnerError):
    """A home cannot be backed up, or a backup cannot be restored."""

    code = 4


class StoppedError(FrontrunnerError):
    """The user stopped a command; the message says what was done and what was not."""

    code = 130


class InterruptedBuildError(StoppedError):
    """The user stopped a build."""


# --- what is running ----------------------------------------------------------------------------


class HelpersError(FrontrunnerError):
    """Helping processes cannot be started."""


class EvaluationError(FrontrunnerError):
    """An evaluation run could not be prepared or did not finish."""

    code = 5


class GatewayError(FrontrunnerError):
    """The gateway's configuration is refused, or Envoy cannot be run or asked."""

    code = 6


class WrongSettingError(GatewayError):
    """A setting of `[gateway]` cannot be used. Its `key` says where to correct it."""

    def __init__(self, key: str, text: str) -> None:
        """`text` goes on after the name of the setting."""
        super().__init__(f"gateway.{key} {text}")
        self.key = key


class TakeoverError(FrontrunnerError):
    """The take-over cannot do what was asked: no plan, or not in this state."""

    code = 7


class LedgerError(TakeoverError):
    """The ledger cannot be read or written."""

    code = 10


class StaleTokenError(TakeoverError):
    """A controller with a later lease has taken over, so this one must not write any more."""


class RefreshError(FrontrunnerError):
    """An update did nothing, or its snapshot waits for a person, or readers do not have it."""

    code = 9


class StoreError(FrontrunnerError):
    """The object storage did not do what was asked, or has something later."""

    code = 11


class LikesError(FrontrunnerError):
    """The likes of a board cannot be read or stored."""


class HubError(FrontrunnerError):
    """The Hugging Face Hub did not do what was asked."""

    code = 8


class HubUnavailableError(HubError):
    """The Hub did not answer in time, or only with errors that may pass. Nothing was changed."""


class UnknownOutcomeError(HubError):
    """The answer to a change was lost, and reading back did not settle whether it was made."""


class NotOnHubError(HubError):
    """A repository, revision or file does not exist, or the token may not see it."""


class HubRightsError(HubError):
    """The token does not allow what was asked, or there is no token."""


class PaymentError(HubError):
    """The Hub wants a paid plan for what was asked."""


class HubConflictError(HubError):
    """A repository of that name exists already, or another change of it is under way."""


class MovedError(HubError):
    """A name now leads to another repository, so nothing was written."""

    def __init__(self, message: str, to: str) -> None:
        super().__init__(message)
        self.to = to
        """The repository that the name leads to."""


class StaleParentError(HubError):
    """Another commit was made in between, so nothing was written."""


class SpaceFailedError(HubError):
    """A Space does not run what was committed."""
