"""What a panel's view of a moment costs, and what its lazy parts do, in microseconds; the goal is 300."""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from rnntui.data.sequence_file import SequenceFile, parse_sequence_file, read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.session import views
from rnntui.session.moment import Moment
from rnntui.session.session import Session

WIDE = 'model = "lstm"\n[sizes]\nhidden = 64\n[data]\none_hot = "abcd"\nsequence = "abcdabcd"\n'
WIDE += 'targets = "bcdabcda"\n'
LONG = 'model = "elman"\n[sizes]\nhidden = 3\n[data]\none_hot = "ab"\n'
LONG += f'sequence = "{"abb" * 1000}"\ntargets = "{"bba" * 1000}"\n'
FILES: dict[str, Callable[[], SequenceFile]] = {
    "lstm-ab": lambda: read_sequence_file(find_file("lstm-ab")),
    "64 hidden units": lambda: parse_sequence_file(WIDE),
    "T = 3,000": lambda: parse_sequence_file(LONG),
}
VIEWS: dict[str, Callable[[Moment], object]] = {
    "status": views.status.view,
    "sequence": views.sequence.view,
    "equation": views.equation.view,
    "  its working": lambda moment: views.equation.view(moment).working,
    "  its listing": lambda moment: views.equation.view(moment).equations,
    "quantities": views.quantities.view,
    "weights": views.weights.view,
    "gradients": views.gradients.view,
    "loss": views.loss.view,
    "hidden space": views.hidden_space.view,
    "  its path": lambda moment: views.hidden_space.view(moment).path,
}


def microseconds(make: Callable[[], object], rounds: int) -> float:
    """The median of some tries of a view that nobody has asked for yet."""
    times = []
    for _ in range(rounds):
        start = time.perf_counter()
        make()
        times.append(time.perf_counter() - start)
    return sorted(times)[rounds // 2] * 1e6


def moments(file: SequenceFile) -> dict[str, Moment]:
    """One of each phase."""
    session = Session(file, compiled=False)
    found = {}
    session.to_end()
    found["forward"] = session.previous_timestep()
    session.to_end()
    session.next_timestep()
    found["backward"] = session.next_timestep()
    session.to_timestep(1)
    while session.position.phase != "update":
        session.next_timestep()
    found["update"] = session.moment
    return found


def main() -> None:
    """Print a row for each view, a column for each phase of each file."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=200)
    rounds = parser.parse_args().rounds
    found = {name: moments(make()) for name, make in FILES.items()}
    print(" " * 14 + "".join(f"{name:>30}" for name in found))
    print(" " * 14 + "".join(f"{phase:>10}" for phases in found.values() for phase in phases))
    for name, view in VIEWS.items():
        row = [
            microseconds(lambda view=view, moment=moment: view(moment), rounds)  # type: ignore[misc]
            for phases in found.values()
            for moment in phases.values()
        ]
        print(f"{name:14}" + "".join(f"{value:10.0f}" for value in row))


if __name__ == "__main__":
    main()
