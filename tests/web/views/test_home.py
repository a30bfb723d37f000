"""The front page: the menu, and leaders by size."""

from __future__ import annotations

from frontrunner.answers.service import Service
from frontrunner.web.urls import Links
from frontrunner.web.views import home
from frontrunner.web.visit import Visit
from frontrunner.web.words import words
from tests.web.conftest import NAME


def test_leaders_stand_in_buckets_of_their_size(service: Service) -> None:
    assert [home.bucket_label(*bucket) for bucket in home.BUCKETS] == [
        "< 150M",
        "150M – 600M",  # noqa: RUF001
        "600M – 4B",  # noqa: RUF001
        "≥ 4B",
    ]
    visit = Visit(service, words("en"), Links(), "", {})
    groups = home.menu(visit, everything=True)
    assert [entry.bench.name for group in groups for entry in group.entries] == [NAME, "Old"]
