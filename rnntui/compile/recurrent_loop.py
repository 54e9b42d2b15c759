"""The statements of a recurrence: a loop over the timesteps, without what it need not contain.

The loop goes over rows that were prepared: at each timestep it has at hand the row of every array
that it reads or writes, and a quantity is computed right into its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace

from rnntui.compile.gate_fusion import Concatenation, FusedStep, GateFusion
from rnntui.compile.recurrence import Hoisting
from rnntui.compile.statements import Statements
from rnntui.compile.workspace import Operand, Workspace
from rnntui.language.keys import derived
from rnntui.language.shapes import Shape, shape_of
from rnntui.language.tree import Expression, Name, names

OverTime = Callable[[str], Statements]


class RecurrentLoop:
    """A block of quantities that need each other's past (backward: each other's future).

    keys: in the order of one timestep. shapes: of all names; those of new ones are added.
    constant: whether a name stands for one value at all timesteps. identifier: the array of a
    quantity. over: writes statements for t = 1 … T or T - 1, which it is told.
    """

    def __init__(
        self,
        work: Workspace,
        keys: Sequence[str],
        shapes: dict[str, Shape],
        constant: Callable[[str], bool],
        identifier: Callable[[str], str],
        over: OverTime,
    ) -> None:
        self.keys = keys
        self._work = work
        self._shapes = shapes
        self._constant = constant
        self._identifier = identifier
        self._over = over
        self._fusion = GateFusion(keys, shapes, self._is_constant)
        self._hoisted: dict[str, tuple[Expression, str]] = {}
        self._operands: dict[str, Operand] = {}  # of what is computed before the loop
        self._columns: dict[str, str] = {}  # the local name of each source of rows
        self._taken: set[str] = set()  # those names
        self._order = 1

    def forward(self, formulas: Mapping[str, Expression]) -> list[str]:
        """The loop from t = 1 to T."""
        hoisting = self._hoisting("T")
        rest = {key: hoisting.rest(formulas[key]) for key in self.keys}
        steps = self._fusion.steps(rest)
        before = self._before([step.formula for step in steps])
        body = self._statements()
        for step in steps:
            body.value(step.formula, self._target(step))
        looked_back_at = {n.key for step in steps for n in names(step.formula) if n.shift == -1}
        at_start = [
            f"{self._work.prepared(self._part(key, '[0, {}]'))}[...] = {self._identifier(key)}[0]"
            for keys in self._fusion.arrays.values()
            for key in keys
            if key in looked_back_at
        ]
        return [*before, *at_start, *self._loop(body.lines), *self._after()]

    def backward(
        self, formulas: Mapping[str, tuple[Expression | None, Expression | None]]
    ) -> list[str]:
        """The loop from t = T to 1; formulas: what is of timestep t, and what flows in from t + 1."""
        self._order = -1
        whole, short = self._hoisting("T"), self._hoisting("T - 1")
        parts: dict[str, tuple[Expression | None, Expression | None]] = {}
        for key in self.keys:
            within, following = formulas[key]
            parts[key] = (
                None if within is None else whole.rest(within),
                None if following is None else self._fusion.products(short.rest(following)),
            )
        before = self._before(node for pair in parts.values() for node in pair if node is not None)
        body = self._statements()
        for key, (within, following) in parts.items():
            self._gradient(body, self._operand(Name(key)), within, following)
        return [*before, *self._loop(body.lines), *self._after()]

    def _gradient(
        self,
        body: Statements,
        target: Operand,
        within: Expression | None,
        following: Expression | None,
    ) -> None:
        """grad = within, and + following where gradients flow from t + 1."""
        if within is not None:
            direct = isinstance(within, Name) and following is not None
            first = body.value(within, None if direct else target)
        if following is None:
            return
        before, body.lines = body.lines, []
        if within is None:
            body.value(following, target)
            otherwise = f"{target.text}.fill(0.0)"
        else:
            part = body.value(following)
            body.lines.append(f"add({first.text}, {part.text}, {target.text})")
            self._work.release(part)
            otherwise = "" if first is target else f"{target.text}[...] = {first.text}"
        carries = self._column("carries[T:0:-1].tolist()", "carried")
        branch = [f"    {line}" for line in body.lines]
        body.lines = [*before, f"if {carries}:", *branch]
        if otherwise:
            body.lines.append(f"else: {otherwise}")

    def _hoisting(self, last: str) -> Hoisting:
        def name(node: Expression) -> Name:
            key = derived("hoisted", str(len(self._shapes)))
            self._shapes[key] = shape_of(node, self._shapes)
            self._hoisted[key] = (node, last)
            return Name(key)

        return Hoisting(self.keys, name)

    def _is_constant(self, key: str) -> bool:
        if key in self._hoisted:
            return all(self._constant(name.key) for name in names(self._hoisted[key][0]))
        joined = self._fusion.concatenations.get(key)
        return self._constant(key) or (
            joined is not None and all(self._is_constant(part.key) for part in joined.parts)
        )

    def _before(self, formulas: Iterable[Expression]) -> list[str]:
        """What the loop reads and does not change."""
        lines: list[str] = []
        used = dict.fromkeys(name.key for node in formulas for name in names(node))
        for key in used:
            if key in self._hoisted:
                node, last = self._hoisted[key]
                over = self._over(last)
                self._operands[key] = over.fixed(node)
                lines += over.lines
            elif key in self._fusion.concatenations:
                lines += self._fill(self._fusion.concatenations[key])
        for array in self._fusion.arrays:
            size = self._shapes[array][0]
            self._work.lines.append(f"{self._identifier(array)} = empty((T + 1, {size}))")
        return lines

    def _fill(self, joined: Concatenation) -> list[str]:
        """Puts the parts of a concatenation where they belong."""
        last = next((self._hoisted[p.key][1] for p in joined.parts if p.key in self._hoisted), "T")
        over = self._over(last)
        timed = not self._is_constant(joined.name)
        shape = self._shapes[joined.name]
        whole = self._buffer(joined, shape, over.length if timed else "")
        start = 0
        for part in joined.parts:
            size = self._shapes[part.key][joined.axis]
            items = [":"] * (joined.axis + timed) + [f"{start}:{start + size}"]
            suffix = f"[{', '.join(items)}]"
            node = self._hoisted[part.key][0] if part.key in self._hoisted else part
            over.value(node, self._work.view(whole, suffix, self._shapes[part.key]))
            start += size
        self._operands[joined.name] = whole
        return over.lines

    def _buffer(self, joined: Concatenation, shape: Shape, length: str) -> Operand:
        """An array for it. Columns are transposed matrices, and lie as those do: side by side."""
        if joined.axis == 0:
            return self._work.buffer(shape, length)
        return self._work.view(self._work.buffer(shape[::-1], length), ".T", shape)

    def _after(self) -> list[str]:
        """What members computed into an array that they share goes to their own."""
        return [
            f"{self._work.prepared(f'{self._identifier(key)}[1 : T + 1]')}[...] = "
            f"{self._work.prepared(self._part(key, '[1:, {}]'))}"
            for keys in self._fusion.arrays.values()
            for key in keys
        ]

    def _loop(self, body: Sequence[str]) -> list[str]:
        rows = [self._work.prepared(source, "r") for source in self._columns]
        return [
            f"for {', '.join(self._columns.values())}, in zip({', '.join(rows)}):",
            *(f"    {line}" for line in body),
        ]

    def _statements(self) -> Statements:
        return Statements(self._work, self._shapes, self._operand)

    def _target(self, step: FusedStep) -> Operand:
        """The row that a step writes to."""
        if len(step.targets) == 1:
            return self._operand(Name(step.targets[0]))
        return self._operand(Name(self._fusion.array_of(step.targets[0])))

    def _operand(self, name: Name) -> Operand:
        key, shape = name.key, self._shapes[name.key]
        prepared = self._operands.get(key)
        if prepared is not None and not prepared.timed:
            return replace(prepared, buffer="")  # it stays for all timesteps
        if prepared is None and self._is_constant(key):
            return Operand(self._identifier(key), shape)
        first, last = 1 + name.shift, f"T + {1 + name.shift}"
        source = f"{self._array(key)}[{first} : {last}]" if prepared is None else prepared.text
        letter = "l" if name.shift == 0 else "n"
        local = self._column(
            f"rows({source}, T, {self._order})", f"{letter}_{self._identifier(key)}"
        )
        return Operand(local, shape, fixed=False)

    def _array(self, key: str) -> str:
        """The source of a quantity's values at t = 0 … T."""
        piece = self._fusion.pieces.get(key)
        if piece is not None:
            return f"{self._identifier(piece.array)}[:, {piece.start}:{piece.stop}]"
        if self._fusion.array_of(key):
            return self._part(key, "[:, {}]")
        return self._identifier(key)

    def _part(self, key: str, subscript: str) -> str:
        """A member's part of the array that it shares."""
        array = self._fusion.array_of(key)
        keys = self._fusion.arrays[array]
        start = sum(self._shapes[other][0] for other in keys[: keys.index(key)])
        span = f"{start}:{start + self._shapes[key][0]}"
        return self._identifier(array) + subscript.format(span)

    def _column(self, source: str, name: str) -> str:
        if source not in self._columns:
            name = name if name not in self._taken else f"{name}_{len(self._columns)}"
            self._columns[source] = name
            self._taken.add(name)
        return self._columns[source]
