"""A banner is added by one commit, the old application runs as before, and it can be taken back."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from frontrunner.base.errors import UsageError
from frontrunner.hub.banner_wrap import (
    DOCKER_ENTRY,
    GRADIO_ENTRY,
    banner_html,
    command_of,
    files_to_wrap,
    with_field,
    wrapped,
)
from frontrunner.hub.front_matter import read_front_matter
from frontrunner.hub.replacement import reverse_of
from frontrunner.hub.tree_changes import TreeChange, bytes_of
from tests.hub.made_hub import README, wait_until
from tests.ports import free_port

BANNER = banner_html("https://new.example/board")
DOCKER_README = b"---\ntitle: Board\nsdk: docker\napp_port: 7000\n---\nText\n"


def applied(tree: dict[str, bytes], change: TreeChange) -> dict[str, bytes]:
    kept = {path: content for path, content in tree.items() if path not in change.deleted}
    return kept | {path: bytes_of(content) for path, content in change.added.items()}


def test_the_banner_is_ascii_in_two_languages_and_leads_to_the_new_board() -> None:
    assert BANNER.isascii()
    assert 'href="https://new.example/board" target="_top"' in BANNER
    assert 'lang="en"' in BANNER
    assert 'lang="zh"' in BANNER
    assert "<script" not in BANNER


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", "http://new.example", "https://x y", "", "//x"]
)
def test_only_an_address_that_is_safe_to_link(address: str) -> None:
    with pytest.raises(UsageError):
        banner_html(address)
    assert "&quot;" in banner_html('https://x/"a')


def test_of_a_gradio_space_only_the_line_of_the_entry_changes() -> None:
    tree = {"README.md": README.encode(), "app.py": b"print('old')\n", "other.py": b""}
    change = wrapped(tree, BANNER)
    assert set(change.added) == {"README.md", GRADIO_ENTRY}
    after = applied(tree, change)["README.md"].decode()
    assert after == README.replace("app_file: app.py", f"app_file: {GRADIO_ENTRY}")


def test_of_a_docker_space_the_port_and_the_end_of_the_dockerfile_change() -> None:
    dockerfile = b'FROM python:3.12\nCOPY . .\nCMD ["python", "app.py"]'
    tree = {"README.md": DOCKER_README, "Dockerfile": dockerfile}
    after = applied(tree, wrapped(tree, BANNER))
    assert after["Dockerfile"].startswith(dockerfile + b"\n")
    assert b'CMD ["/frontrunner_entry.py", "python", "app.py"]\n' in after["Dockerfile"]
    assert after["README.md"] == DOCKER_README.replace(b"7000", b"7001")
    assert b"LISTEN, OLD = 7001, 7000" in after[DOCKER_ENTRY]


@pytest.mark.parametrize("sdk", ["gradio", "docker"])
def test_taking_it_back_leaves_every_byte_as_it_was(sdk: str) -> None:
    tree = {
        "README.md": DOCKER_README if sdk == "docker" else README.replace("\n", "\r\n").encode(),
        "app.py": b"x",
        "Dockerfile": b"FROM x\nCMD y",
    }
    change = wrapped(tree, BANNER)
    after = applied(tree, change)
    assert after != tree
    assert applied(after, reverse_of(change, tree)) == tree


@given(st.sampled_from(["---\n", "---\r\n"]), st.sampled_from(["", "b: 2\n", "b: 'x: y'\n"]))
def test_a_field_is_set_and_the_others_stay(start: str, others: str) -> None:
    newline = start[3:]
    readme = start + others.replace("\n", newline) + f"---{newline}text\napp_file: no\n"
    after = with_field(readme, "app_file", "new.py")
    expected = {**read_front_matter(readme), "app_file": "new.py"}
    assert read_front_matter(after) == expected
    assert after.endswith("text\napp_file: no\n")
    assert read_front_matter(with_field(after, "app_file", "2.py")) == {
        **expected,
        "app_file": "2.py",
    }


@pytest.mark.parametrize(
    ("dockerfile", "expected"),
    [
        ('FROM x\nCMD ["a", "b c"]', ["a", "b c"]),
        ("FROM x\nCMD a $PORT && b", ["/bin/sh", "-c", "a $PORT && b"]),
        ('FROM x\nENTRYPOINT ["e"]\nCMD ["c"]', ["e", "c"]),
        ('FROM x\nENTRYPOINT ["e"]', ["e"]),
        ('FROM x\nCMD ["first"]\ncmd ["last"]', ["last"]),
        ('FROM x AS b\nCMD ["other stage"]\nFROM y\nCMD ["c"]', ["c"]),
        ('FROM x\n# CMD ["no"]\nCMD \\\n  ["a",\\\n  "b"]', ["a", "b"]),
        ('FROM x\nCMD ["old"]\nENTRYPOINT ["e"]', ["e"]),
    ],
)
def test_the_command_of_a_dockerfile(dockerfile: str, expected: list[str]) -> None:
    assert command_of(dockerfile) == expected


@pytest.mark.parametrize("dockerfile", ["FROM ghcr.example/org/image:1", "FROM x\nCMD a\nFROM y"])
def test_a_command_that_only_the_image_has_is_not_replaced(dockerfile: str) -> None:
    with pytest.raises(UsageError, match="neither CMD nor ENTRYPOINT"):
        command_of(dockerfile)


def test_what_cannot_be_wrapped_says_why() -> None:
    for tree, why in (
        ({}, "no file README.md"),
        ({"README.md": b"---\nsdk: static\n---\n"}, "'static'"),
        ({"README.md": b"---\nsdk: gradio\n---\n"}, "no file app.py"),
        ({"README.md": b"---\nsdk: docker\n---\n"}, "no file Dockerfile"),
        ({"README.md": b"---\nsdk: [\n---\n"}, "Correct it"),
        ({"README.md": b"\xff"}, "not UTF-8"),
    ):
        with pytest.raises(UsageError, match=why):
            wrapped(tree, BANNER)


@pytest.mark.parametrize("sdk", ["gradio", "docker"])
def test_a_space_that_shows_the_banner_is_not_wrapped_twice(sdk: str) -> None:
    readme = f"---\nsdk: {sdk}\n---\n".encode()
    tree = {"README.md": readme, "app.py": b"x", "Dockerfile": b"FROM x\nCMD y"}
    assert set(files_to_wrap(readme.decode())) <= set(tree)
    with pytest.raises(UsageError, match="already"):
        wrapped(applied(tree, wrapped(tree, BANNER)), BANNER)


# --- the entry files, running ---------------------------------------------------------------------

GRADIO = '''
import os, uvicorn

PAGE = b"<!doctype html><html><head></head><body class='x'><p>old</p></body></html>"


class Application:
    """As much of FastAPI as the entry file meets."""

    def __init__(self):
        self.app = self.answer

    def add_middleware(self, kind):
        self.app = kind(self.app)

    async def __call__(self, scope, receive, send):
        await self.app(scope, receive, send)

    async def answer(self, scope, receive, send):
        if scope["type"] != "http":
            return
        kind, body = {"/": (b"text/html; charset=utf-8", PAGE)}.get(
            scope["path"], (b"application/json", b'{"path": "<body>"}'))
        headers = [(b"content-type", kind), (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": body})


class App:
    @staticmethod
    def create_app(blocks=None, **options):
        return Application()
'''
APP = """
import os, sys
import uvicorn
from gradio import routes

assert sys.argv[0] == "app.py"
assert os.environ["GRADIO_SSR_MODE"] == "false"

if __name__ == "__main__":
    uvicorn.run(routes.App.create_app(), port=int(os.environ["PORT"]), log_level="error")
"""


@contextmanager
def started(folder: Path, command: list[str], port: int, **environment: str) -> Iterator[str]:
    """A program that listens on a port, until the block ends; then all that it started ends."""
    env = {"PATH": "/usr/bin:/bin", "PORT": str(port), **environment}
    log = folder / "stderr.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            command, cwd=folder, env=env, stderr=said, start_new_session=True
        )
    try:
        wait_until(lambda: listens(port) or process.poll() is not None, "a port")
        assert process.poll() is None, log.read_text()
        yield f"http://127.0.0.1:{port}"
        process.terminate()
        process.wait(20)
    finally:
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(20)


def ran(folder: Path, *command: str) -> tuple[int, str]:
    """The exit code of a program that ends by itself, and what it printed."""
    log = folder / "output.log"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, DOCKER_ENTRY, *command], cwd=folder, stdout=said, stderr=said
        )
    try:
        return process.wait(20), log.read_text()
    finally:
        process.kill()
        process.wait(20)


def listens(port: int) -> bool:
    with socket.socket() as one:
        return one.connect_ex(("127.0.0.1", port)) == 0


def write(folder: Path, tree: dict[str, bytes]) -> None:
    for path, content in tree.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(content)


HTML = {"Accept": "text/html,*/*", "Accept-Encoding": "gzip"}


def test_a_wrapped_gradio_application_runs_with_the_banner(tmp_path: Path) -> None:
    tree = {"README.md": README.encode(), "app.py": APP.encode()}
    write(tmp_path, applied(tree, wrapped(tree, BANNER)))
    write(tmp_path, {"gradio/__init__.py": b"", "gradio/routes.py": GRADIO.encode()})
    command = [sys.executable, GRADIO_ENTRY]
    with started(tmp_path, command, free_port(), PYTHONPATH=str(tmp_path)) as url:
        page = httpx.get(f"{url}/", headers=HTML)
        assert page.text.count(BANNER) == 1
        assert f"<body class='x'>{BANNER}<p>old</p>" in page.text
        assert httpx.get(f"{url}/").text.count(BANNER) == 0
        assert httpx.get(f"{url}/config", headers=HTML).json() == {"path": "<body>"}


def test_without_gradio_as_it_is_known_the_application_runs_without_the_banner(
    tmp_path: Path,
) -> None:
    app = "import os\nfrom http.server import SimpleHTTPRequestHandler as H, test\n"
    app += "test(H, port=int(os.environ['PORT']), bind='127.0.0.1')"
    tree = {"README.md": README.encode(), "app.py": app.encode()}
    write(tmp_path, applied(tree, wrapped(tree, BANNER)))
    with started(tmp_path, [sys.executable, GRADIO_ENTRY], free_port()) as url:
        assert "README.md" in httpx.get(f"{url}/", headers=HTML).text


OLD = textwrap.dedent("""
    import asyncio, os, sys

    PAGE = b"<html><BODY id=a>old</BODY></html>"

    async def serve(reader, writer):
        head = (await reader.readuntil(b"\\r\\n\\r\\n")).decode()
        path = head.split(" ")[1]
        send = lambda data: writer.write(data)
        ok = b"HTTP/1.1 200 OK\\r\\n"
        if "upgrade: websocket" in head.lower():
            send(b"HTTP/1.1 101 Switching\\r\\nUpgrade: websocket\\r\\n\\r\\n")
            while data := await reader.read(100):
                send(data.upper())
                await writer.drain()
        elif path == "/chunked":
            send(ok + b"Content-Type: text/html\\r\\nTransfer-Encoding: chunked\\r\\n\\r\\n")
            send(b"6\\r\\n<body>\\r\\n4\\r\\nold!\\r\\n0\\r\\n\\r\\n")
        elif path == "/zipped":
            send(ok + b"Content-Type: text/html\\r\\nContent-Encoding: gzip\\r\\n")
            send(b"Content-Length: 6\\r\\n\\r\\n<body>")
        elif path == "/events":
            send(ok + b"Content-Type: text/event-stream\\r\\n\\r\\ndata: 1\\n\\n")
            await writer.drain()
            await reader.read()
        elif path == "/missing":
            send(b"HTTP/1.1 404 Not Found\\r\\nContent-Type: text/html\\r\\n")
            send(b"Content-Length: 6\\r\\n\\r\\n<body>")
        elif head.startswith("POST"):
            length = int(head.lower().split("content-length:")[1].split()[0])
            body = await reader.readexactly(length)
            send(ok + b"Content-Length: %d\\r\\n\\r\\n" % len(body) + body)
        else:
            send(ok + b"Content-Type: text/html\\r\\n")
            send(b"Content-Length: %d\\r\\n\\r\\n" % len(PAGE) + PAGE)
        await writer.drain()
        writer.close()

    async def main():
        server = await asyncio.start_server(serve, "127.0.0.1", int(sys.argv[1]))
        async with server:
            await server.serve_forever()

    asyncio.run(main())
""")


@pytest.fixture
def docker_app(tmp_path: Path) -> Iterator[str]:
    """The old application behind the entry file, as the container starts both."""
    old = free_port(2)
    dockerfile = f'FROM x\nCMD ["{sys.executable}", "old.py", "{old}"]'
    readme = DOCKER_README.replace(b"7000", str(old).encode())
    tree = {"README.md": readme, "Dockerfile": dockerfile.encode(), "old.py": OLD.encode()}
    after = applied(tree, wrapped(tree, BANNER))
    write(tmp_path, after)
    listen = int(str(read_front_matter(after["README.md"].decode())["app_port"]))
    command = [sys.executable, DOCKER_ENTRY, *command_of(dockerfile)]
    with started(tmp_path, command, listen) as url:
        wait_until(lambda: listens(old), "the old application")
        yield url


def test_a_wrapped_docker_application_runs_with_the_banner(docker_app: str) -> None:
    with httpx.Client(base_url=docker_app, timeout=20) as client:
        for path, text in (
            ("/", f"<html><BODY id=a>{BANNER}old</BODY></html>"),
            ("/chunked", f"<body>{BANNER}old!"),
        ):
            assert client.get(path, headers=HTML).text == text
        assert client.get("/").text == "<html><BODY id=a>old</BODY></html>"
        assert client.get("/missing", headers=HTML).text == "<body>"
        body = b"x" * 300_000
        assert client.post("/", content=body).content == body
        with client.stream("GET", "/events") as events:
            assert next(events.iter_text()) == "data: 1\n\n"


def test_what_is_compressed_all_the_same_passes_as_it_is(docker_app: str) -> None:
    with httpx.stream("GET", f"{docker_app}/zipped", headers=HTML) as answer:
        assert next(answer.iter_raw()) == b"<body>"


def test_a_web_socket_passes(docker_app: str) -> None:
    host, _, port = docker_app.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=20) as link:
        link.sendall(
            b"GET / HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nAccept: text/html\r\n\r\n"
        )
        assert link.recv(100).startswith(b"HTTP/1.1 101")
        for word in (b"one", b"two"):
            link.sendall(word)
            assert link.recv(100) == word.upper()


def test_the_entry_ends_as_the_old_application_does(tmp_path: Path) -> None:
    readme = DOCKER_README.replace(b"7000", str(free_port(2)).encode())
    tree = {"README.md": readme, "Dockerfile": b"FROM x\nCMD y"}
    write(tmp_path, applied(tree, wrapped(tree, BANNER)))
    assert ran(tmp_path, "/bin/sh", "-c", "exit 3")[0] == 3


def test_a_port_that_is_taken_starts_the_old_application_once_and_without_the_banner(
    tmp_path: Path,
) -> None:
    with socket.create_server(("0.0.0.0", 0)) as taken:  # noqa: S104
        port = taken.getsockname()[1]
        readme = DOCKER_README.replace(b"7000", str(port - 1).encode())
        tree = {"README.md": readme, "Dockerfile": b"FROM x\nCMD y"}
        write(tmp_path, applied(tree, wrapped(tree, BANNER)))
        code, printed = ran(tmp_path, "/bin/sh", "-c", "echo old")
    assert code == 0
    assert "The banner is not shown" in printed
    assert printed.splitlines().count("old") == 1
