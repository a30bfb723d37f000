"""A log is read on across rotations and restarts: no line twice, none left out in silence."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest

from frontrunner.gateway.log_position import LogReader, Position


def rotate(log: Path) -> None:
    for number in (3, 2, 1):
        newer = log.with_name(f"{log.name}.{number - 1}") if number > 1 else log
        if newer.exists():
            newer.replace(log.with_name(f"{log.name}.{number}"))


def write(log: Path, text: str) -> None:
    with log.open("ab") as file:
        file.write(text.encode())


def restarted(reader: LogReader) -> LogReader:
    """The same reader after a kill: only its stored position is left."""
    stored = msgspec.json.encode(reader.position)
    return LogReader(reader.path, msgspec.json.decode(stored, type=Position | None))


@pytest.mark.parametrize("seed", range(12))
def test_every_line_once_across_rotations_and_restarts(seed: int, tmp_path: Path) -> None:
    dice = random.Random(seed)
    log, reader = tmp_path / "log", LogReader.at_end(tmp_path / "log")
    seen: list[bytes] = []
    written = rotations = 0
    for _ in range(300):
        match dice.randrange(6):
            case 0 if rotations < 3 and log.exists():
                rotate(log)
                rotations += 1
            case 1:
                reader = restarted(reader)
            case 2 | 3:
                seen += reader.lines(most=dice.choice([1, 100, 10**9]))
                rotations = 3 if reader.behind else int(not log.exists())
            case _:
                for _ in range(dice.randrange(50)):
                    write(log, f"line {written}\n")
                    written += 1
    while True:
        seen += reader.lines()
        if not reader.behind:
            break
    assert seen == [b"line %d" % number for number in range(written)]
    assert not reader.lost


def test_half_a_line_waits_for_its_end(tmp_path: Path) -> None:
    log, reader = tmp_path / "log", LogReader.at_end(tmp_path / "log")
    write(log, "one\ntw")
    assert list(reader.lines()) == [b"one"]
    reader = restarted(reader)
    write(log, "o\n")
    assert list(reader.lines()) == [b"two"]


def test_half_a_line_of_a_file_that_is_not_written_any_more_is_given(tmp_path: Path) -> None:
    log, reader = tmp_path / "log", LogReader.at_end(tmp_path / "log")
    write(log, "one\ncu")
    rotate(log)
    write(log, "two\n")
    assert list(reader.lines()) == [b"one", b"cu", b"two"]


def test_what_was_there_is_not_read(tmp_path: Path) -> None:
    log = tmp_path / "log"
    write(log, "old\nhal")
    reader = LogReader.at_end(log)
    write(log, "f\nnew\n")
    assert list(reader.lines()) == [b"half", b"new"]


def test_a_log_that_was_just_rotated_is_not_read_either(tmp_path: Path) -> None:
    log = tmp_path / "log"
    write(log, "old\n")
    rotate(log)
    reader = LogReader.at_end(log)
    write(tmp_path / "log.1", "late\n")
    write(log, "new\n")
    assert list(reader.lines()) == [b"late", b"new"]


@pytest.mark.parametrize("fault", ["rotated away", "removed", "truncated", "replaced"])
def test_lost_lines_are_noticed_and_reading_goes_on(fault: str, tmp_path: Path) -> None:
    log, reader = tmp_path / "log", LogReader.at_end(tmp_path / "log")
    write(log, "one\ntwo\n")
    assert len(list(reader.lines())) == 2
    if fault == "rotated away":
        for number in range(4):
            write(log, f"unread {number}\n")
            rotate(log)
    elif fault == "removed":
        log.unlink()
    elif fault == "truncated":
        log.write_bytes(b"")
    else:  # the same inode, as a small file system gives it again
        log.write_bytes(b"another one\nanother two\n")
    write(log, "three\n")
    assert list(reader.lines()) == []
    assert reader.lost
    write(log, "four\n")
    assert list(reader.lines()) == [b"four"]


def test_no_file_at_all_is_no_loss(tmp_path: Path) -> None:
    log, reader = tmp_path / "log", LogReader.at_end(tmp_path / "log")
    write(log, "one\n")
    assert list(reader.lines()) == [b"one"]
    log.rename(tmp_path / "elsewhere")  # Envoy has not reopened it yet
    assert list(reader.lines()) == []
    (tmp_path / "elsewhere").rename(tmp_path / "log.1")
    write(log, "two\n")
    assert list(reader.lines()) == [b"two"]
    assert not reader.lost
