"""What is published is copied to the object storage of the settings, if they name one."""

from __future__ import annotations

from pathlib import Path

import pytest

from frontrunner.base.config import load_settings
from frontrunner.base.errors import UnpreparedError
from frontrunner.ops.store_push import push_published, pushing
from frontrunner.snapshot.store import Store
from tests.factories import small_snapshot
from tests.listener import Listener


def test_nothing_happens_without_a_store_or_a_snapshot(tmp_path: Path) -> None:
    heard = Listener()
    push_published(load_settings(tmp_path), Store(tmp_path), heard)
    settings = load_settings(tmp_path, store={"publish": f"file://{tmp_path / 'bucket'}"})
    push_published(settings, Store(tmp_path), heard)
    assert (heard.steps, heard.said) == ([], [])


def test_it_says_what_was_copied_and_nothing_if_nothing_was(tmp_path: Path) -> None:
    snapshot, heard = small_snapshot(tmp_path), Listener()
    address = f"file://{tmp_path / 'bucket'}"
    settings = load_settings(tmp_path / "home", store={"publish": address})
    for _ in range(2):
        push_published(settings, Store(settings.home), heard)
    [line] = heard.said
    assert line.startswith(f"{address} now has snapshot {snapshot.id}: ")


def test_what_is_published_is_copied_also_if_its_answers_are_not_prepared(tmp_path: Path) -> None:
    snapshot, heard = small_snapshot(tmp_path), Listener()
    address = f"file://{tmp_path / 'bucket'}"
    settings = load_settings(tmp_path / "home", store={"publish": address})
    store = Store(settings.home)
    with pytest.raises(UnpreparedError), pushing(settings, store, heard):
        raise UnpreparedError(snapshot.id, "The disk is full.")
    with pytest.raises(ZeroDivisionError), pushing(settings, store, heard):
        raise ZeroDivisionError
    [line] = heard.said
    assert line.startswith(f"{address} now has snapshot {snapshot.id}: ")
