"""Pure functions from score rows to ranked boards.

`rank` answers every question alike: a benchmark as it is defined, the same narrowed to
languages, or any set of tasks that was never asked for before.
"""

from frontrunner.ranking.board import Board, rank
from frontrunner.ranking.facts import Facts
from frontrunner.ranking.languages import LanguageScores, language_scores
from frontrunner.ranking.question import Policy, Question

__all__ = ["Board", "Facts", "LanguageScores", "Policy", "Question", "language_scores", "rank"]
