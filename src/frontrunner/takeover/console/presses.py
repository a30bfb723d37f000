"""Whether a press of a button is taken. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from frontrunner.takeover.console.actions import Action
from frontrunner.takeover.console.standing import Standing

LONGEST_REASON = 500
"""Characters of the reason of a command."""


def objection(found: Action, now: Standing, moment: int | None, fields: Mapping[str, str]) -> str:
    """Why a press of a button is not taken; empty if it is."""
    objections = (
        (moment is None,
         "This form was sent before, or is not of this page. Check the page, then press once."),
        (moment != now.moment and not found.is_safe,
         "Something changed since you loaded the page. Check the page, then press."),
        (not found.is_possible, found.why_not),
        (bool(found.final) and fields.get("confirm") != "yes",
         "Confirm: this cannot be undone."),
        (is_forced(found, fields) and not one_line(fields.get("reason", "")),
         "A forced step needs a reason."),
        (fields.get("gate", "") not in ("", *found.gates), "This gate no longer waits."),
    )  # fmt: skip
    return next((text for applies, text in objections if applies), "")


def is_forced(found: Action, fields: Mapping[str, str]) -> bool:
    """Whether the form asks to force it."""
    return bool(found.force) and fields.get("force") == "yes"


def one_line(text: str) -> str:
    """A reason without line breaks and other controls, cut to its length."""
    clean = "".join(char if char.isprintable() else " " for char in text)
    return " ".join(clean.split())[:LONGEST_REASON]
