"""What keeps a take-over from going on, or from ending, by itself. Pure."""

from __future__ import annotations

from frontrunner.base.durations import duration
from frontrunner.takeover.situation import Situation
from frontrunner.takeover.stages import Stage


def blockers(now: Situation) -> list[str]:
    """Everything that keeps the take-over from going on by itself."""
    found = [now.back_waits] if now.back_waits else []
    failed = now.failed()
    found += [f"{one.gate} has failed. {one.text}" for one in failed]
    if now.state.offered:
        found.append("The plan was edited and is not accepted.")
    if now.world is None:
        found.append(f"The data plane does not answer: {now.sight.error}")
    elif now.world != now.wanted:
        found.append("The data plane does not have the state that this stage needs.")
    if now.new_is_healthy is not True:
        found.append("The new board is not known to be healthy.")
    found += now.open_gates(besides=[one.gate for one in failed])
    left = now.plan.stage(now.position.stage).at_least - now.state.running(now.sight.clock)
    if left > 0:
        found.append(f"The minimum time of this step ends in {duration(max(1, round(left)))}.")
    if now.position.stage is Stage.CUTOVER and undrained(now):
        found.append(undrained(now))
    return found


def undrained(now: Situation) -> str:
    """Which streams of the old board are waited for before its paths are given away."""
    streams = now.sight.reality.streams if now.sight.reality else 0
    ran = now.state.running(now.sight.clock)
    limit = now.plan.stage(Stage.CUTOVER).at_least + now.plan.drain
    if streams == 0 or ran >= limit:
        return ""
    return f"The old board still has {streams:,} requests and streams under way."
