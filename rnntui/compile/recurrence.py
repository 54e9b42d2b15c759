"""What depends on its own past: which equations must go timestep by timestep, and which need not.

A readout, a loss or an input's projection can be computed for all timesteps at once; a cell cannot.
Within a cell, parts of a formula that the recurrence does not reach (`W_ii @ x + b_ii`) can be.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from rnntui.language.algebra import ZERO, add, multiply, negative, subtract
from rnntui.language.tree import Binary, Expression, Name, Negative, Number, names, rebuild


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
    reached = {key: _reached(key, inner_needs) for key in inner_needs}
    block_of: dict[str, EquationBlock] = {}

    def put_in_order(key: str) -> None:
        if key in block_of:
            return
        group = tuple(
            k for k in inner_needs if k == key or (k in reached[key] and key in reached[k])
        )
        block_of.update(dict.fromkeys(group, EquationBlock(group, key in reached[key])))
        order.append(block_of[key])

    order: list[EquationBlock] = []
    # fewest needs first: what a quantity needs reaches less than it does itself, or as much
    for key in sorted(inner_needs, key=lambda k: len(reached[k] | {k})):
        put_in_order(key)
    return tuple(order)


def _reached(key: str, needs: Mapping[str, Iterable[str]]) -> frozenset[str]:
    reached: set[str] = set()
    waiting = list(needs[key])
    while waiting:
        other = waiting.pop()
        if other not in reached:
            reached.add(other)
            waiting.extend(needs[other])
    return frozenset(reached)


class Hoisting:
    """Takes out of formulas what the quantities in `members` do not reach.

    kept: by what was taken out, the name that stands for it.
    """

    def __init__(self, members: Iterable[str], name: Callable[[Expression], Name]) -> None:
        self.members = frozenset(members)
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
        if isinstance(node, Name | Number):
            return node
        if node not in self.kept:
            self.kept[node] = self._name(node)
        return self.kept[node]

    def _sum(self, node: Expression) -> Expression:
        still: Expression = ZERO
        moving: Expression = ZERO
        for positive, term in signed_terms(node):
            if self._varies(term):
                moving = (add if positive else subtract)(moving, self.rest(term))
            else:
                still = (add if positive else subtract)(still, term)
        return add(moving, self._keep(still)) if still != ZERO else moving

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


def signed_terms(node: Expression, positive: bool = True) -> list[tuple[bool, Expression]]:
    """a - (b + c) as +a, −b, −c."""
    match node:
        case Negative():
            return signed_terms(node.operand, not positive)
        case Binary(operator="+" | "-"):
            right = positive if node.operator == "+" else not positive
            return [*signed_terms(node.left, positive), *signed_terms(node.right, right)]
    return [(positive, node)]


def factors(node: Expression) -> list[Expression]:
    """a * (b * c) as a, b, c."""
    if isinstance(node, Binary) and node.operator == "*":
        return [*factors(node.left), *factors(node.right)]
    return [node]


def signed(positive: bool, term: Expression) -> Expression:
    """The term with its sign."""
    return term if positive else negative(term)
