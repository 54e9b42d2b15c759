"""The Reber grammar, and the embedded one whose last but one symbol repeats the second."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from rnntui.data.tasks.grammar import Grammar
from rnntui.data.tasks.graph import Edge, Graph
from rnntui.data.tasks.task import Task

# (from, symbol, to) between the numbered states: 0 before B, k + 1 in Reber's node k, 7 the end.
_REBER = (
    (0, "B", 1),
    (1, "T", 2),
    (1, "P", 6),
    (2, "S", 2),
    (2, "X", 3),
    (3, "S", 4),
    (3, "X", 6),
    (4, "E", 7),
    (5, "V", 4),
    (5, "P", 3),
    (6, "V", 5),
    (6, "T", 6),
)
_INNER = {"T": 2, "P": 10}  # where the states of the inner string start
_LAST = 18
_SYMBOLS = "BTSXPVE"


@dataclass(frozen=True)
class Reber(Grammar, Task):
    """Strings such as BTXSE; wherever two symbols can follow, either does with probability ½."""

    name = "reber"
    title = "Reber grammar"
    states_are = "state"
    description = "Predict the next symbol of strings such as BTXSE; two can follow, one does."
    source = "Reber 1967, Implicit learning of artificial grammars; Cleeremans et al. 1989"

    @property
    def symbols(self) -> str:
        """B T S X P V E."""
        return _SYMBOLS

    @cached_property
    def graph(self) -> Graph:
        """Seven states, numbered from 0 before the B, and the end."""
        return _graph(list(_REBER), 8)

    @property
    def state_names(self) -> tuple[str, ...]:
        """The states' numbers."""
        return self.graph.labels


@dataclass(frozen=True)
class EmbeddedReber(Grammar, Task):
    """A Reber string between two equal symbols, T or P: the last must recall the first."""

    name = "embedded-reber"
    title = "Embedded Reber grammar"
    states_are = "state"
    description = "The same between two T or two P: the last but one symbol recalls the second."
    source = "Cleeremans et al. 1989; Hochreiter & Schmidhuber 1997, experiment 1"

    @property
    def symbols(self) -> str:
        """B T S X P V E."""
        return _SYMBOLS

    @cached_property
    def graph(self) -> Graph:
        """Inner states 2–8 between T, 10–16 between P; 9 and 17 recall; 18 before the last E."""
        arrows = [(0, "B", 1)]
        for symbol, first in _INNER.items():
            arrows.append((1, symbol, first))
            arrows += [(first + source, s, first + target) for source, s, target in _REBER]
            arrows.append((first + 7, symbol, _LAST))
        arrows.append((_LAST, "E", _LAST + 1))
        return _graph(arrows, _LAST + 2)

    @property
    def state_names(self) -> tuple[str, ...]:
        """The states' numbers."""
        return self.graph.labels


def _graph(arrows: list[tuple[int, str, int]], nodes: int) -> Graph:
    """The graph in which all arrows that leave a node are equally likely; the last node is the end."""
    sources = [source for source, _, _ in arrows]
    edges = tuple(Edge(a, symbol, b, 1.0 / sources.count(a)) for a, symbol, b in arrows)
    labels = (*(str(number) for number in range(nodes - 1)), "end")
    return Graph(labels, tuple(range(nodes)), edges)
