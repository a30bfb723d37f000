"""The gates of a take-over as an operator writes them: `[[takeover.gate]]`, one table each.

The kind decides which keys a gate takes; an unknown key is an error. Shares and rates are
fractions of 1.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Annotated

import msgspec

_Looks = Annotated[int, msgspec.Meta(ge=1, le=1_000_000)]
_Fraction = Annotated[float, msgspec.Meta(gt=0, lt=1)]
_Sample = Annotated[int, msgspec.Meta(ge=1)]
_Seconds = Annotated[float, msgspec.Meta(gt=0, le=86_400)]
_Hours = Annotated[float, msgspec.Meta(gt=0, le=87_600)]
_Url = Annotated[str, msgspec.Meta(pattern="^https?://[^/]")]
_Text = Annotated[str, msgspec.Meta(min_length=1)]


class _Gate(
    msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True, tag_field="kind"
):
    name: Annotated[str, msgspec.Meta(pattern="^[a-z][a-z0-9-]{0,40}$")]
    """Lower-case letters, digits and hyphens; each gate has its own."""
    dry_run: bool = False
    """Whether it is measured and shown without deciding anything."""
    failures: _Looks = 1
    """Looks in a row that must fail before the controller rolls back."""
    inconclusives: _Looks | None = None
    """Looks in a row without a verdict before the controller pauses; without it, never."""
    errors: _Looks = 3
    """Looks in a row with an error before the controller pauses."""


class _Outside(_Gate, frozen=True, kw_only=True):
    every: _Seconds = 3600.0
    """Seconds after which the check runs again."""
    seconds: _Seconds = 600.0
    """Seconds that one run may take."""


class ShareGate(_Gate, frozen=True, kw_only=True, tag="share"):
    """Whether visitors are split as asked. It is judged before all others."""

    minimum_sample: _Sample = 100
    """Distinct buckets."""
    wrong: Annotated[int, msgspec.Meta(ge=0)] = 0
    """Requests that may reach another side than their bucket's."""


class SuccessGate(_Gate, frozen=True, kw_only=True, tag="success"):
    """Whether the new side fails more visitors than the old one."""

    margin: _Fraction = 0.02
    """By how much its rate of failures may be above the old side's, for all that is known."""
    tolerated: _Fraction = 0.005
    """A difference up to here does not fail the gate, even if it is proven."""
    at_most: _Fraction = 0.02
    """Its rate of failures once nobody is left on the old side to compare with."""
    minimum_sample: _Sample = 200
    """Units of each side."""


class SlownessGate(_Gate, frozen=True, kw_only=True, tag="slowness"):
    """Whether the new side's pages are slow more often than the old side's."""

    margin: _Fraction = 0.05
    """By how much its rate of slow pages may be above the old side's, for all that is known."""
    tolerated: _Fraction = 0.02
    """A difference up to here does not fail the gate, even if it is proven."""
    at_most: _Fraction = 0.1
    """Its rate of slow pages once nobody is left on the old side to compare with."""
    minimum_sample: _Sample = 200
    """Timed pages of each side."""


class ShadowGate(_Gate, frozen=True, kw_only=True, tag="shadow"):
    """Whether both sides give the same answers to the reads that are compared."""

    at_most: _Fraction = 0.01
    """Share of reads that may differ beyond the old side's own noise."""
    route_at_most: _Fraction = 0.2
    """The same for the reads of any one route, such as `/model/*`."""
    unanswered: _Fraction = 0.2
    """Share of reads that may go uncompared."""
    minimum_sample: _Sample = 500
    """Compared reads."""


class FreshnessGate(_Gate, frozen=True, kw_only=True, tag="freshness"):
    """Whether the new side's data is recent, and not older than the old side's."""

    hours: _Hours = 72.0
    """The age that the new side's data may have."""
    behind: _Hours = 24.0
    """Hours by which it may be older than the old side's."""


class FeedbackGate(_Gate, frozen=True, kw_only=True, tag="feedback"):
    """Whether visitors of the new side complain, and whether a person has read what they say."""

    at_most: _Fraction = 0.05
    """Messages for each visitor of the new side."""
    minimum_sample: _Sample = 200
    """Visitors of the new side."""
    human: bool = True
    """Whether an operator must approve as well."""


class ManualGate(_Gate, frozen=True, kw_only=True, tag="manual"):
    """Waits until an operator approves."""

    text: str = ""
    """What the operator has to look at."""


class ParityGate(_Outside, frozen=True, kw_only=True, tag="parity"):
    """Whether the numbers of the old board are those of the published snapshot."""

    legacy: str = ""
    """Folder of the old board's files; without it, the gate does not judge."""
    results: str = ""
    """The snapshot's result files, best as a git repository with its history."""
    aliases: str = ""
    """Further names of models, as TOML."""
    limits: str = ""
    """Limits of your own, as TOML; empty for the built-in ones."""


class ContractGate(_Outside, frozen=True, kw_only=True, tag="contract"):
    """Whether the new board offers programs what was recorded of the old one."""

    record: str = ""
    """Folder of the record; without it, the gate does not judge."""
    ignore: str = ""
    """Accepted differences, as TOML."""


class LinksGate(_Outside, frozen=True, kw_only=True, tag="links"):
    """Whether the recorded links lead somewhere on the new board."""

    record: str = ""
    """Folder of the record; without it, the gate does not judge."""
    ignore: str = ""
    """Accepted differences, as TOML."""


class WebhookGate(_Outside, frozen=True, kw_only=True, tag="webhook"):
    """Asks a URL, which answers with a verdict and a text as JSON."""

    every: _Seconds = 60.0
    seconds: _Seconds = 10.0
    url: _Url


class PrometheusGate(_Outside, frozen=True, kw_only=True, tag="prometheus"):
    """Compares the value of an instant query with limits."""

    every: _Seconds = 60.0
    seconds: _Seconds = 10.0
    url: _Url
    """Address of the server, without `/api/v1/query`."""
    query: _Text
    at_least: float | None = None
    at_most: float | None = None

    def __post_init__(self) -> None:
        limits = [one for one in (self.at_least, self.at_most) if one is not None]
        if not limits or not all(map(math.isfinite, limits)):
            raise ValueError(f"gate {self.name}: set at_least, at_most or both, as finite numbers")


class EngagementGate(_Outside, frozen=True, kw_only=True, tag="engagement"):
    """Whether likes, discussions and their entries are at least those before the move."""

    every: _Seconds = 600.0


class QuotaGate(_Outside, frozen=True, kw_only=True, tag="quota"):
    """Whether the Space runs on the hardware that it is to have."""

    every: _Seconds = 60.0
    seconds: _Seconds = 60.0


GateSettings = (
    ShareGate
    | SuccessGate
    | SlownessGate
    | ShadowGate
    | FreshnessGate
    | FeedbackGate
    | ManualGate
    | ParityGate
    | ContractGate
    | LinksGate
    | WebhookGate
    | PrometheusGate
    | EngagementGate
    | QuotaGate
)
"""One gate; the key `kind` decides which."""

BUILT_IN: tuple[GateSettings, ...] = (
    ShareGate(name="share"),
    SuccessGate(name="success"),
    SlownessGate(name="slowness"),
    ShadowGate(name="shadow"),
    ParityGate(name="parity"),
    ContractGate(name="contract"),
    LinksGate(name="links"),
    FreshnessGate(name="freshness"),
    FeedbackGate(name="feedback"),
    EngagementGate(name="engagement"),
    QuotaGate(name="quota"),
)
"""The gates that exist without a table in the settings."""


def all_gates(own: Iterable[GateSettings]) -> dict[str, GateSettings]:
    """By name: the built-in gates, then those of the settings, which replace one of their name."""
    return {gate.name: gate for gate in (*BUILT_IN, *own)}


OUTSIDE = (
    *(ParityGate, ContractGate, LinksGate, WebhookGate, PrometheusGate),
    *(EngagementGate, QuotaGate),
)
"""Kinds whose check runs outside the traffic, in a process of its own."""
OutsideGate = (
    ParityGate
    | ContractGate
    | LinksGate
    | WebhookGate
    | PrometheusGate
    | EngagementGate
    | QuotaGate
)


def kind_of(gate: GateSettings) -> str:
    """The kind of a gate, as in `kind`."""
    return str(gate.__struct_config__.tag)


def repeated_names(gates: Iterable[GateSettings]) -> list[str]:
    """Names that more than one gate has."""
    return [name for name, count in Counter(gate.name for gate in gates).items() if count > 1]
