"""What is wrong with a setting, and where to correct it."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.config import load_settings
from frontrunner.base.errors import UsageError

ADDRESS = (
    "must be s3://BUCKET/PREFIX, az://CONTAINER/PREFIX, gs://BUCKET/PREFIX or file:///FOLDER, "
    "without keys: credentials are read from the environment."
)


def said(home: Path, environ: dict[str, str], **options: dict[str, str]) -> str:
    with pytest.raises(UsageError) as raised:
        load_settings(home, environ, **options)
    return str(raised.value)


def in_(place: object) -> str:
    return f" Correct it in {place}; docs/configuration.md lists every setting."


@pytest.mark.parametrize("key", ["publish", "follow"])
def test_a_wrong_store_names_the_option_the_variable_or_the_file(tmp_path: Path, key: str) -> None:
    file, name = tmp_path / "frontrunner.toml", f"FRONTRUNNER_STORE_{key.upper()}"
    assert said(tmp_path, {}, store={key: "bad"}) == f"--store {ADDRESS}"
    wrong = f"The setting store.{key} {ADDRESS}"
    assert said(tmp_path, {name: "bad"}) == wrong + in_(f"the variable {name}")
    file.write_text(f'[store]\n{key} = "bad"\n')
    assert said(tmp_path, {}) == wrong + in_(file)
    assert said(tmp_path, {name: "worse"}) == wrong + in_(f"the variable {name}")
    assert said(tmp_path, {name: "s3://fine"}, store={key: "bad"}) == f"--store {ADDRESS}"


@pytest.mark.parametrize("of", ["AT_LEAST", "DEADLINE"])
def test_of_two_settings_that_contradict_each_other_the_one_in_a_variable_is_named(
    tmp_path: Path, of: str
) -> None:
    name = f"FRONTRUNNER_TAKEOVER_SHIFTING_{of}"
    text = said(tmp_path, {name: {"AT_LEAST": "20d", "DEADLINE": "1m"}[of]})
    assert text.startswith("The setting takeover.shifting.at_least (")
    assert text.endswith(in_(f"the variable {name}"))


def test_a_check_that_names_no_setting_names_the_section(tmp_path: Path) -> None:
    (tmp_path / "frontrunner.toml").write_text('[takeover.guided]\ngates = ["nothing"]\n')
    assert said(tmp_path, {}).startswith("The setting takeover: no gate has the name 'nothing'")


def test_a_gateway_in_a_space_counts_no_longer_than_evidence_lasts(tmp_path: Path) -> None:
    file = tmp_path / "frontrunner.toml"
    file.write_text('[takeover]\nplane = "hub"\nwindow = "30s"\n[hub]\nshifting = true\n')
    assert said(tmp_path, {}) == (
        "The setting takeover.window (30s) must not be shorter than gateway.control_window (60 "
        "seconds), in which the gateway in the Space counts a visitor once. Make one longer or the "
        f"other shorter.{in_(file)}"
    )
    name = "FRONTRUNNER_TAKEOVER_WINDOW"
    assert said(tmp_path, {name: "59s"}).endswith(in_(f"the variable {name}"))
    assert load_settings(tmp_path, {name: "60s"}).takeover.window == "60s"
    load_settings(tmp_path, {"FRONTRUNNER_GATEWAY_CONTROL_WINDOW": "30"})
    load_settings(tmp_path, {"FRONTRUNNER_HUB_SHIFTING": "false"})
