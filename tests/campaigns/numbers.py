"""Extreme parameters, inputs and settings, through commands and through the application.

    python -m tests.campaigns.numbers --count 2000 --seed 7
    python -m tests.campaigns.numbers --application --count 200 --seed 7

What overflows is said where it is, as inf or NaN; nothing ends in a traceback or prints a warning.
"""

from __future__ import annotations

import argparse
import sys

from .extremes import case
from .findings import Findings
from .judging import judge
from .piloting import judge_in_application
from .workers import judged

_AT_ONCE = 400


def campaign(
    seed: int, count: int, first: int = 0, application: bool = False, show: bool = False
) -> Findings:
    """Judge the cases of so many numbers."""
    findings = Findings(judge_in_application if application else judge)
    for start in range(first, first + count, _AT_ONCE):
        numbers = range(start, min(start + _AT_ONCE, first + count))
        cases = [case(seed, number, application) for number in numbers]
        for number, drawn, fault in zip(numbers, cases, judged(cases, findings.judge), strict=True):
            if findings.add(number, drawn, fault) and show and fault is not None:
                print(f"case {number}: {fault.kind}: {fault.where}", flush=True)
    return findings


def main() -> int:
    """Run it by hand."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--count", type=int, default=2000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--application", action="store_true", help="in place of commands")
    given = parser.parse_args()
    findings = campaign(given.seed, given.count, given.first, given.application, show=True)
    for line in findings.report():
        print(line, flush=True)
    return int(bool(findings.first))


if __name__ == "__main__":
    sys.exit(main())
