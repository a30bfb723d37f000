"""The only module that accesses object storage.

Credentials are read by obstore from the environment that each service documents (`AWS_*`,
`AZURE_*`, `GOOGLE_*`), or from the machine's own role. They are never part of an address.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, BinaryIO, NamedTuple

from frontrunner.base.errors import MissingExtraError, StoreError, UsageError
from frontrunner.base.store_settings import check_address
from frontrunner.remote.plan import Found
from frontrunner.remote.refusals import explained

if TYPE_CHECKING:
    from obstore.store import ClientConfig, ObjectStore

_CLIENT = {"connect_timeout": "5s", "timeout": "120s"}
_RETRY = {"max_retries": 3, "retry_timeout": timedelta(seconds=20)}
_CHUNK = 8 << 20
_AT_ONCE = 4
"""Parts of one upload that are in memory at the same time."""


class Read(NamedTuple):
    """An object, and the tag of this version of it."""

    body: bytes
    tag: str | None


class Bucket:
    """One place in object storage."""

    def __init__(self, address: str) -> None:
        """Raises UsageError for an address without a place, MissingExtraError without obstore."""
        try:
            check_address("--store", address)
        except ValueError as error:
            raise UsageError(f"{error}.") from None
        if not address:
            raise UsageError(
                "No store is given. Use --store s3://BUCKET/PREFIX, or write it into [store]."
            )
        self.address = address.rstrip("/")
        try:
            import obstore  # noqa: PLC0415 -- an extra
        except ImportError:
            raise MissingExtraError(
                "Object storage needs the extra `store`. In the checkout run: "
                "pip install '.[store]'"
            ) from None
        self._api = obstore

    @cached_property
    def _store(self) -> ObjectStore:
        from obstore.store import from_url  # noqa: PLC0415

        options: dict[str, Any] = {"client_options": _client(os.environ), "retry_config": _RETRY}
        if self.address.startswith("file://"):
            options = {"mkdir": True}
        with self._explained("open it"):
            return from_url(self.address, **options)

    def read(self, key: str, unless: str | None = None) -> Read | None:
        """A small object; None if it still has the tag `unless`.

        Raises FileNotFoundError if there is none, StoreError if the store does not answer.
        """
        from obstore.exceptions import NotModifiedError  # noqa: PLC0415

        try:
            with self._explained(f"read {key}"):
                options = {"if_none_match": unless} if unless else {}
                found = self._api.get(self._store, key, options=options)  # type: ignore[arg-type]
                return Read(bytes(found.bytes()), found.meta["e_tag"])
        except NotModifiedError:
            return None

    def stream(self, key: str) -> Iterator[bytes]:
        """An object in parts; raises as `read` does."""
        with self._explained(f"read {key}"):
            for part in self._api.get(self._store, key).stream(min_chunk_size=_CHUNK):
                yield bytes(part)

    def write(self, key: str, content: bytes | BinaryIO) -> None:
        """Write an object, whole or not at all. Raises StoreError."""
        with self._explained(f"write {key}"):
            self._api.put(self._store, key, content, max_concurrency=_AT_ONCE)

    def replace(self, key: str, content: bytes, tag: str | None) -> bool:
        """Write a small object if it still has `tag`, or if there is none where that is None.

        False if another program wrote it meanwhile. A store without conditional writes, such as
        a folder, is written to in any case. Raises StoreError.
        """
        from obstore.exceptions import AlreadyExistsError, PreconditionError  # noqa: PLC0415

        mode: Any = "create" if tag is None else {"e_tag": tag}
        try:
            with self._explained(f"write {key}"):
                self._api.put(self._store, key, content, mode=mode)
        except (AlreadyExistsError, PreconditionError):
            return False
        except NotImplementedError:
            self.write(key, content)
        return True

    def found(self, prefix: str) -> dict[str, Found]:
        """All objects below a prefix. Raises StoreError."""
        with self._explained(f"list {prefix}"):
            return {
                one["path"]: Found(one["size"], one["last_modified"].timestamp())
                for batch in self._api.list(self._store, prefix)
                for one in batch
            }

    def delete(self, keys: Iterable[str]) -> None:
        """Remove objects; those that do not exist are skipped. Raises StoreError."""
        for key in keys:
            try:
                with self._explained(f"remove {key}"):
                    self._api.delete(self._store, key)
            except FileNotFoundError:
                continue

    @contextmanager
    def _explained(self, what: str) -> Iterator[None]:
        """Turn what obstore raises into a StoreError; what callers decide on passes."""
        from obstore import exceptions  # noqa: PLC0415

        passing = (
            exceptions.NotModifiedError,
            exceptions.AlreadyExistsError,
            exceptions.PreconditionError,
            exceptions.NotSupportedError,
            FileNotFoundError,
            NotImplementedError,
        )
        try:
            yield
        except passing:
            raise
        except (exceptions.BaseError, OSError, ValueError) as error:
            raise StoreError(
                f"The store {self.address} could not {what}: {explained(str(error))}"
            ) from None


def _client(environ: Mapping[str, str]) -> ClientConfig:
    """Options of the connection; http is used where the operator's own endpoint is http."""
    endpoints = ("AWS_ENDPOINT_URL", "AWS_ENDPOINT", "AWS_ENDPOINT_URL_S3", "AZURE_ENDPOINT")
    is_plain = any(environ.get(name, "").startswith("http://") for name in endpoints)
    return {**_CLIENT, "allow_http": is_plain}  # type: ignore[typeddict-item]
