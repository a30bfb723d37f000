"""Gates as an operator writes them."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path
from typing import get_args

import msgspec
import pytest

from frontrunner.base.config import load_settings
from frontrunner.base.errors import UsageError
from frontrunner.base.gate_settings import (
    BUILT_IN,
    GateSettings,
    ManualGate,
    SuccessGate,
    all_gates,
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
        "kind = 'contract'\nlegacy = 'folder'",
        "kind = 'webhook'\nurl = 'ftp://host/'",
        "kind = 'prometheus'\nurl = 'http://host'\nquery = 'up'",
        "kind = 'prometheus'\nurl = 'http://host'\nquery = 'up'\nat_most = nan",
    ],
)
def test_a_gate_that_could_not_judge_is_refused(text: str) -> None:
    with pytest.raises(msgspec.ValidationError):
        read(text)


COMMON = {"name", "dry_run", "failures", "inconclusives", "errors", "every", "seconds"}


@pytest.mark.parametrize("kind", get_args(GateSettings))
def test_every_kind_and_every_key_is_documented(kind: type[msgspec.Struct]) -> None:
    documented = (Path(__file__).parents[2] / "docs/takeover.md").read_text(encoding="utf-8")
    tag = str(kind.__struct_config__.tag)
    [row] = [line for line in documented.splitlines() if re.match(rf"\| .*`{tag}`.* \|.*\|", line)
             and line.count("|") == 4]  # fmt: skip
    for field in msgspec.structs.fields(kind):
        if field.name in COMMON:
            assert f"`{field.name}`" in documented
            continue
        default = field.default
        shown = f" ({default:g}" if isinstance(default, int | float) else ""
        shown = f" ({str(default).lower()}" if isinstance(default, bool) else shown
        assert f"`{field.name}`{shown}" in row


def test_names() -> None:
    assert [kind_of(gate) for gate in BUILT_IN] == [gate.name for gate in BUILT_IN]
    assert repeated_names(BUILT_IN) == []
    assert repeated_names((*BUILT_IN, ManualGate(name="share"))) == ["share"]


def test_a_gate_of_the_settings_replaces_the_built_in_one() -> None:
    own = (SuccessGate(name="success", margin=0.5), ManualGate(name="person"))
    gates = all_gates(own)
    assert gates["success"] == own[0]
    assert [*gates] == [*(gate.name for gate in BUILT_IN), "person"]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[takeover.guided]\ngates = ['shado']", "no gate has the name 'shado'; gates: share"),
        (
            "[[takeover.gate]]\nkind = 'manual'\nname = 'a'\n" * 2,
            r"two tables \[\[takeover.gate\]\] with the name 'a'",
        ),
        ("[[takeover.gate]]\nkind = 'manual'\nname = 'a'\nlimit = 3", "limit"),
    ],
)
def test_a_mistake_says_what_is_wrong(text: str, said: str, tmp_path: Path) -> None:
    (tmp_path / "frontrunner.toml").write_text(text)
    with pytest.raises(UsageError, match=said):
        load_settings(tmp_path, {})


def test_stages_may_name_gates_of_the_settings(tmp_path: Path) -> None:
    text = "[takeover.guided]\ngates = ['person']\n[[takeover.gate]]\nkind = 'manual'\n"
    (tmp_path / "frontrunner.toml").write_text(text + "name = 'person'\n")
    assert load_settings(tmp_path, {}).takeover.gate == (ManualGate(name="person"),)
