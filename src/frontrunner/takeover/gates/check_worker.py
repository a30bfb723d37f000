"""Run one check in a process of its own: a job as JSON on stdin, its result on stdout.

It ends by itself after its time, so that nothing is left if the controller was killed meanwhile.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import msgspec

from frontrunner.base.errors import FrontrunnerError
from frontrunner.base.gate_settings import (
    ContractGate,
    EngagementGate,
    LinksGate,
    OutsideGate,
    ParityGate,
    PrometheusGate,
    QuotaGate,
    WebhookGate,
)
from frontrunner.checks.gates import Verdict
from frontrunner.takeover.evidence.facts import Checked
from frontrunner.takeover.gates.asking import asked
from frontrunner.takeover.gates.on_boards import Boards, contract, parity
from frontrunner.takeover.plan import HubPart

TO_START = 10.0
"""Seconds that a process may take to start on a busy machine, besides the time of its check."""
_GRACE = 5.0
"""Seconds after its time in which the controller should have ended it."""
_POLITE = 10
"""Users come first: the check gets what the gateway and the boards leave."""


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """One check."""

    gate: OutsideGate
    boards: Boards
    hub: HubPart | None = None
    """Of the plan in force: the settings may have been edited since."""


def checked(job: Job) -> Checked:
    """Run a check. What stops it is an error, with its reason."""
    try:
        match job.gate:
            case WebhookGate() | PrometheusGate():
                return asked(job.gate)
            case ContractGate() | LinksGate():
                return contract(job.gate, job.boards)
            case ParityGate():
                return parity(job.gate, job.boards)
            case EngagementGate() | QuotaGate():
                from frontrunner.takeover.gates.on_hub import asked_hub  # noqa: PLC0415 -- extra

                return asked_hub(job.gate, Path(job.boards.home), job.hub)
    except (FrontrunnerError, OSError) as error:
        return Checked(verdict=Verdict.ERROR, text=str(error), at=time.time())


def main() -> None:
    """Read a job, run it, write the result as the last line."""
    job = msgspec.json.decode(sys.stdin.buffer.read(), type=Job)
    signal.setitimer(signal.ITIMER_REAL, job.gate.seconds + TO_START + _GRACE)
    os.nice(_POLITE)
    result = msgspec.json.encode(checked(job))
    sys.stdout.buffer.write(b"\n" + result + b"\n")


if __name__ == "__main__":
    main()
