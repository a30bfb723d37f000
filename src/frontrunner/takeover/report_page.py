"""A report as one HTML page that needs no other file and runs no script."""

from __future__ import annotations

from jinja2 import Environment, PackageLoader, StrictUndefined

from frontrunner.takeover.console.phrases import moment, position, span
from frontrunner.takeover.report import Report


def report_page(report: Report) -> str:
    """The page of a take-over."""
    return rendered("report.html", report=report)


def rendered(template: str, **values: object) -> str:
    """A page; every text of the ledger is escaped."""
    environment = Environment(
        loader=PackageLoader("frontrunner.takeover"),
        undefined=StrictUndefined,
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"moment": moment, "position": position, "span": span}
    return environment.get_template(template).render(**values)
