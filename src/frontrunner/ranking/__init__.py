"""Pure functions from score rows to ranked boards.

`rank` answers every question in the same way: a benchmark, a benchmark narrowed to languages, or
any set of tasks.
"""

from frontrunner.ranking.board import Board, Standing, rank, standing
from frontrunner.ranking.facts import Facts
from frontrunner.ranking.languages import LanguageScores, language_scores
from frontrunner.ranking.question import Policy, Question
from frontrunner.ranking.weights import Weights

__all__ = [
    "Board",
    "Facts",
    "LanguageScores",
    "Policy",
    "Question",
    "Standing",
    "Weights",
    "language_scores",
    "rank",
    "standing",
]
