"""Calls of the Hub's own client, each with a time limit and with errors of this project.

The client is `huggingface_hub`. Its HTTP session is replaced by one with limits (`net/limited.py`);
large files are sent and read over HTTP, without its Xet library, whose transfers have no limits.
"""

from __future__ import annotations

import ipaddress
import logging
import time
import warnings
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib.util import find_spec
from json import JSONDecodeError
from typing import TypeVar
from urllib.parse import urlsplit

from frontrunner.base.config import HubSettings
from frontrunner.base.errors import (
    HubConflictError,
    HubError,
    HubRightsError,
    HubUnavailableError,
    MissingExtraError,
    NetworkError,
    NotOnHubError,
    PaymentError,
    StaleParentError,
    UnknownOutcomeError,
    UsageError,
)
from frontrunner.hub.access import VARIABLE, Token, read_token, without_tokens

if find_spec("huggingface_hub") is None:
    raise MissingExtraError("The Hub needs its client. Install it with: pip install '.[hub]'")

import huggingface_hub
from huggingface_hub import HfApi, constants
from huggingface_hub.errors import HfHubHTTPError
from huggingface_hub.utils.tqdm import disable_progress_bars

from frontrunner.hub.answers_allowed import RULES
from frontrunner.hub.decoding import SHAPES, NotUnderstoodError, is_of_answer
from frontrunner.net.limited import (
    ClientError,
    LostError,
    deadline,
    limited_client,
    seconds_left,
)

T = TypeVar("T")
_KINDS: dict[int, type[HubError]] = {
    401: HubRightsError,
    402: PaymentError,
    403: HubRightsError,
    404: NotOnHubError,
    409: HubConflictError,
    412: StaleParentError,
}
_ADVICE = {
    HubRightsError: "Check the token's rights with `frontrunner hub rights`.",
    PaymentError: "Choose hardware and a kind of archive that the plan of the account includes.",
}
_OTHERS = (ClientError, OSError, ValueError, RuntimeError)
"""What the client raises, besides its own error for answers with an error."""
_PERHAPS_OF_ANSWER = (NotUnderstoodError, JSONDecodeError, *SHAPES)
"""What may mean an answer that is not understood: `is_of_answer` says."""


@dataclass(frozen=True)
class Hub:
    """One Hub, asked with one token."""

    endpoint: str
    api: HfApi = field(repr=False)
    token: Token | None = None
    seconds: float = 60.0
    """For one call, with all its requests and repetitions."""
    waits: tuple[float, ...] = (0.1, 1.0, 2.0, 4.0)
    """Seconds before a read is repeated whose answer was not understood."""

    @property
    def is_local(self) -> bool:
        """Whether the Hub is on this machine, as a stand-in is."""
        host = urlsplit(self.endpoint).hostname or ""
        try:
            return host == "localhost" or ipaddress.ip_address(host).is_loopback
        except ValueError:
            return False

    def read(self, what: str, ask: Callable[[], T], *, seconds: float | None = None) -> T:
        """What `ask` gives; `what` begins the message of an error.

        An answer that is not understood, such as a page of a proxy, is asked for again. Raises
        HubUnavailableError if there was none in time, or still none that is understood, else a
        HubError by the status.
        """
        return self._call(what, lambda: self._repeated(ask), seconds, HubUnavailableError)

    def write(self, what: str, ask: Callable[[], T], *, seconds: float | None = None) -> T:
        """The same for a change, which is never sent twice.

        Raises UnknownOutcomeError if the answer was lost or is not understood, so that the change
        may have been made.
        """
        return self._call(what, ask, seconds, UnknownOutcomeError)

    def _call(
        self, what: str, ask: Callable[[], T], seconds: float | None, lost: type[HubError]
    ) -> T:
        failure: HubError
        try:
            with deadline(seconds or self.seconds), warnings.catch_warnings():
                warnings.simplefilter("ignore")  # of the client, about itself
                return ask()
        except HubError:
            raise
        except NetworkError as error:  # of a request that changed nothing
            failure = HubUnavailableError(self._told(what, str(error)))
        except HfHubHTTPError as error:
            failure = self._refused(what, error, lost)
        except _PERHAPS_OF_ANSWER as error:
            if not is_of_answer(error):
                raise  # a mistake of this program
            # A page of a proxy, for one. Of a change it does not say whether it was made.
            why = f"the Hub's answer is not understood ({_kind(error)}{error})"
            failure = lost(self._told(what, why))
        except _OTHERS as error:
            failure = self._failed(what, error, lost)
        # The errors of the client hold the request with its token; their text is kept alone.
        raise failure from None

    def _repeated(self, ask: Callable[[], T]) -> T:
        for wait in self.waits:
            try:
                return ask()
            except _PERHAPS_OF_ANSWER as error:
                if not is_of_answer(error) or wait >= seconds_left():
                    raise
            time.sleep(wait)
        return ask()

    def _failed(self, what: str, error: Exception, lost: type[HubError]) -> HubError:
        # Uploads and downloads wrap what went wrong in errors of their own.
        root = error.__cause__ or error
        if isinstance(root, HubError):
            return root
        if isinstance(root, NetworkError):
            return HubUnavailableError(self._told(what, str(root)))
        if isinstance(root, HfHubHTTPError):
            return self._refused(what, root, lost)
        kind = lost if isinstance(error, LostError) or isinstance(root, LostError) else HubError
        return kind(self._told(what, str(error) or type(error).__name__))

    def _refused(self, what: str, error: HfHubHTTPError, lost: type[HubError]) -> HubError:
        status = error.response.status_code
        said = error.server_message or str(error).strip().partition("\n")[0]
        kind = lost if status >= 500 or status == 408 else _KINDS.get(status, HubError)
        advice = _ADVICE.get(kind, "")
        return kind(self._told(what, f"the Hub answered {status}: {said}") + f" {advice}".rstrip())

    def _told(self, what: str, why: str) -> str:
        text = f"{what}: {' '.join(why.split())[:500].rstrip('.')}."
        return self.token.hide_in(text) if self.token else without_tokens(text)


def _kind(error: Exception) -> str:
    """The kind of an error, unless its text has it."""
    return "" if isinstance(error, NotUnderstoodError) else f"{type(error).__name__}: "


def hub_of(settings: HubSettings) -> Hub:
    """The Hub of the settings. Raises UsageError without a token."""
    token = read_token(settings.token_file)
    if token is None:
        raise UsageError(f"There is no token. Set {VARIABLE}, or [hub] token_file.")
    return open_hub(settings.endpoint, token, seconds=settings.call_seconds)


def open_hub(endpoint: str, token: Token | None, *, seconds: float = 60.0) -> Hub:
    """A Hub to ask. It changes settings of the client for the whole process.

    Without a token, none of the machine is used either.
    """
    huggingface_hub.set_client_factory(lambda: limited_client(RULES))
    constants.HF_HUB_DISABLE_XET = True
    constants.HF_HUB_DISABLE_TELEMETRY = True
    disable_progress_bars()
    for name in ("huggingface_hub", "httpx2", "httpcore2"):
        # They log addresses that are signed, and headers as the Hub sends them.
        logging.getLogger(name).setLevel(logging.ERROR)
    api = HfApi(
        endpoint=endpoint.rstrip("/"),
        token=token.reveal() if token else False,
        library_name="frontrunner",
    )
    return Hub(endpoint.rstrip("/"), api, token, seconds)
