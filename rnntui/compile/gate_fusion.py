"""Equations of one form, computed as one: the gates of an LSTM are one product and one sigmoid.

Vectors of a recurrence stand end to end in one array, so that each of them is a part of it:

    i = sigmoid(W_i @ h[t-1] + a)                         i        W_i               a
    f = sigmoid(W_f @ h[t-1] + b)      is computed as     f  = σ(  W_f  @ h[t-1]  +  b  )

and a sum of products `A.T @ u + B.T @ v`, as gradients flow back, is (A.T  B.T) @ (u, v).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from rnntui.compile.recurrence import signed, signed_terms
from rnntui.compile.statements import is_literal
from rnntui.language.algebra import add
from rnntui.language.functions import FUNCTIONS
from rnntui.language.keys import derived
from rnntui.language.shapes import Shape
from rnntui.language.tree import Binary, Call, Expression, Name, Negative, names, rebuild


@dataclass(frozen=True)
class Concatenation:
    """A name for values end to end. parts: of them. axis: along which matrices are put together."""

    name: str
    parts: tuple[Name, ...]
    axis: int = 0


@dataclass(frozen=True)
class Piece:
    """A name for neighbours in the array of some members of a block: from `start` up to `stop`."""

    array: str
    start: int
    stop: int


@dataclass(frozen=True)
class FusedStep:
    """What is computed at once: the members, by one formula, or one by its own."""

    targets: tuple[str, ...]
    formula: Expression


class GateFusion:
    """Puts the members of a recurrent block together.

    members: in the order of one timestep. shapes: of all names; those of new ones are added.
    constant: whether a name stands for one value at all timesteps.

    arrays: members by the array that they share, in its order. concatenations: of what the loop reads.
    pieces: of what its formulas mean by the names that are none of these.
    """

    def __init__(
        self, members: Sequence[str], shapes: dict[str, Shape], constant: Callable[[str], bool]
    ) -> None:
        self.arrays: dict[str, tuple[str, ...]] = {}
        self.concatenations: dict[str, Concatenation] = {}
        self.pieces: dict[str, Piece] = {}
        self._members = tuple(members)
        self._shapes = shapes
        self._constant = constant

    def steps(self, formulas: Mapping[str, Expression]) -> list[FusedStep]:
        """The steps of one timestep, equations of one form together."""
        waiting, steps = dict(formulas), list[FusedStep]()
        while waiting:
            ready = [key for key in waiting if not self._needs(waiting[key]) & waiting.keys()]
            group = self._group(ready, waiting, formulas)
            step = self._together(group, formulas) if len(group) > 1 else None
            steps += [step] if step else [FusedStep((key,), formulas[key]) for key in group]
            for key in group:
                del waiting[key]
        return steps

    def products(self, formula: Expression) -> Expression:
        """A sum in which products of matrices and members are one."""
        taken: list[tuple[Name, Name]] = []
        rest: list[tuple[bool, Expression]] = []
        for positive, term in signed_terms(formula):
            match term:
                case Binary("@", Name() as matrix, Name() as member) if (
                    positive
                    and self._constant(matrix.key)
                    and member.key in self._members
                    and (not taken or taken[0][1].shift == member.shift)
                    and not any(member.key in keys for keys in self.arrays.values())
                    and all(member.key != other.key for _, other in taken)
                    and len(self._shapes[matrix.key]) == 2
                    and len(self._shapes[member.key]) == 1
                ):
                    taken.append((matrix, member))
                case _:
                    rest.append((positive, term))
        if len(taken) < 2:
            return formula
        vector = self._array(tuple(member.key for _, member in taken))
        matrix = self._concatenated(tuple(matrix for matrix, _ in taken), axis=1)
        total: Expression = Binary("@", matrix, Name(vector, taken[0][1].shift))
        for positive, term in rest:
            total = add(total, signed(positive, term))
        return total

    def _needs(self, node: Expression) -> set[str]:
        return {name.key for name in names(node) if name.shift == 0}

    def _group(
        self,
        ready: Sequence[str],
        waiting: Mapping[str, Expression],
        formulas: Mapping[str, Expression],
    ) -> list[str]:
        """Those of one form, best one of which none has to wait; in the order of their use."""
        groups = [
            [key for key in waiting if key == one or self._alike(waiting[key], waiting[one])]
            for one in ready
        ]
        whole = (group for group in groups if set(group) <= set(ready))
        group = next(whole, [key for key in groups[0] if key in ready])
        return sorted(group, key=lambda key: self._use(key, formulas))

    def _use(self, key: str, formulas: Mapping[str, Expression]) -> int:
        """By which form a quantity is used, so that those of one use can be neighbours."""
        nodes = list(formulas.values())
        user = next((node for node in nodes if Name(key) in names(node)), None)
        if user is None:
            return len(nodes)
        return next(n for n, node in enumerate(nodes) if node is user or self._alike(node, user))

    def _together(
        self, group: Sequence[str], formulas: Mapping[str, Expression]
    ) -> FusedStep | None:
        if any(len(self._shapes[key]) != 1 for key in group):
            return None
        if any(key in keys for key in group for keys in self.arrays.values()):
            return None
        formula = self._fused([formulas[key] for key in group])
        if formula is None:
            return None
        self._array(tuple(group))
        return FusedStep(tuple(group), formula)

    def _alike(self, a: Expression, b: Expression) -> bool:
        """Whether formulas can be computed as one, if the members in them are neighbours."""
        if isinstance(a, Name) and isinstance(b, Name):
            if a == b and not self._shapes[a.key]:
                return True
            kinds = [(n.key in self._members, n.shift == 0, self._constant(n.key)) for n in (a, b)]
            return kinds[0] == kinds[1] and all(len(self._shapes[n.key]) == 1 for n in (a, b))
        if is_literal(a) or is_literal(b):
            return a == b
        if isinstance(a, Binary) and isinstance(b, Binary) and "@" in (a.operator, b.operator):
            return a.operator == b.operator and a.right == b.right and self._matrices([a, b])
        return _same_operation(a, b) and all(map(self._alike, a.children(), b.children()))

    def _fused(self, nodes: Sequence[Expression]) -> Expression | None:
        """One formula for formulas that are alike; None where their members are no neighbours."""
        first = nodes[0]
        if is_literal(first):
            return first
        if isinstance(first, Name):
            return self._neighbours([node for node in nodes if isinstance(node, Name)])
        if isinstance(first, Binary) and first.operator == "@":
            matrices = tuple(
                n.left for n in nodes if isinstance(n, Binary) and isinstance(n.left, Name)
            )
            return Binary("@", self._concatenated(matrices), first.right)
        children = [
            self._fused(parts) for parts in zip(*(n.children() for n in nodes), strict=True)
        ]
        fused = tuple(child for child in children if child is not None)
        return rebuild(first, fused) if len(fused) == len(children) else None

    def _neighbours(self, members: Sequence[Name]) -> Name | None:
        first = members[0]
        if not self._shapes[first.key]:
            return first
        if first.key not in self._members:
            return self._concatenated(tuple(members))
        if first.shift:
            return None
        neighbours = tuple(name.key for name in members)
        for array, keys in self.arrays.items():
            for start in range(len(keys)):
                if keys[start : start + len(neighbours)] == neighbours:
                    return self._piece(array, keys[:start], neighbours)
        return None

    def _piece(self, array: str, before: Sequence[str], keys: Sequence[str]) -> Name:
        start, size = self._size(before), self._size(keys)
        name = self._new((size,))
        self.pieces[name] = Piece(array, start, start + size)
        return Name(name)

    def _array(self, keys: tuple[str, ...]) -> str:
        name = self._new((self._size(keys),))
        self.arrays[name] = keys
        return name

    def _concatenated(self, parts: tuple[Name, ...], axis: int = 0) -> Name:
        shapes = [self._shapes[part.key] for part in parts]
        whole = list(shapes[0])
        whole[axis] = sum(shape[axis] for shape in shapes)
        name = self._new(tuple(whole))
        self.concatenations[name] = Concatenation(name, parts, axis)
        return Name(name)

    def _new(self, shape: Shape) -> str:
        name = derived("fused", str(len(self._shapes)))
        self._shapes[name] = shape
        return name

    def _size(self, keys: Sequence[str]) -> int:
        return sum(self._shapes[key][0] for key in keys)

    def _matrices(self, products: Sequence[Binary]) -> bool:
        lefts = [product.left for product in products]
        return all(
            isinstance(n, Name) and self._constant(n.key) and len(self._shapes[n.key]) == 2
            for n in lefts
        )


def _same_operation(a: Expression, b: Expression) -> bool:
    match a, b:
        case Negative(), Negative():
            return True
        case Binary(), Binary():
            return a.operator == b.operator
        case Call(), Call():
            elementwise = FUNCTIONS[a.function].kind in ("elementwise", "pairwise")
            return elementwise and a.function == b.function
    return False
