"""An old board of each Gradio shows the banner and answers calls, started by the entry file."""

from __future__ import annotations

import subprocess
from pathlib import Path

import httpx
import pytest

from frontrunner.hub.banner_wrap import GRADIO_ENTRY, wrapped
from tests.acceptance.gateway.conftest import environment
from tests.hub.made_hub import README
from tests.hub.test_banner_wrap import BANNER, HTML, applied, started, write
from tests.ports import free_port

APP = b"""
import os
import gradio as gr

def greet(name):
    return "hello " + name

with gr.Blocks(title="Old") as demo:
    name, text = gr.Textbox(), gr.Textbox()
    gr.Button("go").click(greet, name, text, api_name="greet")

if __name__ == "__main__":
    demo.launch(server_port=int(os.environ["PORT"]), server_name="127.0.0.1")
"""
CALL = "import sys; from gradio_client import Client; "
CALL += "print(Client(sys.argv[1]).predict('x', api_name='/greet'))"


@pytest.mark.acceptance
@pytest.mark.parametrize("version", [3, 4, 5, 6])
def test_a_wrapped_board(version: int, tmp_path: Path) -> None:
    python = environment(f".venv-gradio-{version}", "setup-gradio")
    tree = {"README.md": README.encode(), "app.py": APP}
    write(tmp_path, applied(tree, wrapped(tree, BANNER)))
    quiet = {"HOME": str(tmp_path), "GRADIO_ANALYTICS_ENABLED": "False"}
    with started(tmp_path, [str(python), GRADIO_ENTRY], free_port(2), **quiet) as url:
        page = httpx.get(f"{url}/", headers=HTML, timeout=20).text
        assert page.count(BANNER) == 1
        assert page.index("<body") < page.index(BANNER) < page.index("<gradio-app")
        assert httpx.get(f"{url}/config", headers=HTML, timeout=20).json()["title"] == "Old"
        with (tmp_path / "called").open("wb") as out:
            subprocess.run([python, "-c", CALL, url], stdout=out, check=True, timeout=60)
    assert "hello x" in (tmp_path / "called").read_text()
