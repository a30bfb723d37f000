"""The part of a service that builders of answers need, so that they do not import the service."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from frontrunner.answers.boards import BoardRenderer
    from frontrunner.answers.entities import Entities
    from frontrunner.catalog import Benchmark, Task
    from frontrunner.snapshot.reader import Snapshot


class Source(Protocol):
    """One snapshot, and how its parts are found and shown."""

    @property
    def snapshot(self) -> Snapshot:
        """The snapshot that is answered from."""

    @property
    def entities(self) -> Entities:
        """Tasks, models and benchmarks as answers show them."""

    @property
    def boards(self) -> BoardRenderer:
        """Boards as answers show them."""

    @property
    def other_data(self) -> NDArray[np.bool_]:
        """[files] Whether a file's scores are of another revision of the data set."""

    def find_task(self, name: str) -> Task:
        """A task by its name; raises UnknownNameError."""

    def find_benchmark_or_alias(self, name: str) -> Benchmark:
        """A benchmark by its name or an alias; raises UnknownNameError."""
