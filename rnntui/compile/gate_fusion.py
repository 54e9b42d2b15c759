"""Equations of one form, computed as one: the gates of an LSTM are one product and one sigmoid.

Vectors of a recurrence stand end to end in one array, so that each of them is a part of it:

    i = sigmoid(W_i @ h[t-1] + a)                         i        W_i               a
    f = sigmoid(W_f @ h[t-1] + b)      is computed as     f  = σ(  W_f  @ h[t-1]  +  b  )

and a sum of products `A.T @ u + B.T @ v`, as gradients flow back, is (A.T  B.T) @ (u, v).
"""

from __future__ import annotations

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass

from rnntui.compile.forms import Forms
from rnntui.compile.recurrence import signed, signed_terms
from rnntui.compile.statements import is_literal
from rnntui.language.algebra import total
from rnntui.language.functions import FUNCTIONS
from rnntui.language.keys import derived
from rnntui.language.shapes import Shape
from rnntui.language.tree import Binary, Call, Expression, Name, Negative, rebuild


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
        self._array_of: dict[str, str] = {}
        self._members = frozenset(members)
        self._shapes = shapes
        self._constant = constant

    def steps(self, formulas: Mapping[str, Expression]) -> list[FusedStep]:
        """The steps of one timestep, equations of one form together."""
        steps: list[FusedStep] = []
        for group in Forms(formulas, self._form).groups():
            step = self._together(group, formulas) if len(group) > 1 else None
            steps += [step] if step else [FusedStep((key,), formulas[key]) for key in group]
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
                    and not self.array_of(member.key)
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
        product = Binary("@", matrix, Name(vector, taken[0][1].shift))
        return total([product, *(signed(positive, term) for positive, term in rest)])

    def _together(
        self, group: Sequence[str], formulas: Mapping[str, Expression]
    ) -> FusedStep | None:
        if any(len(self._shapes[key]) != 1 for key in group):
            return None
        if any(self.array_of(key) for key in group):
            return None
        formula = self._fused([formulas[key] for key in group])
        if formula is None:
            return None
        self._array(tuple(group))
        return FusedStep(tuple(group), formula)

    def _form(self, node: Expression) -> Hashable | None:
        """What formulas share that can be computed as one, if the members in them are neighbours.

        None where that is not told, as of a quantity that is a matrix.
        """
        if isinstance(node, Name):
            shape = self._shapes[node.key]
            if len(shape) != 1:
                return None if shape else node
            return node.key in self._members, node.shift == 0, self._constant(node.key)
        if is_literal(node):
            return node
        if isinstance(node, Binary) and node.operator == "@":
            return ("@", node.right) if self._is_matrix(node.left) else None
        operation = _operation(node)
        parts = [self._form(child) for child in node.children()] if operation else []
        return None if None in parts or not operation else (operation, *parts)

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
        array = self.array_of(first.key)
        keys = self.arrays[array] if array else ()
        start = keys.index(first.key) if array else 0
        if keys[start : start + len(neighbours)] != neighbours:
            return None
        return self._piece(array, keys[:start], neighbours)

    def array_of(self, key: str) -> str:
        """The array that a member shares with others; empty where it has its own."""
        return self._array_of.get(key, "")

    def _piece(self, array: str, before: Sequence[str], keys: Sequence[str]) -> Name:
        start, size = self._size(before), self._size(keys)
        name = self._new((size,))
        self.pieces[name] = Piece(array, start, start + size)
        return Name(name)

    def _array(self, keys: tuple[str, ...]) -> str:
        name = self._new((self._size(keys),))
        self.arrays[name] = keys
        self._array_of.update(dict.fromkeys(keys, name))
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

    def _is_matrix(self, node: Expression) -> bool:
        """Whether this is a matrix that is the same at all timesteps."""
        constant = isinstance(node, Name) and self._constant(node.key)
        return constant and isinstance(node, Name) and len(self._shapes[node.key]) == 2


def _operation(node: Expression) -> str:
    """The name of an elementwise operation; empty for others."""
    match node:
        case Negative():
            return "negative"
        case Binary():
            return node.operator
        case Call():
            elementwise = FUNCTIONS[node.function].kind in ("elementwise", "pairwise")
            return node.function if elementwise else ""
    return ""
