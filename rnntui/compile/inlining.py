"""Backward equations that ask less of the loop over time.

Where `grad(i) = grad(c) * g` and `grad(pre(i)) = grad(i) * i * (1 - i)`, the latter is
`grad(c) * (g * i * (1 - i))`: one product at each timestep, its second factor computed for all of
them at once; and `grad(i)`, which nothing in the loop needs any more, is computed after it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from rnntui.compile.recurrence import blocks, factors
from rnntui.language.differentiate import BackwardEquation
from rnntui.language.tree import Expression, Name, names, rebuild, walk

_MOST_NODES = 100  # of a formula with others written out; nothing is won by nesting without end


def inlined(
    equations: Sequence[BackwardEquation], constant: Iterable[str]
) -> tuple[BackwardEquation, ...]:
    """The same gradients, with multiples of a gradient written out where they are used once."""
    by_target: dict[str, BackwardEquation] = {e.target: e for e in equations}
    parameters = frozenset(constant)
    timed = {key: e.uses for key, e in by_target.items() if e.of not in parameters}
    for block in blocks({key: [n.key for n in uses] for key, uses in timed.items()}):
        if block.recurrent:
            _inline(by_target, block.keys)
    return tuple(by_target.values())


def _inline(by_target: dict[str, BackwardEquation], keys: Sequence[str]) -> None:
    """Change the equations of a recurrent block."""
    members = frozenset(keys)
    users: dict[str, list[str]] = {key: [] for key in keys}  # one for each use
    for user in keys:
        for name in by_target[user].uses:
            if name.key in members:
                users[name.key].append(user)
    for key in keys:
        formula = _multiple(by_target[key], members)
        if formula is None or len(users[key]) != 1:
            continue
        user = users[key][0]
        within = by_target[user].within
        if within is None or Name(key) not in names(within):
            continue
        replaced = _replaced(within, key, formula)
        if sum(1 for _ in walk(replaced)) <= _MOST_NODES:
            by_target[user] = replace(by_target[user], within=replaced)
            users[key] = []
            for name in names(formula):
                if name.key in members:
                    users[name.key].append(user)


def needed(
    equations: Sequence[BackwardEquation], results: Sequence[BackwardEquation]
) -> tuple[BackwardEquation, ...]:
    """The results, and those of the equations that they use, and that these use."""
    by_target: Mapping[str, BackwardEquation] = {e.target: e for e in equations}
    reached: set[str] = set()
    waiting = list(results)
    while waiting:
        for name in waiting.pop().uses:
            if name.key in by_target and name.key not in reached:
                reached.add(name.key)
                waiting.append(by_target[name.key])
    themselves = set(map(id, results))
    return tuple(e for e in equations if e.target in reached or id(e) in themselves)


def _multiple(equation: BackwardEquation, members: frozenset[str]) -> Expression | None:
    """The formula of a quantity that is another member's at its timestep, times what is none."""
    if equation.within is None or equation.following is not None:
        return None
    varying = [
        factor
        for factor in factors(equation.within)
        if any(name.key in members for name in names(factor))
    ]
    match varying:
        case [Name(shift=0)]:
            return equation.within
    return None


def _replaced(node: Expression, key: str, formula: Expression) -> Expression:
    if node == Name(key):
        return formula
    return rebuild(node, tuple(_replaced(child, key, formula) for child in node.children()))
