"""Which paths are never asked: those that may change something, wait for ever or hold a secret.

A recorder sends GET only, but boards exist that log a visitor out, or hand a waiting result to
whoever asks, on GET.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, unquote

_ACTIONS = frozenset(
    """
    add approve ban cancel checkout clear clone close confirm create deactivate delete deploy
    destroy disable discard drop duplicate edit empty enable erase execute flush grant import
    insert install invalidate invite kick kill logoff logout merge migrate move mutate overwrite
    pause prune publish purge rebuild reboot recompute refresh regenerate register reindex reject
    reload remove rename replace reset restart restore resume retry revert revoke rollback rotate
    save send shutdown signoff signout signup start stop submit subscribe suspend sync terminate
    toggle trigger truncate uninstall unpublish unregister unsubscribe update upgrade upload
    upvote vote wipe write
    """.split()  # noqa: SIM905 -- a list of 110 quoted words cannot be read
)
"""First words of a part of a path, or values of a query, that name a change."""
_FIRST_WORD = re.compile(r"[A-Z]*[a-z]+|[A-Z]+")
_SPLIT_ACTIONS = re.compile(r"(log|sign|shut|roll)[-_. ]?(out|off|up|down|back)\b", re.I)
_PARAMETERS = frozenset({"action", "do", "op", "operation", "cmd", "command", "method", "_method"})
_GRADIO = re.compile(
    r"(/gradio_api)?/(queue/(data|join)|call/[^/]+/[^/]+|heartbeat/|stream/|deep_link|dev/|monitoring"
    r"|proxy=|vibe-|cancel|upload_progress|startup-events)"
)
"""Of Gradio: what hands out a result once, streams without an end, or writes."""
_SECRETS = frozenset(
    """
    access_token api_key apikey auth authorization client_secret credential credentials jwt passwd
    password pwd secret session session_hash session_id sessionid sig sign signature token
    x-amz-credential x-amz-signature
    """.split()  # noqa: SIM905
)


def why_not_asked(path: str) -> str:
    """Why a path with its query is not asked; empty if it may be."""
    bare, _, query = path.partition("?")
    if _GRADIO.match(bare):
        return "it belongs to a Gradio session"
    parameters = [(key.lower().strip("_"), value) for key, value in _parameters(query)]
    if any(key in _SECRETS for key, _ in parameters):
        return "it holds a secret"
    if any(_is_action(part) for part in unquote(bare).split("/")) or any(
        _is_action(value if key in _PARAMETERS else key) for key, value in parameters
    ):
        return "it may change data"
    return ""


def _parameters(query: str) -> Iterator[tuple[str, str]]:
    try:
        yield from parse_qsl(query, keep_blank_values=True, max_num_fields=1000)
    except ValueError:
        return  # so many that it is no query of a person or a program


def _is_action(text: str) -> bool:
    """Whether a part of a path, or a value, begins with a word that names a change."""
    plain = unquote(text).strip()
    first = _FIRST_WORD.match(plain)
    return (first is not None and first[0].lower() in _ACTIONS) or _SPLIT_ACTIONS.match(
        plain
    ) is not None
