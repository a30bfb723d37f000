"""The first board's three documents: configuration, model list, external results."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple

import yaml

from frontrunner.legacy.files.tables import Problem

CONFIG, MODEL_META, EXTERNAL = "config.yaml", "model_meta.yaml", "EXTERNAL_MODEL_RESULTS.json"

Document = Mapping[str, Any]


class Original(NamedTuple):
    """A document as it was read."""

    content: Document
    """Empty if it is missing or damaged."""
    raw: bytes | None
    """None if `content` is not the content of the bytes."""


_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_document(path: Path, problems: list[Problem]) -> Original:
    """Read a YAML or JSON document; errors are added to `problems`."""
    is_json = path.suffix == ".json"
    try:
        raw = path.read_bytes()
        content = json.loads(raw) if is_json else yaml.load(raw, Loader=_LOADER)  # noqa: S506 -- safe
    except OSError as error:
        problems.append(Problem(path.name, f"missing: {error.strerror}"))
        return Original({}, None)
    except (ValueError, yaml.YAMLError, RecursionError) as error:
        problems.append(Problem(path.name, f"not {'JSON' if is_json else 'YAML'}: {error}"[:300]))
        return Original({}, None)
    return Original(content, raw) if isinstance(content, dict) else Original({}, None)


def document_bytes(name: str, content: Document, original: Original | None) -> bytes:
    """The document as a file: the original bytes if the content is unchanged."""
    if original is not None and original.raw is not None and original.content == content:
        return original.raw
    if name.endswith(".json"):
        return json.dumps(content, indent=4).encode("ascii")
    text: str = yaml.safe_dump(dict(content), sort_keys=False, allow_unicode=True, width=1000)
    return text.encode("utf-8")
