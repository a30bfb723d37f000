"""What `frontrunner doctor` finds out about a home: what is wrong, and what to do about it."""

from __future__ import annotations

import os
import shutil
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from frontrunner.base.config import Settings
from frontrunner.base.durations import seconds
from frontrunner.base.errors import FrontrunnerError
from frontrunner.base.home import Home
from frontrunner.gateway.examine import Finding
from frontrunner.ops.notify import read_outboxes
from frontrunner.remote.state import read_following
from frontrunner.snapshot.freshness import read_checked_at
from frontrunner.snapshot.prepared import has_stale_answers
from frontrunner.snapshot.store import Store, remedy, whole_damage

_OLDEST_PYTHON = (3, 11)
_LEAST_FREE = 1 << 30
"""Bytes: an update writes a snapshot beside the others."""
_LATE = 3
"""Updates that may be missed in a row before a board counts as stale."""


def examine_home(settings: Settings, now: float | None = None) -> list[Finding]:
    """The findings, in the order in which they are to be mended."""
    home = Home(settings.home)
    if not settings.home.is_dir():
        text = f"{settings.home} does not exist. {_to_publish(settings)}, or frontrunner demo"
        return [_program(), Finding("home", "absent", text)]
    return [
        _program(),
        _permissions(settings.home),
        _disk(settings.home),
        _snapshot(settings),
        _freshness(settings, home, time.time() if now is None else now),
        *_secrets(settings, home),
        *_notices(home),
    ]


def _program() -> Finding:
    version = ".".join(map(str, sys.version_info[:3]))
    if sys.version_info < _OLDEST_PYTHON:
        return Finding("Python", "wrong", f"{version} is too old. Install 3.11 or newer")
    return Finding("Python", "ok", version)


def _permissions(home: Path) -> Finding:
    paths = [home, *(path for path in home.iterdir() if path.suffix != ".lock")]
    closed = [path for path in paths if not path.is_symlink() and not os.access(path, os.W_OK)]
    if closed:
        more = f" and {len(closed) - 1} more" if len(closed) > 1 else ""
        text = f"this user cannot write {closed[0]}{more}. Run as their owner, or chown them"
        return Finding("permissions", "wrong", text)
    return Finding("permissions", "ok", f"this user can write {home}")


def _disk(home: Path) -> Finding:
    free = shutil.disk_usage(home).free
    text = f"{free / 1e9:.1f} GB free at {home}"
    if free < _LEAST_FREE:
        advice = "Free disk space, or run: frontrunner prune"
        return Finding("disk", "wrong", f"{text}, and an update needs about 1 GB. {advice}")
    return Finding("disk", "ok", text)


def _snapshot(settings: Settings) -> Finding:
    store = Store(settings.home)
    if store.current_id() is None:
        return Finding("snapshot", "absent", f"nothing is published. {_to_publish(settings)}")
    try:
        current = store.current()
        problems = whole_damage(current)
    except (FrontrunnerError, OSError) as error:
        return Finding("snapshot", "wrong", str(error))
    if problems:
        advice = remedy(problems, "Run: frontrunner rollback, then frontrunner refresh")
        text = f"{current.id} is damaged: {problems[0]}. {advice}"
        return Finding("snapshot", "wrong", text)
    if current.prepared is None:
        is_stale = has_stale_answers(current.folder)
        what = (
            ("with answers prepared by another version") if is_stale else "without prepared answers"
        )
        text = f"{current.id} is intact, {what}. Run: frontrunner prepare"
        return Finding("snapshot", "wrong", text)
    return Finding("snapshot", "ok", f"{current.id} is intact")


def _to_publish(settings: Settings) -> str:
    """The command that gives the home its first snapshot."""
    state = read_following(Home(settings.home))
    address = settings.store.follow or (state.store if state else "")
    if address:
        return f"Run: frontrunner serve --store {address}, which downloads a snapshot"
    if settings.refresh.results:
        return "Run: frontrunner refresh"
    return "Run: frontrunner build --results SOURCE"


def _freshness(settings: Settings, home: Home, now: float) -> Finding:
    what = "updates"
    if not settings.refresh.results:
        return Finding(what, "absent", "no [refresh] results in frontrunner.toml")
    current = Store(settings.home).current_id()
    checked = read_checked_at(home, current) if current else None
    if checked is None:
        # After a rollback, earlier updates succeeded: with another snapshot.
        text = (
            f"no update has confirmed {current} yet" if current else "no update has succeeded yet"
        )
        return Finding(what, "wrong", f"{text}. Run: frontrunner refresh")
    hours = (now - checked) / 3600
    if now - checked > _LATE * seconds(settings.refresh.every):
        text = f"the last good one was {hours:.0f} h ago, and one is due every "
        text += f"{settings.refresh.every}. Run: frontrunner refresh status"
        return Finding(what, "wrong", text)
    return Finding(what, "ok", f"the last good one was {hours:.1f} h ago")


def _secrets(settings: Settings, home: Home) -> Iterator[Finding]:
    """Files of secrets that others can read, or that do not exist."""
    notify = settings.notify
    expected = {"[hub] token_file": settings.hub.token_file,
                "[notify] webhook_secret_file": notify.webhook_secret_file,
                "[notify] smtp_password_file": notify.smtp_password_file}  # fmt: skip
    for key, name in expected.items():
        unseen = _unseen(Path(name)) if name else ""
        if unseen:
            yield Finding(
                "secrets", "wrong", f"{key} names {name}, which {unseen}, or correct {key}"
            )
    named = (*expected.values(), settings.gateway.control_file,
             str(home.console_tokens), str(home.hub_control))  # fmt: skip
    for path in (Path(one) for one in named if one):
        if not _unseen(path) and path.is_file() and path.stat().st_mode & 0o077:
            yield Finding("secrets", "wrong", f"others can read {path}. Run: chmod 600 {path}")


def _unseen(path: Path) -> str:
    """Why a file cannot be looked at, and what to do; empty if it can be."""
    try:
        path.stat()
    except (FileNotFoundError, NotADirectoryError):
        return "does not exist. Create the file"
    except (OSError, ValueError) as error:
        why = error.strerror if isinstance(error, OSError) else error
        return f"cannot be looked at: {why}. Fix the permissions"
    return ""


def _notices(home: Home) -> Iterator[Finding]:
    """The channels that people are told through, as the last attempts found them."""
    for folder in (home.refresh_outbox, home.outbox):
        try:
            states = read_outboxes(folder)
        except OSError as error:
            text = f"{folder} cannot be read: {error.strerror}. Fix the permissions"
            yield Finding("notices", "wrong", text)
            continue
        for state in states:
            what = f"notices by {state.channel}"
            if state.is_dead:
                text = (
                    f"{state.attempts} attempts in a row failed: {state.error}. Correct [notify]; "
                )
                text += f"{len(state.waiting)} notices wait for the next attempt"
                yield Finding(what, "wrong", text)
            else:
                late = f", {len(state.waiting)} wait: {state.error}" if state.error else ""
                yield Finding(what, "ok", f"{state.delivered} delivered{late}")
