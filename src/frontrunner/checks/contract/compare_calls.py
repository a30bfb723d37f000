"""Whether a Gradio function still takes and returns what programs send and expect."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, zip_longest

from frontrunner.checks.contract.finding import Compatibility, Judged
from frontrunner.checks.contract.record import Call, Value
from frontrunner.checks.contract.shape import few


def compared_protocol(old: str, new: str) -> Judged:
    """The verdict on how programs talk to a board."""
    if not new:
        return Compatibility.MISSING, "it does not name a Gradio protocol"
    if new != old:
        return Compatibility.CHANGED, f"the protocol was {old} and is now {new}"
    return Compatibility.COMPATIBLE, f"the same protocol, {old}"


def compared_call(old: Call, new: Call | None) -> Judged:
    """The verdict on one function; an input that programs may leave out is an addition."""
    if new is None:
        return Compatibility.MISSING, "the board's /info does not list it"
    changed = [*_changed_inputs(old.inputs, new.inputs), *_changed_outputs(old, new)]
    if changed:
        return Compatibility.CHANGED, few(changed)
    added = list(_added(old.inputs, new.inputs))
    if added:
        return Compatibility.ADDITIONS, few(added)
    return Compatibility.COMPATIBLE, "the same inputs and outputs"


def _changed_inputs(old: Sequence[Value], new: Sequence[Value]) -> Iterator[str]:
    for number, (before, after) in enumerate(zip_longest(old, new), start=1):
        if before is None:
            if not after.optional:
                yield f"{_called(after, number)} is new and required"
        elif after is None:
            yield f"{_called(before, number)} was removed"
        else:
            yield from _changed_input(before, after, _called(before, number))


def _changed_input(old: Value, new: Value, called: str) -> Iterator[str]:
    if old.name and new.name and old.name != new.name:
        yield f"{called} is now called {new.name}"
    if old.component != new.component:
        yield f"{called} was a {old.component or 'value'} and is now a {new.component or 'value'}"
    elif old.type and new.type and old.type != new.type:
        yield f"{called} took {old.type} and now takes {new.type}"
    if old.optional and not new.optional:
        yield f"{called} is now required"
    lost = [one for one in old.choices if one not in new.choices] if new.choices else []
    if lost:
        yield f"{called} no longer takes {', '.join(map(repr, lost[:3]))}"


def _changed_outputs(old: Call, new: Call) -> Iterator[str]:
    before, after = ([one.component for one in call.outputs] for call in (old, new))
    if before != after:
        yield f"it returned {_listed(before)} and now returns {_listed(after)}"
        return
    for number, (one, other) in enumerate(zip(old.outputs, new.outputs, strict=True), start=1):
        if one.type and other.type and one.type != other.type:
            yield f"output {number} was {one.type} and is now {other.type}"


def _added(old: Sequence[Value], new: Sequence[Value]) -> Iterator[str]:
    for number, (before, after) in enumerate(zip_longest(old, new), start=1):
        if before is None:
            yield f"{_called(after, number)} is new and optional"
        elif after is not None and before.choices and set(after.choices) - set(before.choices):
            yield f"{_called(before, number)} takes more choices"


def _called(value: Value, number: int) -> str:
    return f"input {value.name}" if value.name else f"input {number}"


def _listed(components: Sequence[str]) -> str:
    """`3 values (Textbox, 2 Dataframe)`."""
    runs = [(name, len(list(some))) for name, some in groupby(components)]
    named = ", ".join(f"{count} {name}" if count > 1 else name for name, count in runs)
    return f"{len(components)} value{'' if len(components) == 1 else 's'} ({named})"
