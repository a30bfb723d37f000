"""`takeover notify`: what an operator learns about the channels."""

from __future__ import annotations

import subprocess
from pathlib import Path

import msgspec

from frontrunner.base.home import Home
from frontrunner.ops.notify import Notice, Outbox, outbox_file
from tests.command import run_command
from tests.net.hosts import host, ok
from tests.net.smtp import mail_server


def run(home: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return run_command("takeover", *words, "--home", str(home))


def test_each_channel_is_tried_and_the_one_that_fails_is_named(tmp_path: Path) -> None:
    with host(ok(b"")) as url, mail_server() as box:
        (tmp_path / "frontrunner.toml").write_text(
            f'[notify]\nwebhook = "{url}/hook"\nsmtp = "127.0.0.1:{box.port}"\n'
            'smtp_security = "none"\nmail_from = "a@b"\nmail_to = ["c@d"]\n'
        )
        answer = run(tmp_path, "notify", "Is anybody there?")
        assert answer.returncode == 0, answer.stderr
        assert "webhook: sent" in answer.stderr
        assert "mail: sent" in answer.stderr
        assert "Is anybody there?" in box.mails[0]
        box.mode = "busy"
        answer = run(tmp_path, "notify")
    assert answer.returncode == 3
    assert "webhook: sent" in answer.stderr
    assert "mail: 127.0.0.1" in answer.stderr


def test_without_a_channel_it_says_what_to_write(tmp_path: Path) -> None:
    answer = run(tmp_path, "notify")
    assert answer.returncode == 2
    assert "notify.webhook" in answer.stderr


def test_a_dead_channel_is_in_the_status(tmp_path: Path) -> None:
    box = Outbox(channel="mail", attempts=5, error="no route",
                 waiting=(Notice(id="1", at=1.0, kind="test", title="x"),))  # fmt: skip
    folder = Home(tmp_path).outbox
    folder.mkdir(parents=True)
    outbox_file(folder, "mail").write_bytes(msgspec.json.encode(box))
    answer = run(tmp_path, "status")
    assert "Notices are not delivered by mail: no route" in answer.stdout
    assert msgspec.json.decode(run(tmp_path, "status", "--json").stdout)["dead_channels"]
