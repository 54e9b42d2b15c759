"""What depends on its own past: which equations must go timestep by timestep, and which need not.

A readout, a loss or an input's projection can be computed for all timesteps at once; a cell cannot.
Within a cell, parts of a formula that the recurrence does not reach (`W_ii @ x + b_ii`) can be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from rnntui.language.algebra import multiply, negative, total
from rnntui.language.tree import (
    Binary,
    Compare,
    Expression,
    Index,
    Name,
    Negative,
    Number,
    Transpose,
    names,
    rebuild,
)


@dataclass(frozen=True)
class EquationBlock:
    """Quantities that need each other from timestep to timestep, or one alone that does not."""

    keys: tuple[str, ...]
    recurrent: bool


def blocks(needs: Mapping[str, Iterable[str]]) -> tuple[EquationBlock, ...]:
    """The blocks of quantities, each after those that it needs.

    needs: by quantity, in the order of one timestep, what its formula uses at any timestep.
    """
    inner_needs = {key: [k for k in used if k in needs] for key, used in needs.items()}
    number_of = {key: n for n, key in enumerate(inner_needs)}
    order: list[EquationBlock] = []
    for group in _components(inner_needs):
        keys = tuple(sorted(group, key=number_of.__getitem__))
        order.append(EquationBlock(keys, len(keys) > 1 or keys[0] in inner_needs[keys[0]]))
    return tuple(order)


def _components(needs: Mapping[str, Sequence[str]]) -> Iterator[set[str]]:
    """The strongly connected components, each after those that it needs (Tarjan 1972), by a loop."""
    number: dict[str, int] = {}  # in which they are come to
    lowest: dict[str, int] = {}  # the first one on the path that is reached from there
    path: list[str] = []
    on_path: set[str] = set()
    for root in needs:
        visits = [(root, iter(needs[root]))] if root not in number else []
        while visits:
            key, others = visits[-1]
            if key not in number:
                number[key] = lowest[key] = len(number)
                path.append(key)
                on_path.add(key)
            for other in others:
                if other not in number:
                    visits.append((other, iter(needs[other])))
                    break
                if other in on_path:
                    lowest[key] = min(lowest[key], number[other])
            else:
                visits.pop()
                if visits:
                    user = visits[-1][0]
                    lowest[user] = min(lowest[user], lowest[key])
                if lowest[key] == number[key]:
                    group: set[str] = set()
                    while key not in group:
                        group.add(path.pop())
                    on_path -= group
                    yield group


class Hoisting:
    """Takes out of formulas what the quantities in `members` do not reach.

    views: leave what nobody has to compute where it is: transposed and parts of values, and what has
    no names. kept: by what was taken out, the name that stands for it.
    """

    def __init__(
        self, members: Iterable[str], name: Callable[[Expression], Name], views: bool = False
    ) -> None:
        self.members = frozenset(members)
        self._views = views
        self.kept: dict[Expression, Name] = {}
        self._name = name

    def rest(self, node: Expression) -> Expression:
        """The formula with names for what was taken out; sums and products are regrouped for it."""
        if not self._varies(node):
            return self._keep(node)
        if isinstance(node, Negative) or (isinstance(node, Binary) and node.operator in "+-"):
            return self._sum(node)
        if isinstance(node, Binary) and node.operator == "*":
            return self._product(node)
        return rebuild(node, tuple(self.rest(child) for child in node.children()))

    def _varies(self, node: Expression) -> bool:
        return any(name.key in self.members for name in names(node))

    def _keep(self, node: Expression) -> Expression:
        if isinstance(node, Name | Number) or (self._views and _is_at_hand(node)):
            return node
        if self._views and isinstance(
            node, Compare
        ):  # a condition is no value, and has no place of its own
            return rebuild(node, tuple(map(self._keep, node.children())))
        if node not in self.kept:
            self.kept[node] = self._name(node)
        return self.kept[node]

    def _sum(self, node: Expression) -> Expression:
        still: list[Expression] = []
        moving: list[Expression] = []
        for positive, term in signed_terms(node):
            if self._varies(term):
                moving.append(signed(positive, self.rest(term)))
            else:
                still.append(signed(positive, term))
        return total([*moving, self._keep(total(still))] if still else moving)

    def _product(self, node: Expression) -> Expression:
        still: Expression | None = None
        moving: Expression | None = None
        for factor in factors(node):
            if self._varies(factor):
                rest = self.rest(factor)
                moving = rest if moving is None else multiply(moving, rest)
            else:
                still = factor if still is None else multiply(still, factor)
        assert moving is not None, "a formula that varies has a factor that does"
        return moving if still is None else multiply(moving, self._keep(still))


def _is_at_hand(node: Expression) -> bool:
    """Whether nothing has to be computed: a name, a part of one, or what has no names at all."""
    while isinstance(node, Transpose | Index):
        node = node.value
    return isinstance(node, Name) or next(names(node), None) is None


def signed_terms(node: Expression, positive: bool = True) -> list[tuple[bool, Expression]]:
    """a - (b + c) as +a, −b, −c."""
    terms: list[tuple[bool, Expression]] = []
    waiting = [(positive, node)]
    while waiting:
        sign, part = waiting.pop()
        match part:
            case Negative():
                waiting.append((not sign, part.operand))
            case Binary(operator="+" | "-"):
                waiting.append((sign if part.operator == "+" else not sign, part.right))
                waiting.append((sign, part.left))
            case _:
                terms.append((sign, part))
    return terms


def factors(node: Expression) -> list[Expression]:
    """a * (b * c) as a, b, c."""
    parts: list[Expression] = []
    waiting = [node]
    while waiting:
        part = waiting.pop()
        if isinstance(part, Binary) and part.operator == "*":
            waiting += (part.right, part.left)
        else:
            parts.append(part)
    return parts


def signed(positive: bool, term: Expression) -> Expression:
    """The term with its sign."""
    return term if positive else negative(term)
