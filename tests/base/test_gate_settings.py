"""Gates as an operator writes them."""

from __future__ import annotations

import tomllib

import msgspec
import pytest

from frontrunner.base.gate_settings import (
    BUILT_IN,
    GateSettings,
    ManualGate,
    SuccessGate,
    kind_of,
    repeated_names,
)


class _File(msgspec.Struct, forbid_unknown_fields=True):
    gate: tuple[GateSettings, ...]


def read(text: str) -> tuple[GateSettings, ...]:
    table = "[[gate]]\nname = 'one'\n" + text
    return msgspec.convert(tomllib.loads(table), _File, strict=False).gate


def test_the_kind_decides_the_keys() -> None:
    assert read("kind = 'success'\nmargin = 0.005") == (SuccessGate(name="one", margin=0.005),)
    assert read("kind = 'manual'\ndry_run = true") == (ManualGate(name="one", dry_run=True),)


@pytest.mark.parametrize(
    "text",
    [
        "kind = 'sucess'",
        "kind = 'manual'\nmargin = 0.1",
        "kind = 'success'\nmargin = nan",
        "kind = 'success'\nmargin = 0",
        "kind = 'success'\nminimum_sample = 0",
        "kind = 'success'\nfailures = 0",
        "kind = 'freshness'\nhours = inf",
        "kind = 'manual'\nstages = ['settled']",
        "kind = 'contract'",
        "kind = 'contract'\nrecord = ''",
        "kind = 'webhook'\nurl = 'ftp://host/'",
        "kind = 'prometheus'\nurl = 'http://host'\nquery = 'up'",
        "kind = 'prometheus'\nurl = 'http://host'\nquery = 'up'\nat_most = nan",
    ],
)
def test_a_gate_that_could_not_judge_is_refused(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(text)


def test_names() -> None:
    assert [kind_of(gate) for gate in BUILT_IN] == ["share", "success", "slowness", "shadow"]
    assert repeated_names(BUILT_IN) == []
    assert repeated_names((*BUILT_IN, ManualGate(name="share"))) == ["share"]
