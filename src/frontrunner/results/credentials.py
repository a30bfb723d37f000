"""Passwords and tokens in the URLs of git repositories: used, and never stored or shown.

Git passes the URL of a remote to a helper on its command line, which everyone on the machine can
read. So git gets the URL without the password, and the password as a header that only the
environment of the process holds.
"""

from __future__ import annotations

import base64
import os
import re
from collections.abc import Mapping
from urllib.parse import unquote, urlsplit

_LOGIN = re.compile(r"(?<=://)[^/\s]*@")


def without_password(text: str) -> str:
    """`text`, with everything between `://` and `@` of each URL left out."""
    return _LOGIN.sub("", text)


def plain_url(url: str) -> str:
    """`url` without a password; a user name that `ssh` needs is kept."""
    if urlsplit(url).scheme.lower() in ("http", "https"):
        return without_password(url)
    return re.sub(r"(?<=://)([^/@:\s]*):[^/\s]*@", r"\1@", url)


def login(url: str) -> dict[str, str]:
    """The settings that give git the user and password of an `http` URL, for its host alone."""
    parts = urlsplit(url)
    both, at, host = parts.netloc.rpartition("@")
    scheme = parts.scheme.lower()
    if not at or scheme not in ("http", "https"):
        return {}
    user, _, password = both.partition(":")
    plain = f"{unquote(user)}:{unquote(password)}".encode()
    header = f"Authorization: Basic {base64.b64encode(plain).decode()}"
    return {f"http.{scheme}://{host}/.extraHeader": header}


def environment_of(settings: Mapping[str, str]) -> dict[str, str]:
    """The variables that give git these settings, after those that it is given already."""
    said = os.environ.get("GIT_CONFIG_COUNT", "0")
    first = int(said) if said.isdecimal() else 0
    variables = {"GIT_CONFIG_COUNT": str(first + len(settings))}
    for number, (key, value) in enumerate(settings.items(), start=first):
        variables |= {f"GIT_CONFIG_KEY_{number}": key, f"GIT_CONFIG_VALUE_{number}": value}
    return variables
