"""A take-over in the middle, as plain data and as the files of a home."""

from __future__ import annotations

import math
from pathlib import Path

import msgspec

from frontrunner.base.atomic import append_line
from frontrunner.base.gateway_settings import GatewaySettings
from frontrunner.base.home import Home
from frontrunner.checks.gates import Verdict
from frontrunner.gateway.admin import Host
from frontrunner.gateway.control import Seen
from frontrunner.gateway.feedback import Feedback, Message
from frontrunner.gateway.shadow.tally import Example, RouteTally, Tally, write_tally
from frontrunner.gateway.state import GatewayState, save_state
from frontrunner.gateway.status import Status, Totals
from frontrunner.ops.notify import Notice, Outbox
from frontrunner.takeover.console.model import Inputs
from frontrunner.takeover.console.watching import Watched
from frontrunner.takeover.ledger.ledger import Ledger
from frontrunner.takeover.looks import Look
from frontrunner.takeover.plan import plan_hash
from frontrunner.takeover.plane import Reality, Side
from frontrunner.takeover.records import (
    Acted,
    Commanded,
    Entry,
    Intended,
    Noted,
    Observed,
    Reading,
    Record,
    Verb,
)
from frontrunner.takeover.stages import Mode, Position, Stage, World
from tests.takeover.makers import PATH, at, chain, decided, in_force, plan, reading

NOW = 1_795_090_000.0
HERE, PAUSED = at(Stage.SHIFTING, 1), at(Stage.SHIFTING, 0, Mode.PAUSED)
PLAN = plan(1, 5, 25, 50, 100)
PLAN_TEXT = """Plan 0d2f1a9c4be7
Traffic: 21,300 requests a day (measured: 192,010 requests in 9 days)
Duration: at least 26 days, at most 112 days without pauses

3. shifting, 5%: 5% of the visitors get the new board.
   must hold to go on: share, success, slowness, shadow, freshness, feedback
   taken back by: Rollback: all users go back to the old board in one step.
"""


def records() -> list[Record | tuple[str, Record]]:
    """What led to the second share."""
    first, second = (
        World(share=100, shadow=2000, banner=True),
        World(share=500, shadow=2000, banner=True),
    )
    return [
        Noted(topic="lease", text="gateway-1 holds token 1"),
        ("cli:ada", Commanded(verb=Verb.START, reason="Announced on Monday.")),
        in_force(PLAN),
        decided(PATH[0], PATH[1], "Started by cli:ada: Announced on Monday.", 2),
        decided(PATH[1], PATH[2], "All gates passed on 41,200 compared reads."),
        decided(PATH[2], PATH[3], "All gates passed after 2 days."),
        Intended(before=World(shadow=2000, banner=True), after=first, why="Step 1 of 5."),
        Acted(intent=7, seen=first),
        Observed(reading=reading("success", Verdict.INCONCLUSIVE, text="3 of 120 units failed.")),
        ("console:ada", Commanded(verb=Verb.PAUSE, reason="Looking at a slow page.")),
        decided(PATH[3], PAUSED, "Paused by console:ada: Looking at a slow page.", 10),
        ("console:ada", Commanded(verb=Verb.RESUME, reason="It was the network.")),
        decided(PAUSED, PATH[3], "Resumed by console:ada: It was the network.", 12),
        decided(PATH[3], PATH[4], "All gates passed on 2,140 units.", None,
                reading("success", sample=2140, wanted=2000, value=0.0004, limit=0.005)),
        Intended(before=first, after=second, why="Step 2 of 5."),
        Acted(intent=15, seen=second),
    ]  # fmt: skip


def readings(progress: float) -> tuple[Reading, ...]:
    """The gates when a share of the evidence is there."""
    units = int(3000 * progress)
    return (
        reading("share", value=0.0502, limit=0.06, sample=units, wanted=500,
                text="5.02% of 9,960 buckets are on the new board; asked 5%."),
        reading("success", Verdict.INCONCLUSIVE, sample=units, wanted=3000,
                value=0.002 + 0.008 * math.exp(-4 * progress), limit=0.005,
                text="The new board fails at most 0.34% more often than the old one."),
        reading("slowness", Verdict.INCONCLUSIVE, sample=units, wanted=3000,
                value=0.03 + 0.05 * math.exp(-3 * progress) + 0.004 * math.sin(40 * progress),
                limit=0.05, text="At most 3.3% more pages than before take longer than 412 ms."),
        reading("shadow", sample=41_200, wanted=2000, value=0.0001, limit=0.001,
                text="4 of 41,200 compared reads differ."),
        reading("parity", value=0.0, limit=0.0, sample=104_000, wanted=1,
                text="All 104,000 numbers are the same."),
        reading("freshness", sample=2, wanted=2, value=3.0, limit=24.0,
                text="The new board's results are 3 hours older than the old board's."),
        reading("prometheus: memory", value=1.4, limit=2.0, sample=12, wanted=10, dry_run=True,
                text="The query gives 1.4 GB."),
    )  # fmt: skip


def looks(count: int = 120, position: Position = HERE) -> tuple[Look, ...]:
    """One look every two minutes, until now."""
    world = World(share=500, shadow=2000, banner=True)
    side = Side(healthy=True, code="b1946ac9", data="2026-11-25", data_at=NOW - 7200)
    return tuple(
        Look(
            at=NOW - 2 - 120.0 * (count - 1 - n),
            position=position,
            wanted=world,
            reality=Reality(world=world, old=side, new=side, streams=3),
            readings=readings((n + 1) / count * 0.8),
            clock=86_400.0 + 120.0 * n,
            deadline=6 * 86_400.0 - 120 * n,
            holding="success: inconclusive. The new board fails at most 0.34% more often than "
            "the old one.",
        )
        for n in range(count)
    )


def tally(shift: float = 0.0) -> Tally:
    """What comparing found."""
    example = Example(
        at=NOW - 4000 + shift,
        path="/v1/benchmarks/MTEB(eng, v2)/scores?model=org/model-b",
        differences=["rank org/model-b: 4 on the old board, 5 on the new", "extra org/model-c: 5"],
        old='200 application/json\n{"rows": [{"model": "org/model-b", "rank": 4}]}',
        new='200 application/json\n{"rows": [{"model": "org/model-c", "rank": 5}]}',
    )
    routes = {
        "/v1/benchmarks/*/scores": RouteTally(
            same=30_100, noisy=12, different=4, examples=[example]
        ),
        "/v1/tasks/*": RouteTally(same=8_040, ignored=31),
        "/": RouteTally(same=3_013),
    }
    return Tally(
        since=NOW - 9 * 86_400 + shift, routes=routes, rules={"withdrawn models": 31}, errors=2
    )


def totals() -> Totals:
    """What the gateway counted."""
    return Totals(
        requests={"old": 182_400, "new": 9_610},
        attempts={"old": 182_420, "new": 9_612},
        failures={"old": 41, "new": 7},
        fallbacks=7,
        failed=0,
    )


def messages() -> list[Message]:
    """What users wrote, newest first."""
    texts = ("The filters are much faster, thank you!", "Where did the memory column go?",
             "Where is my model org/tiny-embed?")  # fmt: skip
    return [
        Message(
            id=3 - n,
            at=NOW - 3600 * (n + 1),
            side="new",
            page="/benchmark/MTEB(eng, v2)",
            text=text,
        )
        for n, text in enumerate(texts)
    ]


def outboxes() -> tuple[Outbox, ...]:
    """A channel that works and one that does not."""
    notice = Notice(id="ledger-13", at=NOW - 600, kind="share", title="Shifting, step 2")
    return (
        Outbox(channel="mail", waiting=(notice,), attempts=4, failed=4, delivered=5,
               error="mail.example.org:587: the answer did not end within 30 seconds"),
        Outbox(channel="webhook", delivered=6),
    )  # fmt: skip


def entries() -> list[Entry]:
    """The ledger; its last entry is a quarter of an hour old."""
    made = chain(*records())
    shift = NOW - 900 - made[-1].at
    return [msgspec.structs.replace(one, at=one.at + shift) for one in made]


def scene(**changes: object) -> Inputs:
    """The whole scene, or a changed one."""
    state = GatewayState(share=500, shadow=2000, banner=True)
    status = Status(
        running=True, asked=state, seen=Seen(7, 500, 2000, True, False), streams=14,
        totals=totals(),
        hosts=[Host(side="old", address="10.0.0.1:7860", healthy=True, ejected=False, active=9),
               Host(side="new", address="10.0.0.2:8000", healthy=True, ejected=False, active=5)],
    )  # fmt: skip
    made = Inputs(
        at=NOW, entries=tuple(entries()), looks=looks(), found=PLAN, plan_text=PLAN_TEXT,
        status=status,
        tally=tally(), messages=tuple(messages()), outboxes=outboxes(),
    )  # fmt: skip
    return msgspec.structs.replace(made, **changes)


def write_home(folder: Path, begin: float = NOW) -> Watched:
    """The same scene as the files of a home, as if now were `begin`."""
    home, gateway = Home(folder), Home(folder).gateway
    gateway.mkdir(parents=True)
    home.takeover.mkdir()
    shift = begin - NOW
    ledger = Ledger("", home.takeover)
    for one in entries():
        hash_ = plan_hash(PLAN) if one.seq > 3 else ""
        ledger.append(one.actor, hash_, one.record, at=one.at + shift)
    ledger.close()
    for look in looks():
        moved = msgspec.structs.replace(look, at=look.at + shift)
        append_line(home.looks, msgspec.json.encode(moved))
    save_state(gateway, GatewayState(share=500, shadow=2000, banner=True))
    (gateway / "totals.json").write_bytes(msgspec.json.encode(totals()))
    write_tally(gateway / "shadow.json", tally(shift))
    store = Feedback("", gateway)
    for message in reversed(messages()):
        store.add(msgspec.structs.replace(message, at=message.at + shift))
    store.close()
    home.outbox.mkdir()
    for box in outboxes():
        (home.outbox / f"{box.channel}.json").write_bytes(msgspec.json.encode(box))
    return Watched(home=folder, gateway=GatewaySettings(), folder=gateway)
