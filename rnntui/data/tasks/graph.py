"""Finite machines as data, for views that draw them: nodes, and arrows with symbols."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property


@dataclass(frozen=True)
class Edge:
    """An arrow: in node `source`, reading `symbol` leads to node `target`.

    probability: of this arrow among those that leave its source. output: what the machine
    answers (a carry's sum bit), or empty where it only moves.
    """

    source: int
    symbol: str
    target: int
    probability: float
    output: str = ""


@dataclass(frozen=True)
class Graph:
    """A deterministic machine: no two arrows with one symbol leave a node. It starts in node 0.

    labels: what each node is called. states: each node's label in a sequence's `states`; several
    nodes may share one (a count, whether it goes up or down). Nodes that no arrow leaves are ends.
    """

    labels: tuple[str, ...]
    states: tuple[int, ...]
    edges: tuple[Edge, ...]

    @cached_property
    def leaving(self) -> tuple[tuple[Edge, ...], ...]:
        """The arrows that leave each node, in order of `edges`."""
        leaving: list[list[Edge]] = [[] for _ in self.labels]
        for edge in self.edges:
            leaving[edge.source].append(edge)
        return tuple(tuple(edges) for edges in leaving)
