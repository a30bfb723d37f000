"""Options that several commands share."""

from __future__ import annotations

import pytest

from frontrunner.base.errors import UsageError
from frontrunner.cli.options import check_range


@pytest.mark.parametrize("value", [None, 0, 65535])
def test_a_value_in_its_range_is_accepted(value: int | None) -> None:
    check_range("--port", value, 0, 65535)


@pytest.mark.parametrize("value", [-1, 65536])
def test_a_value_out_of_its_range_is_named(value: int) -> None:
    with pytest.raises(UsageError, match=f"--port must be 0-65535, got {value}"):
        check_range("--port", value, 0, 65535)
