"""Which edits of a plan can be accepted while it runs, as far as a Space on the Hub goes. Pure."""

from __future__ import annotations

from frontrunner.takeover.plan import HubPart

_PLACES = ("strategy", "demo", "archive", "archive_kind")
"""What the steps that were made depend on; it can change once they are taken back."""


def objection_to_edit(
    before: HubPart | None, after: HubPart | None, *, moved: bool, rolled_back: bool
) -> str:
    """Why an edited plan is not accepted now; empty if it can be.

    `moved` says that users are on the new board or on their way there.
    """
    if before is None or after is None:
        if before is after:
            return ""
        return "[takeover] plane changes between two take-overs only. Set it back."
    if before.space != after.space:
        return (
            f"[hub] space is {before.space} in this take-over and cannot become "
            f"{after.space or 'empty'}. Set it back. Take over another Space in another home."
        )
    for name in () if rolled_back else _PLACES:
        old, new = getattr(before, name), getattr(after, name)
        if old != new:
            return (
                f"[hub] {name} is {old} in this take-over and can become {new or 'empty'} only "
                "after a rollback. Set it back, or run `rollback`, `accept` and `retry`."
            )
    if moved and before.content != after.content:
        return (
            "The files in [hub] content were changed, and users are on the new board already or on "
            "their way there. Put the files back. Once the move is settled, publish the new ones "
            "with `frontrunner space deploy`."
        )
    return ""
