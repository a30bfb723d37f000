"""`frontrunner takeover plan`: what will happen, before anything does."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import msgspec
import typer

from frontrunner.base.config import Settings, load_settings
from frontrunner.base.durations import duration
from frontrunner.cli.options import Home, Json
from frontrunner.cli.output import counted, print_json, say
from frontrunner.cli.takeover_app import takeover
from frontrunner.takeover.forecast import Forecast, StepForecast, forecast
from frontrunner.takeover.stages import FULL, Stage

if TYPE_CHECKING:
    from frontrunner.takeover.plan import Plan
    from frontrunner.takeover.traffic import Traffic


@takeover.command()
def plan(
    requests_per_day: Annotated[
        float | None,
        typer.Option(
            "--requests-per-day",
            metavar="N",
            min=1,
            help="Requests per day by users. [default: measured from the gateway's log]",
            show_default=False,
        ),
    ] = None,
    home: Home = None,
    as_json: Json = False,
) -> None:
    """Print what a take-over will do, in order, and how long its evidence takes."""
    from frontrunner.takeover.loading import check_rules, gateway_folder, load_plan  # noqa: PLC0415
    from frontrunner.takeover.readiness import short_measure  # noqa: PLC0415
    from frontrunner.takeover.traffic import measure_traffic  # noqa: PLC0415

    settings = load_settings(home)
    check_rules(settings)
    traffic = None if requests_per_day else measure_traffic(gateway_folder(settings))
    per_day = traffic.per_day if traffic else requests_per_day
    source = _source(traffic) if traffic else "as given"
    loaded = load_plan(settings)
    said = (*short_measure(traffic), *warnings(settings, loaded))
    found = msgspec.structs.replace(forecast(loaded, per_day), warnings=said)
    if as_json:
        print_json(found)
        return
    typer.echo("\n".join(plan_lines(found, source, receivers(settings))))
    if per_day is None:
        say("The traffic is not known yet. Give it with --requests-per-day N.")


def _source(traffic: Traffic) -> str:
    requests = counted(traffic.requests, "request")
    return f"measured: {requests} in {duration(traffic.seconds)}"


def warnings(settings: Settings, loaded: Plan) -> tuple[str, ...]:
    """What would hold the take-over, found before it begins."""
    from frontrunner.gateway.shadow.rules import RULES, load_rules  # noqa: PLC0415
    from frontrunner.gateway.shadow.tally import TALLY, read_tally  # noqa: PLC0415
    from frontrunner.takeover.loading import gateway_folder  # noqa: PLC0415
    from frontrunner.takeover.readiness import shadow_without_reads, unready  # noqa: PLC0415

    folder, today = gateway_folder(settings), datetime.now(UTC).date()
    counts = read_tally(folder / TALLY).totals()
    return (
        *unready(loaded, [gate.name for gate in settings.takeover.gate]),
        *shadow_without_reads(loaded, load_rules(folder / RULES), counts, today),
    )


def receivers(settings: Settings) -> str:
    """Who receives notices of what the take-over does."""
    notify = settings.notify
    ways = [f"by mail to {', '.join(notify.mail_to)}"] if notify.smtp and notify.mail_to else []
    ways += ["to the webhook"] if notify.webhook else []
    return " and ".join(ways) or "not sent; set up [notify]"


def plan_lines(found: Forecast, source: str, people: str) -> list[str]:
    """A forecast for people."""
    per_day = found.requests_per_day
    traffic = f"{per_day:,.0f} requests a day ({source})" if per_day else "not known"
    lines = [
        f"Plan {found.hash[:12]}",
        f"Traffic: {traffic}",
        f"Duration: at least {duration(found.shortest)}, at most {duration(found.longest)} "
        "without pauses",
        f"Notices: {people}",
        f"Saved before each change: {found.steps[0].saved}",
        *(f"WARNING: {one}" for one in found.warnings),
        "",
    ]
    for number, step in enumerate(found.steps, 1):
        lines += _step_lines(number, step)
    return lines


def _step_lines(number: int, step: StepForecast) -> list[str]:
    share = f", {step.share / 100:g}%" if step.stage is Stage.SHIFTING else ""
    evidence = f", with about {counted(step.evidence, 'unit')} of evidence" if step.evidence else ""
    gates = ", ".join(step.gates) or "none"
    lines = [
        f"{number}. {step.stage}{share}: {step.does}",
        f"   begins: {step.begins}",
        f"   must pass to continue: {gates}{evidence}",
        f"   takes at least {duration(step.at_least)}; pauses after {duration(step.deadline)}",
        f"   undone by: {step.undo}",
    ]
    lines += [f"   {step.text}"] if step.text else []
    if not step.text and step.from_users and step.share < FULL:
        lines.append(f"   Its evidence takes {duration(step.from_users)} at least.")
    lines += [f"   NO WAY BACK: {step.no_return}"] if step.no_return else []
    return lines
