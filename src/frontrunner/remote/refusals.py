"""What an object storage refused, in one sentence, with what to do next."""

from __future__ import annotations

import re

_SECRET = re.compile(
    r"(?i)\?[^\s\"'<>]+|(authorization|signature|sig|token|key)([=:]\s*)[^\s,&\"]+"
)
_LONGEST = 300
_SAID = re.compile(r"returned non-2xx status code: (\d{3}).*?(?:<Code>(\w+)</Code>|$)")
_ADVICE = (
    (r"<Code>NoSuch(?:Bucket|Container)|ContainerNotFound", "Create the bucket first."),
    (
        r"169\.254\.169\.254|metadata\.google|MissingCredential|[Nn]o credential",
        "No credentials were found: put them into the environment, see docs/scale.md.",
    ),
    (
        r"status code: 40[13]|privileges|[Uu]nauthenticated",
        "Check the credentials in the environment, and their permissions below the prefix.",
    ),
    (r"status code: 5\d\d", "The storage reported an internal error. Try again later."),
    (
        r"error sending request|timed out|[Tt]imeout|dns error|[Cc]onnection",
        "It does not answer. Check its address, AWS_ENDPOINT_URL and the network.",
    ),
    (r"No space left", "Free space on its disk."),
)
"""What the library says -> what to do."""


def in_short(text: str) -> str:
    """An error of the library without its debug output, and without what may be a secret."""
    line = " ".join(text.partition("\n\nDebug source")[0].split())
    said = _SAID.search(line)
    if said:
        return f"it answered {said[1]} {said[2] or ''}".rstrip()
    line = _SECRET.sub(_hidden, line)
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}..."


def explained(text: str) -> str:
    """The error in short, and what to do next."""
    advice = next((say for found, say in _ADVICE if re.search(found, text)), "")
    return f"{in_short(text).rstrip('.')}. {advice}".rstrip()


def _hidden(found: re.Match[str]) -> str:
    return f"{found[1]}{found[2]}..." if found[1] else "?..."
