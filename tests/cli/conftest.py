"""Builds in this process start no other."""

from __future__ import annotations

from tests.threads import helpers_are_threads

__all__ = ["helpers_are_threads"]
