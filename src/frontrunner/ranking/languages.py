"""Means by language."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

import numpy as np

from frontrunner.ranking.gather import Bools, Floats, Integers
from frontrunner.ranking.means import Scored, score
from frontrunner.ranking.question import Question
from frontrunner.results.table import ScoreTable

_AT_ONCE = 200_000
"""Rows."""


@dataclass(frozen=True)
class LanguageScores:
    """Scores of a question's models in each language."""

    codes: tuple[str, ...]
    """The columns, sorted."""
    variants: Integers
    """[rows] Index into the table's variants, sorted by name."""
    scores: Floats
    """[rows, codes] Mean over the scores in a language; NaN if there is none."""

    def row(self, number: int) -> Mapping[str, float]:
        """The scores that row `number` has, by code."""
        values = self.scores[number].tolist()
        return {c: v for c, v in zip(self.codes, values, strict=True) if v == v}


def language_scores(
    table: ScoreTable, question: Question, scored_rows: Scored | None = None
) -> LanguageScores:
    """Mean over every score in each language; incomplete tasks do not count.

    `scored_rows` are the question's rows, if the caller has gathered them already.
    """
    scored = scored_rows or score(table, question)
    complete = _CompleteRows(scored)
    occurs = np.zeros(len(table.language_sets), dtype=bool)
    for _, sets, _ in complete:
        occurs[sets] = True
    codes, columns, start, length = _columns_of_sets(table, occurs)
    shape = (len(scored.rows.variants), len(codes))
    total, count = np.zeros(shape), np.zeros(shape)
    # A part at a time: a score in two languages counts in the columns of both, so a large board
    # would be many times its rows. Sums are taken in the order of the rows, as if it were whole.
    for variant, sets, values in complete:
        for begin in range(0, len(sets), _AT_ONCE):
            some = slice(begin, begin + _AT_ONCE)
            repeats = length[sets[some]]
            row = np.repeat(np.arange(len(repeats)), repeats)
            offset = np.arange(len(row)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
            place = variant[some][row], columns[start[sets[some][row]] + offset]
            np.add.at(total, place, values[some][row])
            np.add.at(count, place, 1.0)
    grid = np.divide(total, count, out=np.full(shape, np.nan), where=count > 0)
    has_any = ~np.isnan(grid).all(axis=1)
    return LanguageScores(codes, scored.rows.variants[has_any], grid[has_any])


class _CompleteRows:
    """Variant, language set and score of the rows of complete tasks, part by part."""

    def __init__(self, scored: Scored) -> None:
        self._scored = scored
        self._complete = ~np.isnan(scored.by_task)
        self._few = list(self._read()) if scored.few else None

    def __iter__(self) -> Iterator[tuple[Integers, Integers, Floats]]:
        return self._read() if self._few is None else iter(self._few)

    def _read(self) -> Iterator[tuple[Integers, Integers, Floats]]:
        for part in self._scored.parts:
            keep = self._complete[part.variant, part.task]
            yield part.variant[keep], part.languages[keep], part.score[keep]


def _columns_of_sets(
    table: ScoreTable, occurs: Bools
) -> tuple[tuple[str, ...], Integers, Integers, Integers]:
    """The codes of the sets that occur, sorted; the columns of all these sets end to end; and
    where each begins, and how many it has."""
    used = [table.language_sets[number] for number in np.flatnonzero(occurs).tolist()]
    codes = tuple(sorted({code for codes in used for code in codes}))
    column = {code: number for number, code in enumerate(codes)}
    columns = [column[code] for codes in used for code in codes]
    length = np.zeros(len(occurs), dtype=np.int64)
    length[occurs] = [len(codes) for codes in used]
    start = np.cumsum(length) - length
    return codes, np.array(columns, dtype=np.int64), start, length
