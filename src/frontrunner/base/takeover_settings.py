"""The settings of a take-over: `[takeover]`, and a section for each of its stages."""

from __future__ import annotations

import math
from itertools import pairwise
from typing import Annotated, Literal

import msgspec

from frontrunner.base.durations import check_durations, seconds
from frontrunner.base.gate_settings import GateSettings, all_gates, repeated_names

_Percent = Annotated[float, msgspec.Meta(ge=0, le=100)]


class StageSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """What one stage needs before the take-over leaves it."""

    gates: tuple[str, ...] = ()
    """Gates that must pass. They also guard every later stage."""
    at_least: str = "0s"
    """The shortest time in the stage; in `shifting`, in each of its steps."""
    deadline: str = "14d"
    """After this time the take-over pauses; in `shifting`, the time of each step."""
    evidence: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Units of evidence that each gate on traffic needs, if its own minimum is lower."""
    approve: bool = False
    """Whether a person must approve before the stage begins; in `shifting`, before each step."""
    rollback: Literal["at-once", "stepwise"] = "at-once"
    """How users go back from here: all in one step, or through the smaller shares."""

    def __post_init__(self) -> None:
        check_durations(self, ("at_least", "deadline"))
        if seconds(self.deadline) <= 0:
            raise ValueError(
                "deadline must be longer than 0s, because every stage needs a deadline"
            )
        if seconds(self.at_least) >= seconds(self.deadline):
            raise ValueError(
                f"at_least ({self.at_least}) must be shorter than deadline ({self.deadline}), or "
                "the stage would always pause"
            )
        twice = sorted({one for one in self.gates if self.gates.count(one) > 1})
        if twice:
            raise ValueError(f"gates has {twice[0]!r} twice")


_COMPARED = ("shadow", "parity", "contract", "links", "freshness")
_MEASURED = ("share", "success", "slowness", "shadow", "freshness", "feedback")


class TakeoverSettings(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """How users move from the old board to the new one: `[takeover]`."""

    shares: tuple[_Percent, ...] = (1, 5, 25, 50, 100)
    """Percentages of the visitors that get the new board, one for each step of `shifting`."""
    shadow: _Percent = 20
    """Percentage of the reads of the old board that are compared until all users have moved."""
    banner: bool = True
    """Whether a banner links both boards from `guided` until `settled`."""
    warm: str = "7d"
    """How long the old board is kept running after all users have moved."""
    drain: str = "1h"
    """The longest wait for open streams of the old board before its paths are given away."""
    window: str = "5m"
    """The time in which a visitor counts once as evidence."""
    tick: str = "5s"
    """Time between two looks of the controller."""
    sick: str = "1m"
    """How long the new board may be unhealthy before its users go back."""
    stale: str = "1d"
    """Time without progress after which an alarm is raised, again and again."""
    attempts: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 5
    """How often a step may be refused by the data plane before the take-over fails there."""
    old_code: str = ""
    """URL whose answer changes with the old board's program; empty reads its `/config`."""
    old_data: str = ""
    """URL whose answer changes with the old board's data; empty does not look."""
    ignore: tuple[str, ...] = ()
    """Files with ignore rules; they are part of the plan, as `gateway/shadow.toml` always is."""
    plane: Literal["gateway", "hub"] = "gateway"
    """What moves users: Envoy, or the Space under `[hub]`."""
    database: str = ""
    """SQLAlchemy URL of the ledger; empty is SQLite in the home."""
    gate: tuple[GateSettings, ...] = ()
    """Gates of your own, or other limits for built-in ones: `[[takeover.gate]]`, a table each."""
    parallel: StageSettings = StageSettings(
        gates=_COMPARED, at_least="1d", evidence=1000, deadline="14d"
    )
    """Both boards run, and a share of reads is compared."""
    guided: StageSettings = StageSettings(
        gates=("shadow", "parity", "freshness"), at_least="1d", deadline="14d"
    )
    """A banner leads to the new board."""
    shifting: StageSettings = StageSettings(
        gates=_MEASURED, at_least="1h", evidence=200, deadline="14d"
    )
    """A growing share of users gets the new board."""
    cutover: StageSettings = StageSettings(
        gates=("share", "contract", "links", "freshness", "feedback"), deadline="60d"
    )
    """All users get the new board, and the old one is kept running."""
    settled: StageSettings = StageSettings(gates=("freshness",), at_least="1d", deadline="14d")
    """The old board's paths belong to the new one."""

    def __post_init__(self) -> None:
        check_durations(self, ("warm", "drain", "window", "tick", "sick", "stale"))
        for name in ("window", "tick", "stale"):
            if seconds(getattr(self, name)) <= 0:
                raise ValueError(f"{name} must be longer than 0s")
        _check_shares(self.shares)
        self._check_gates()
        warm, deadline = seconds(self.warm), seconds(self.cutover.deadline)
        if warm + seconds(self.drain) >= deadline:
            raise ValueError(
                f"cutover.deadline ({self.cutover.deadline}) must be longer than warm "
                f"({self.warm}) and drain ({self.drain}) together"
            )

    def _check_gates(self) -> None:
        twice = repeated_names(self.gate)
        if twice:
            raise ValueError(f"there are two tables [[takeover.gate]] with the name {twice[0]!r}")
        known = all_gates(self.gate)
        for stage in (self.parallel, self.guided, self.shifting, self.cutover, self.settled):
            for name in stage.gates:
                if name not in known:
                    raise ValueError(f"no gate has the name {name!r}; gates: {', '.join(known)}")


def _check_shares(shares: tuple[float, ...]) -> None:
    if not shares or shares[-1] != 100:
        raise ValueError("shares must end with 100")
    if any(one <= 0 or not math.isclose(one * 100, round(one * 100)) for one in shares):
        raise ValueError("shares must be above 0, with two decimals at most")
    if any(before >= after for before, after in pairwise(shares)):
        raise ValueError("shares must grow from each to the next")
