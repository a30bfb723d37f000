"""False alarms and power of the test that compares both boards, by simulation.

Each look has 500 units; the old board fails 0.5 % of them; there are 120 looks. Run it with
`python -m bench.false_alarms [--runs N]`; 2,000 runs take about two minutes.
"""

from __future__ import annotations

import argparse
import math

import numpy as np

from frontrunner.takeover.evidence.sequential import ALPHA, Regression, added

SHARES = (0.01, 0.05, 0.25, 0.5)
RATES = (0.02, 0.05, 0.2)
LOOKS, EACH, USUAL = 120, 500, 0.005


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--runs", type=int, default=2000)
    runs = parser.parse_args().runs
    print(f"{runs:,} runs of {LOOKS} looks at {EACH} units; limit {ALPHA:.0%}")
    for share in SHARES:
        alarms = [_alarm(np.random.default_rng([1, i]), share, USUAL) for i in range(runs)]
        print(f"share {share:4.0%}: false alarms {sum(map(math.isfinite, alarms)) / runs:.2%}")
        for rate in RATES:
            few = max(runs // 10, 20)
            found = [_alarm(np.random.default_rng([2, i]), share, rate) for i in range(few)]
            part = sum(map(math.isfinite, found)) / few
            print(
                f"    fails {rate:3.0%}: median {np.median(found):,.0f} units, found in {part:.0%}"
            )


def _alarm(random: np.random.Generator, share: float, rate: float) -> float:
    """Units until the new board is called worse; infinite if it is not."""
    seen = Regression()
    for look in range(1, LOOKS + 1):
        new = int(random.binomial(EACH, share))
        failed = int(random.binomial(new, rate)), int(random.binomial(EACH - new, USUAL))
        seen = added(seen, new, EACH - new, *failed)
        if seen.log_e >= math.log(1 / ALPHA):
            return float(look * EACH)
    return math.inf


if __name__ == "__main__":
    main()
