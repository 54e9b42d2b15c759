"""Writes adam_sequences.json: the sequences of the 200 updates behind adam_fixture.json.

The fixture names their generator, RandomState(7), and has only the first five. With the draws
below they come out the same, and the fixture's parameters after 200 updates too (to 2.3e-16,
with torch.optim.Adam, learning rate .001, weight decay 1e-5, mean loss over the timesteps).

    python tests/reference/make_adam_sequences.py
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np

UPDATES = 200
REBER = {  # node: ((symbol, next node), …); None is the end
    0: (("T", 1), ("P", 5)),
    1: (("S", 1), ("X", 2)),
    2: (("S", 3), ("X", 5)),
    3: (("E", None),),
    4: (("V", 3), ("P", 2)),
    5: (("V", 4), ("T", 5)),
}


def reber(draw: np.random.RandomState) -> str:
    text, node = "B", 0
    while node is not None:
        arrows = REBER[node]
        symbol, node = arrows[draw.randint(len(arrows))]
        text += symbol
    return text


def embedded_reber(draw: np.random.RandomState) -> str:
    inner = reber(draw)  # before the frame
    frame = "TP"[draw.randint(2)]
    return f"B{frame}{inner}{frame}E"


def counted(draw: np.random.RandomState) -> str:
    return "".join("A" * n + "B" * n + "C" * n for n in draw.randint(1, 9, 5)) + "A"


def sequences() -> dict[str, list[str]]:
    """By the fixture's keys, the string of each update."""
    found = {}
    for key, make in (("srn", reber), ("lstm", embedded_reber), ("srn3", counted)):
        draw = np.random.RandomState(7)
        found[key] = [make(draw) for _ in range(UPDATES)]
    return found


if __name__ == "__main__":
    file = Path(__file__).with_name("adam_sequences.json")
    file.write_text(json.dumps(sequences(), indent=0) + "\n", encoding="utf-8")
