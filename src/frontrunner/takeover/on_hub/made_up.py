"""A made-up Hub for rehearsals: an old board with likes and discussions, its owner, its readers."""

from __future__ import annotations

import secrets
from pathlib import Path

import msgspec

from frontrunner.base.atomic import write_file
from frontrunner.hub.standin.deploys import Deploy
from frontrunner.hub.standin.exchange import Reply
from frontrunner.hub.standin.live_sites import Application, Site, page_of_tree
from frontrunner.hub.standin.repos import AccessToken, Account, Comment, Discussion, Repository
from frontrunner.hub.standin.stored import Stored
from frontrunner.hub.standin.switches import Switches
from frontrunner.hub.tree_changes import files_below

SPACE, DEMO, ARCHIVE = "board/leaderboard", "board/leaderboard-demo", "board/leaderboard-old"
OWNER, GRANTED = "owner", "cpu-upgrade"
SNAPSHOT = "rehearsal"
_LIKES, _DISCUSSIONS = 120, 12
_LONG_AGO = 1.7e9
_OLD = {
    "README.md": "---\ntitle: Leaderboard\nemoji: 🥇\nsdk: gradio\nsdk_version: 5.49.1\n"
    "app_file: app.py\npinned: true\nlicense: mit\n---\n# The old board\n",
    "app.py": "import gradio as gr\n\nwith gr.Blocks() as demo:\n    gr.Markdown('old')\n\n"
    "demo.launch()\n",
    "requirements.txt": "gradio\n",
    "data/boards.csv": "model,score\na,1\n",
}
_NEW = {
    "README.md": "---\ntitle: Leaderboard\nemoji: 🥇\nsdk: docker\napp_port: 7860\npinned: true\n"
    "license: mit\n---\n# The new board\n",
    "Dockerfile": "FROM frontrunner\n",
    "served/v1/snapshot": f'{{"id": "{SNAPSHOT}", "builtAt": "2026-11-25T00:00:00Z"}}\n',
}
SWITCHES = Switches(build=0.6, start=0.3, head_lag=0.05, hardware=0.5)
"""Fast. A live address is never late, or no take-over could keep the name running."""


def made_up_hub(old: Path | None, switches: Switches = SWITCHES) -> tuple[Stored, str]:
    """The Hub, and the token of the board's owner. `old` has the old board's files."""
    token = f"hf_{secrets.token_hex(16)}"
    stored = Stored(switches)
    stored.add_account(Account(OWNER, "The Owner", paid=True), (token, AccessToken(OWNER)))
    organisation = SPACE.partition("/")[0]
    stored.add_account(
        Account(organisation, "The Board", organisation=True, paid=True, members=(OWNER,))
    )
    made = stored.create("space", SPACE, author=OWNER, sdk="gradio")
    files = {one: stored.store(content) for one, content in files_in(old, _OLD).items()}
    stored.commit(made, files, author=OWNER, title="The board of today")
    _engage(stored, made)
    _has_run_for_long(made)
    return stored, token


def files_in(folder: Path | None, otherwise: dict[str, str]) -> dict[str, bytes]:
    """The files of a folder, or made-up ones."""
    if folder is None:
        return {path: text.encode() for path, text in otherwise.items()}
    return {path: one.read_bytes() for path, one in files_below(folder).items()}


def made_up_board(folder: Path) -> Path:
    """Write the made-up new board's files."""
    for path, text in _NEW.items():
        file = folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        write_file(file, text.encode())
    return folder


def container(readme: bytes) -> Application:
    """What Spaces answer; the one with this README.md also names a snapshot, as the new board does.

    The files of a real board are not started, so they need not say so themselves.
    """

    def answer(site: Site, path: str) -> Reply:
        found = page_of_tree(site, path)
        asks = path.partition("?")[0] == "/v1/snapshot"
        if asks and found.status == 404 and site.files.get("README.md") == readme:
            facts = {"id": SNAPSHOT, "builtAt": "2026-11-25T00:00:00Z"}
            return Reply(200, msgspec.json.encode(facts), (("Content-Type", "application/json"),))
        return found

    return answer


def _engage(stored: Stored, made: Repository) -> None:
    for number in range(_LIKES):
        name = f"person-{number}"
        stored.add_account(Account(name))
        made.likes[name] = _LONG_AGO + number
    for number in range(1, _DISCUSSIONS + 1):
        author, at = f"person-{number}", _LONG_AGO + 1000 * number
        events = [Comment(f"c{number}", author, at, "Where is my model?")]
        asked = Discussion(number, f"Question {number}", author, at, events)
        asked.pull_request = number % 4 == 0
        made.discussions.append(asked)


def _has_run_for_long(made: Repository) -> None:
    """Nothing is under way, and the hardware is a grant."""
    space = made.space
    if space is not None:
        space.grant = space.hardware = space.requested = GRANTED
        last = space.deploys[-1]
        space.deploys = [Deploy(at=_LONG_AGO, cause=last.cause, commit=last.commit)]
        space.secrets["API_KEY"] = {"key": "API_KEY", "value": "not to be read"}
