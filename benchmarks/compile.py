"""From equations to a running kernel: ms of processor time, for every shipped model.

    python benchmarks/compile.py
    python benchmarks/compile.py lstm gru --hidden 16 64

Each is compiled --runs times after the first, which also loads LLVM; medians. `text`: schedule and
LLVM's text, which Python writes and for which it holds its lock. Cold is a whole new process that
trains one iteration.
"""

from __future__ import annotations

import argparse
import statistics
import time

from machine import description

from rnntui.compile.llvm.jit import MachineCode
from rnntui.compile.training_kernel import training_kernel_text
from rnntui.data.sequence_file import SequenceFile, parse_sequence_file
from rnntui.models.names import model_names
from rnntui.text.problems import InputError

_GOALS = ((16, 300.0), (64, 600.0))  # ms, up to so many hidden units
_FILE = """
model = "{name}"
[sizes]
hidden = {hidden}
[data]
one_hot = "ABCDEFG"
sequences = ["ABCDEFG"]
targets = "next"
[training]
optimizer = "adam"
learning_rate = 0.01
"""


def opened(name: str, hidden: int) -> SequenceFile | None:
    """A file that trains a model on symbols; None for one that is not for these."""
    try:
        file = parse_sequence_file(_FILE.format(name=name, hidden=hidden))
    except InputError:
        return None
    return file if file.model.objective is not None else None


def milliseconds(file: SequenceFile) -> tuple[float, float, int]:
    """Of the text, of all, and the text's lines."""
    started = time.process_time()
    text = training_kernel_text(file.program, file.training).text
    written = time.process_time()
    MachineCode(text)
    ended = time.process_time()
    return (written - started) * 1e3, (ended - started) * 1e3, text.count("\n")


def main() -> None:
    """Measure and print the table, in Markdown."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("models", nargs="*", metavar="MODEL", help=f"of {', '.join(model_names())}")
    parser.add_argument("--hidden", nargs="*", type=int, default=[5, 16, 64])
    parser.add_argument("--runs", type=int, default=5, help="compilations, of which the median (5)")
    options = parser.parse_args()
    print(f"{description()}\n\n| model | hidden | text | all | lines | goal |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in options.models or model_names():
        for hidden in options.hidden:
            if (file := opened(name, hidden)) is None:
                continue
            milliseconds(file)
            runs = [milliseconds(file) for _ in range(options.runs)]
            text, whole = (statistics.median(run[k] for run in runs) for k in (0, 1))
            goal = next((ms for most, ms in _GOALS if hidden <= most), None)
            met = "" if goal is None else f"{'met' if whole <= goal else 'MISSED'}: {goal:.0f}"
            print(
                f"| {name} | {hidden} | {text:.0f} | {whole:.0f} | {runs[0][2]} | {met} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
