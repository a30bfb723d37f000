"""What doctor says of object storage."""

from __future__ import annotations

from pathlib import Path

from frontrunner.base.config import load_settings
from frontrunner.base.home import Home
from frontrunner.ops.store_check import examine_store
from frontrunner.remote.bucket import Bucket
from frontrunner.remote.plan import Policy
from frontrunner.remote.push import push
from frontrunner.snapshot.store import Store
from tests.factories import small_snapshot


def test_nothing_is_said_without_a_store(tmp_path: Path) -> None:
    assert examine_store(load_settings(tmp_path)) == []


def test_doctor_compares_what_is_published_here_and_there(tmp_path: Path) -> None:
    address = f"file://{tmp_path / 'bucket'}"
    small_snapshot(tmp_path)
    publisher = Store(tmp_path / "home")
    settings = load_settings(publisher.home, store={"publish": address})
    [finding] = examine_store(settings)
    assert finding.state == "wrong"
    assert "frontrunner store push" in finding.text
    push(Bucket(address), publisher, Policy(keep=2, grace=60.0))
    [finding] = examine_store(settings)
    assert finding.state == "ok"
    assert not Home(publisher.home).store_state.exists()
