"""Statistics that may be looked at as often as one likes: e-processes and confidence sequences.

An e-process is a number that starts at 1 and, if its null hypothesis is true, reaches 1/alpha at
any time with a probability of at most alpha (Ville's inequality). So a gate may be looked at each
second, and stops as soon as the evidence is enough.

*Worse or not* is a sequential Fisher test. Take a stretch of time with `n_new` and `n_old` units,
`f` of which failed. If both sides are equal, any `f` of the units are equally likely to be those,
so the number on the new side is hypergeometric. If the odds of a failure on the new side are
`omega` times those on the old one, it follows Fisher's noncentral distribution. The likelihood
ratio of the two has expectation 1 if both are equal, and stretches multiply. The e-process is the
mean of that product over several `omega` above 1, and over the stretch in which the new side
became worse, so that days without a fault do not hide one that begins later. An outage that hits
both sides is no evidence against one, and the share of units may differ from stretch to stretch.

The test conditions on all failures, as those of Lindon and Malek (Anytime-valid inference for
multinomial count data, NeurIPS 2022) and of Netflix do (Lindon, Sanden and Shirikian, Rapid
regression detection in software deployments through sequential testing, KDD 2022,
arXiv:2205.14762). Theirs puts a beta prior on the new side's chance, which has to be the same all
the time; on a quiet board it is not. For likelihood ratios of two-by-two tables in a sequence see
Turner, Ly and Gruenwald, Generic E-variables for exact sequential k-sample tests that allow for
optional stopping, 2024.

*Bounds of a rate* are the beta-binomial mixture confidence sequence: all rates that the mixture
does not reject (Robbins 1970; Howard and Ramdas, Sequential estimation of quantiles, Bernoulli
2022, give its family).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache
from typing import NamedTuple

import msgspec

ODDS = (1.5, 2.0, 3.0, 4.5, 7.0, 10.0, 16.0, 30.0, 100.0)
"""Alternatives: how many times larger the odds of a failure on the new side may be."""
ALPHA = 0.01
"""Probability that a side that is not worse is called worse, over all looks of one analysis."""
_LOG_ODDS = tuple(map(math.log, ODDS))
_PRIOR = (0.5, 20.0)
"""Beta prior of a rate: most rates of failures and slow pages are a few percent."""
_HALVINGS = 60


# --- is the new side worse? -----------------------------------------------------------------------


class Regression(msgspec.Struct, frozen=True, kw_only=True):
    """Evidence that one side is worse, after stretches of time one after the other."""

    stretches: int = 0
    """Stretches that had failures."""
    logs: tuple[float, ...] = ()
    """For each of ODDS, the log of the mixture over the stretch in which it began."""

    @property
    def log_e(self) -> float:
        """Log of the e-value that the new side is worse, or became worse; 0 without evidence."""
        if not self.stretches:
            return 0.0
        begun = _log_sum(self.logs) - math.log(len(ODDS))
        return _log_sum((begun, math.log(_left(self.stretches))))


def added(so_far: Regression, new: int, old: int, failed_new: int, failed_old: int) -> Regression:
    """What is known after one more stretch: `new` and `old` units, and how many of them failed."""
    ratios = _log_ratios(new, old, failed_new, failed_old)
    if ratios is None:
        return so_far
    stretches = so_far.stretches + 1
    weight = math.log(_left(so_far.stretches) - _left(stretches))
    before = so_far.logs or (-math.inf,) * len(ODDS)
    logs = tuple(ratio + _log_sum((log, weight)) for ratio, log in zip(ratios, before, strict=True))
    return Regression(stretches=stretches, logs=logs)


def _left(stretches: int) -> float:
    """Prior probability that the new side becomes worse after so many stretches."""
    return 1 / (4 * stretches) if stretches else 1.0


def _log_ratios(new: int, old: int, failed_new: int, failed_old: int) -> tuple[float, ...] | None:
    """Log-likelihood ratio of a stretch for each of ODDS; None if it is no evidence."""
    failed = failed_new + failed_old
    if not failed or not new or not old:
        return None
    least, most = max(0, failed - old), min(failed, new)
    total = _log_choose(new + old, failed)
    chances = [
        _log_choose(new, count) + _log_choose(old, failed - count) - total
        for count in range(least, most + 1)
    ]
    return tuple(
        failed_new * log_odds
        - _log_sum([chance + log_odds * (least + i) for i, chance in enumerate(chances)])
        for log_odds in _LOG_ODDS
    )


# --- rates ----------------------------------------------------------------------------------------


class Bounds(NamedTuple):
    """A confidence interval of a rate that holds at all times at once."""

    lower: float
    upper: float


@lru_cache(maxsize=1024)
def bounds(hits: int, of: int, alpha: float) -> Bounds:
    """Bounds of a rate of which `hits` of `of` are known.

    The rate is outside at any time with a probability of at most `alpha`.
    """
    if not of:
        return Bounds(0.0, 1.0)
    a, b = _PRIOR
    limit = _log_beta(a + hits, b + of - hits) - _log_beta(a, b) + math.log(alpha)

    def is_inside(rate: float) -> bool:
        return _times_log(hits, rate) + _times_log(of - hits, 1 - rate) > limit

    middle = hits / of
    return Bounds(_edge(middle, 0.0, is_inside), _edge(middle, 1.0, is_inside))


def difference(new: tuple[int, int], old: tuple[int, int], alpha: float) -> Bounds:
    """Bounds of the rate of `new` less that of `old`, each given as hits and of how many."""
    one, other = bounds(*new, alpha / 2), bounds(*old, alpha / 2)
    return Bounds(one.lower - other.upper, one.upper - other.lower)


def _edge(inside: float, outside: float, is_inside: Callable[[float], bool]) -> float:
    if is_inside(outside):
        return outside
    for _ in range(_HALVINGS):
        middle = (inside + outside) / 2
        if is_inside(middle):
            inside = middle
        else:
            outside = middle
    return outside


# --- is the share as asked? -----------------------------------------------------------------------


def log_e_share(new: int, old: int, share: float) -> float:
    """Log of the e-value that distinct buckets are not on the new side with probability `share`.

    Two-sided. The prior has its mean at the share, so that the process stays a supermartingale
    although buckets are drawn without replacement: a surplus so far makes the next one less likely.
    """
    if not 0 < share < 1:
        return math.inf if (new if share <= 0 else old) else 0.0
    weight = 1 / min(share, 1 - share)
    a, b = share * weight, (1 - share) * weight
    mixture = _log_beta(a + new, b + old) - _log_beta(a, b)
    return mixture - new * math.log(share) - old * math.log(1 - share)


# --- arithmetic -----------------------------------------------------------------------------------


def _log_choose(n: int, k: int) -> float:
    return math.lgamma(n + 1) - math.lgamma(k + 1) - math.lgamma(n - k + 1)


def _log_beta(a: float, b: float) -> float:
    return math.lgamma(a) + math.lgamma(b) - math.lgamma(a + b)


def _log_sum(logs: Sequence[float]) -> float:
    """Log of the sum of exponentials."""
    largest = max(logs)
    return largest + math.log(math.fsum(math.exp(one - largest) for one in logs))


def _times_log(count: int, rate: float) -> float:
    if not count:
        return 0.0
    return count * math.log(rate) if rate > 0 else -math.inf
