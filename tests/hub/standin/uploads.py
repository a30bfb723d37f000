"""The Space that tests change, an upload to it, and the status of a rejection."""

from __future__ import annotations

import io
from typing import Any

import pytest
from huggingface_hub import CommitOperationAdd
from huggingface_hub.errors import HfHubHTTPError

from tests.hub.made_hub import BOARD

SPACE: dict[str, Any] = {"repo_id": BOARD, "repo_type": "space"}


def add(path: str, content: bytes) -> CommitOperationAdd:
    return CommitOperationAdd(path, io.BytesIO(content))


def status(error: pytest.ExceptionInfo[HfHubHTTPError]) -> int:
    return error.value.response.status_code
