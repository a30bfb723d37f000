"""Means by language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from frontrunner.ranking.gather import Floats, Integers, gather
from frontrunner.ranking.means import Scored, grid_mean
from frontrunner.ranking.question import Question
from frontrunner.results.table import ScoreTable


@dataclass(frozen=True)
class LanguageScores:
    """Scores of a question's models in each language."""

    codes: tuple[str, ...]
    """The columns, sorted."""
    variants: Integers
    """[rows] Index into the table's variants, sorted by name."""
    scores: Floats
    """[rows, codes] Mean over the scores in a language; NaN where there is none."""

    def row(self, number: int) -> Mapping[str, float]:
        """The scores that row `number` has, by code."""
        values = self.scores[number].tolist()
        return {c: v for c, v in zip(self.codes, values, strict=True) if v == v}


def language_scores(table: ScoreTable, question: Question) -> LanguageScores:
    """Mean over every score in each language; tasks that are covered in part do not count."""
    scored = Scored(gather(table, question), table)
    complete = ~np.isnan(scored.by_task)
    valid = ~np.isnan(scored.rows.score)
    keep = complete[scored.variant, scored.task]
    variant, score = scored.variant[keep], scored.score[keep]
    sets = scored.rows.languages[valid][keep]
    codes = sorted(
        {code for number in np.unique(sets).tolist() for code in table.language_sets[number]}
    )
    column = {code: number for number, code in enumerate(codes)}
    columns_of_set = [
        [column[code] for code in codes_of if code in column] for codes_of in table.language_sets
    ]
    lengths = np.array([len(some) for some in columns_of_set])
    flat = np.array([c for some in columns_of_set for c in some], dtype=np.int64)
    starts = np.concatenate(([0], np.cumsum(lengths)[:-1])).astype(np.int64)
    repeats = lengths[sets]
    row = np.repeat(np.arange(len(sets)), repeats)
    offset = np.arange(len(row)) - np.repeat(np.cumsum(repeats) - repeats, repeats)
    grid = grid_mean(
        variant[row],
        flat[starts[sets[row]] + offset],
        score[row],
        (len(scored.rows.variants), len(codes)),
    )
    has_any = ~np.isnan(grid).all(axis=1)
    return LanguageScores(tuple(codes), scored.rows.variants[has_any], grid[has_any])
