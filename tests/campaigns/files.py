"""Changed files of every format, through every command.

    python -m tests.campaigns.files --count 100000 --seed 7
    python -m tests.campaigns.files --seed 7 --only 123

A good answer is an exit status of 0, 1 or 2, with a clear message where it is 2, without a traceback,
a warning, or characters that a terminal would obey, within 5 s of processor time and 1 GB.
"""

from __future__ import annotations

import argparse
import sys
import time

from .cases import case
from .findings import Findings, described
from .judging import judge
from .workers import judged

_AT_ONCE = 400


def campaign(seed: int, count: int, first: int = 0, show: bool = False) -> Findings:
    """Judge the cases of so many numbers."""
    findings = Findings(judge)
    started = time.monotonic()
    for start in range(first, first + count, _AT_ONCE):
        cases = [case(seed, n) for n in range(start, min(start + _AT_ONCE, first + count))]
        for number, (drawn, fault) in enumerate(
            zip(cases, judged(cases, judge), strict=True), start
        ):
            if findings.add(number, drawn, fault) and show and fault is not None:
                print(f"case {number}: {fault.kind}: {fault.where}", flush=True)
        if show:
            passed = time.monotonic() - started
            print(
                f"\r{findings.cases} cases, {passed:.0f} s", end="\r", file=sys.stderr, flush=True
            )
    return findings


def main() -> int:
    """Run it by hand."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--first", type=int, default=0)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", type=int, help="one case, in this process, with its traceback")
    given = parser.parse_args()
    if given.only is not None:
        alone = case(given.seed, given.only)
        fault = judge(alone)
        if fault is not None:
            print(*described(alone, fault), f"{fault.kind}: {fault.where}", sep="\n")
        return int(fault is not None)
    findings = campaign(given.seed, given.count, given.first, show=True)
    for line in findings.report():
        print(line, flush=True)
    return int(bool(findings.first))


if __name__ == "__main__":
    sys.exit(main())
