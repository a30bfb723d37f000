"""A program as it was written for the first board. Runs where only gradio_client is installed.

    python client_program.py URL CALLS

CALLS is a JSON file: name -> the number of a function and its data. Prints as JSON what the client
lists, and the result of each call or the kind of its error.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path

from gradio_client import Client, __version__


def main() -> None:
    url, calls = sys.argv[1], json.loads(Path(sys.argv[2]).read_text())
    client = Client(url, verbose=False)
    listed = client.view_api(print_info=False, return_format="dict")
    results = {}
    for name, call in calls.items():
        try:
            results[name] = client.predict(*call["data"], fn_index=call["fn_index"])
        except Exception as error:  # noqa: BLE001 -- each version has a kind of its own
            results[name] = {"error": type(error).__name__}
    named = client.predict(api_name="/set_tabs_on_load")
    document = {"version": __version__, "listed": listed, "results": results, "named": named}
    print(json.dumps(document))  # noqa: T201


main()
