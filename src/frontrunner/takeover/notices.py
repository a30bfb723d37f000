"""The notice of an entry of the ledger. Pure: the same entry makes the same notice."""

from __future__ import annotations

from frontrunner.ops.notify import Notice
from frontrunner.takeover.records import Decided, Entry, Noted, PlanChanged, Reading, Record
from frontrunner.takeover.stages import Mode, Stage

ALARM = "alarm"
"""The topic of notes that a person should look at."""
STAGE_NAMES = {
    Stage.PLANNED: "Planned",
    Stage.PARALLEL: "Parallel",
    Stage.GUIDED: "Guided",
    Stage.SHIFTING: "Shifting",
    Stage.CUTOVER: "Cut-over",
    Stage.SETTLED: "Settled",
}


def notice_of(entry: Entry) -> Notice | None:
    """The notice of an entry: a change of stage, step or mode, an edited plan, an alarm.

    None for everything else. The id is the entry's number, so a repeated notice is sent once.
    """
    found = _found(entry.record)
    if found is None:
        return None
    kind, title, text, urgent = found
    return Notice(
        id=f"ledger-{entry.seq}",
        at=entry.at,
        kind=kind,
        title=title,
        text=f"{text}\n\nEntry {entry.seq} of the ledger, by {entry.actor}.",
        urgent=urgent,
    )


_Found = tuple[str, str, str, bool]


def _found(record: Record) -> _Found | None:
    match record:
        case Decided():
            return _decided(record)
        case PlanChanged(accepted=False):
            text = f"Its hash is {record.found[:12]} now. Accept it, or restore the plan."
            return "alarm", "The plan was edited while it runs", text, True
        case Noted(topic=topic, text=text) if topic == ALARM:
            return "alarm", "Alarm: " + text.partition("\n")[0], text, True
    return None


def _decided(record: Decided) -> _Found | None:
    kind = kind_of(record)
    if not kind:
        return None
    lines = [record.why, *(reading_line(one) for one in record.readings)]
    return kind, _title(kind, record), "\n".join(lines), kind in _URGENT


_URGENT = frozenset({"paused", "rolled_back", "failed"})
_OF_MODE = {
    Mode.PAUSED: "paused",
    Mode.ROLLED_BACK: "rolled_back",
    Mode.FAILED: "failed",
    Mode.FINISHED: "finished",
}


def kind_of(record: Decided) -> str:
    """What a decision changes, as in `Notice.kind`; empty if nothing that people notice."""
    before, after = record.before, record.after
    if after.mode != before.mode and after.mode in _OF_MODE:
        return _OF_MODE[after.mode]
    if before.mode in (Mode.ROLLED_BACK, Mode.FAILED) and after.mode is Mode.RUNNING:
        return "retried"
    if after.stage != before.stage:
        return "stage"
    if after.step != before.step:
        return "share"
    return "resumed" if before.mode != after.mode else ""


def _title(kind: str, record: Decided) -> str:
    stage = STAGE_NAMES[record.after.stage]
    step = f", step {record.after.step + 1}" if record.after.stage is Stage.SHIFTING else ""
    return {
        "paused": f"Paused at {stage}{step}",
        "rolled_back": f"Rolled back from {STAGE_NAMES[record.before.stage]}",
        "failed": f"Failed at {stage}{step}",
        "finished": "Finished",
        "retried": f"Started again at {stage}{step}",
        "stage": f"{STAGE_NAMES[record.before.stage]} to {stage}{step}",
        "share": f"{stage}{step}",
        "resumed": f"Resumed at {stage}{step}",
    }[kind]


def reading_line(reading: Reading) -> str:
    """A gate's reading as one line."""
    return f"{reading.gate}: {verdict_words(reading)}. {reading.text}"


def verdict_words(reading: Reading) -> str:
    """Its verdict, and whether it is a dry run or not armed."""
    marks = ["dry run"] * reading.dry_run + ["not armed"] * (not reading.armed)
    return f"{reading.verdict} ({', '.join(marks)})" if marks else str(reading.verdict)


def numbers(reading: Reading) -> str:
    """What was measured, against which limit, on how much evidence; empty without a number."""
    parts = [] if reading.value is None else [f"reading {reading.value:.4g}"]
    parts += [] if reading.limit is None else [f"limit {reading.limit:.4g}"]
    if reading.sample or reading.wanted:
        wanted = f" of {reading.wanted:,} wanted" if reading.wanted else ""
        parts.append(f"evidence {reading.sample:,}{wanted}")
    return ", ".join(parts)


def evidence_line(reading: Reading) -> str:
    """The same line with the numbers: `success: failed (reading 0.1, limit 0.02, ...). ...`."""
    found = numbers(reading)
    measured = f" [{found}]" if found else ""
    return f"{reading.gate}: {verdict_words(reading)}{measured}. {reading.text}"
