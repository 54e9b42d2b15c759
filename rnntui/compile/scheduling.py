"""Equations → schedule: in which order, how often, and what need not be done again and again.

Gradients are inlined (`inlining`), functions that forward and backward share get a name
(`common_subexpressions`), what does not depend on its own past goes over all timesteps at once
(`recurrence`), and out of every loop goes what it does not change.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from rnntui.compile.common_subexpressions import name_common_subexpressions
from rnntui.compile.inlining import inlined, needed
from rnntui.compile.recurrence import Hoisting, blocks, signed, signed_terms
from rnntui.compile.schedule import Block, Extent, Schedule, Step, is_large
from rnntui.language.differentiate import BackwardEquation
from rnntui.language.keys import Key, derived
from rnntui.language.program import Program
from rnntui.language.shapes import Shape, shape_of
from rnntui.language.tree import Binary, Call, Expression, Name, Transpose, names, rebuild


def training_schedule(program: Program) -> Schedule:
    """What one sequence of an iteration takes: forward, backward, and the parameters' gradients."""
    parameters = program.model.parameters
    equations = inlined(program.backward, parameters)
    totals = [e for e in equations if e.of in parameters]
    equations = needed(equations, [*totals, *program.backward_initial])
    factored = name_common_subexpressions(
        program.assignments, equations, program.all_shapes, frozenset(parameters)
    )
    builder = _Builder(parameters, {**program.all_shapes, **factored.shapes})
    forward = builder.forward(
        {a.target: a.expression for a in factored.assignments}, program.initial_formulas
    )
    backward = builder.backward(factored.backward, program.backward_initial)
    once = Block(Extent.ONCE, tuple(builder.once))
    return Schedule(
        builder.shapes,
        frozenset(builder.constant),
        (*([once] if once.steps else []), *forward),
        tuple(backward),
    )


class _Builder:
    """Puts equations into blocks. once: the steps that depend on parameters alone."""

    def __init__(self, parameters: Iterable[str], shapes: Mapping[str, Shape]) -> None:
        self.shapes = dict(shapes)
        self.constant: set[str] = {*parameters, *(derived("grad", key) for key in parameters)}
        self.once: list[Step] = []
        self._kept: dict[tuple[Expression, bool], Name] = {}

    def forward(
        self, formulas: Mapping[str, Expression], initial: Mapping[str, Expression]
    ) -> list[Block]:
        """t = 0 where `initial` says how, and t = 1 … T."""
        order = [_block(Extent.START, [Step(Key(key), e) for key, e in initial.items()])]
        for block in blocks({key: [n.key for n in names(e)] for key, e in formulas.items()}):
            if not block.recurrent:
                (key,) = block.keys
                self._over_time(order, [Step(Key(key), formulas[key])])
                continue
            before: list[Step] = []
            steps = [
                Step(Key(key), self._taken_out(formulas[key], block.keys, before, False))
                for key in block.keys
            ]
            self._over_time(order, before)
            order.append(_block(Extent.FORWARD, steps))
        return [block for block in order if block.steps]

    def backward(
        self, equations: Sequence[BackwardEquation], initial: Sequence[BackwardEquation]
    ) -> list[Block]:
        """t = T … 0, then the parameters. initial: what these receive through initial values."""
        timed: dict[str, BackwardEquation] = {
            e.target: e for e in equations if e.of not in self.constant
        }
        order: list[Block] = []
        for block in blocks({key: [n.key for n in e.uses] for key, e in timed.items()}):
            if not block.recurrent:
                e = timed[block.keys[0]]
                self._over_time(order, [Step(e.target, e.within, e.following)])
                continue
            before: list[Step] = []
            steps = [
                Step(
                    timed[key].target,
                    self._taken_out(timed[key].within, block.keys, before, False),
                    self._taken_out(timed[key].following, block.keys, before, True),
                )
                for key in block.keys
            ]
            self._over_time(order, before)
            order.append(_block(Extent.BACKWARD, steps))
        used = {name.key for e in initial for name in e.uses}
        at_start = [Step(e.target, e.following) for key, e in timed.items() if key in used]
        order.append(_block(Extent.START, at_start))
        sums = [
            step
            for e in equations
            if e.of in self.constant and e.within is not None
            for step in list(self._sum_steps(order, e))
        ]
        order.append(_block(Extent.SUM, sums))
        through_start = [
            Step(e.target, e.within, adds=True) for e in initial if e.within is not None
        ]
        order.append(_block(Extent.START, through_start))
        return [block for block in order if block.steps]

    def _over_time(self, order: list[Block], steps: Iterable[Step]) -> None:
        """Add steps for all timesteps at once; those of parameters alone are once, and products with
        large matrices steps of their own."""
        for step in steps:
            before: list[Step] = []
            formula, following = (
                part if part is None else self._settled(part, before, step)
                for part in (step.formula, step.following)
            )
            settled = Step(step.target, formula, following, step.short)
            for part in (*before, settled):
                order[-1:] = self._joined(order[-1:], part)

    def _settled(self, node: Expression, before: list[Step], step: Step) -> Expression:
        rest = self._taken_out(node, self._varying(node), None, False)
        assert rest is not None
        if self._is_large_product(rest) and step.following is None:
            assert isinstance(rest, Binary)
            return rebuild(rest, tuple(self._named(n, before, step.short) for n in rest.children()))
        return self._products_taken_out(rest, before, step.short)

    def _products_taken_out(self, node: Expression, before: list[Step], short: bool) -> Expression:
        """The formula with names for its products with large matrices."""
        if not node.children():
            return node
        children = tuple(self._products_taken_out(n, before, short) for n in node.children())
        node = rebuild(node, children)
        if not self._is_large_product(node):
            return node
        node = rebuild(node, tuple(self._named(n, before, short) for n in node.children()))
        return self._named(node, before, short)

    def _named(self, node: Expression, before: list[Step], short: bool) -> Expression:
        """A name for a formula that varies, computed by a step before."""
        if isinstance(node, Name) or not self._varying(node):
            return node
        if (node, short) not in self._kept:
            name = Name(derived("hoisted", str(len(self._kept) + 1)))
            self._kept[node, short] = name
            self.shapes[name.key] = shape_of(node, self.shapes)
            before.append(Step(name.key, node, short=short))
        return self._kept[node, short]

    def _is_large_product(self, node: Expression) -> bool:
        """Whether this is a large constant matrix times a vector that varies."""
        if not (isinstance(node, Binary) and node.operator == "@"):
            return False
        ranks = [len(shape_of(n, self.shapes)) for n in node.children()]
        if sorted(ranks) != [1, 2]:
            return False
        matrix, vector = node.children() if ranks[0] == 2 else node.children()[::-1]
        inner = matrix.value if isinstance(matrix, Transpose) else matrix
        return (
            isinstance(inner, Name)
            and inner.key in self.constant
            and is_large(self.shapes[inner.key])
            and bool(self._varying(vector))
        )

    def _joined(self, last: Sequence[Block], step: Step) -> list[Block]:
        """The last block with a step over time more, or a block of its own behind it.

        In one block a step uses the others' values at its own timestep alone, so that it may be one
        loop; a product with a large matrix stands alone, as one product of matrices.
        """
        alone = step.formula is not None and self._is_large_product(step.formula)
        if last and last[0].extent == Extent.OVER_TIME and not alone:
            *_, other = last[0].steps
            targets = {other.target for other in last[0].steps}
            apart = any(name.shift and name.key in targets for name in step.uses)
            if not apart and not (other.formula and self._is_large_product(other.formula)):
                return [_block(Extent.OVER_TIME, [*last[0].steps, step])]
        return [*last, _block(Extent.OVER_TIME, [step])]

    def _sum_steps(self, order: list[Block], equation: BackwardEquation) -> Iterator[Step]:
        """What all timesteps add to a parameter's gradient, term by term; factors have names."""
        assert equation.within is not None
        before: list[Step] = []
        for positive, term in signed_terms(equation.within):
            if isinstance(term, Call) and term.function == "outer" and positive:
                term = rebuild(term, tuple(self._named(n, before, False) for n in term.arguments))
            yield Step(equation.target, signed(positive, term), adds=True)
        self._over_time(order, before)

    def _varying(self, node: Expression) -> list[str]:
        return [name.key for name in names(node) if name.key not in self.constant]

    def _taken_out(
        self,
        node: Expression | None,
        members: Iterable[str],
        before: list[Step] | None,
        short: bool,
    ) -> Expression | None:
        """The formula with names for what no member reaches, which `before` computes, or `once`."""
        if node is None:
            return None

        def name(part: Expression) -> Name:
            once = not self._varying(part)
            kept = self._kept.get((part, short and not once))
            if kept is not None:
                return kept
            kept = Name(derived("once" if once else "hoisted", str(len(self._kept) + 1)))
            self._kept[part, short and not once] = kept
            self.shapes[kept.key] = shape_of(part, self.shapes)
            if once:
                self.constant.add(kept.key)
                self.once.append(Step(kept.key, part))
            else:
                assert before is not None, "what varies over time is not taken out of all timesteps"
                before.append(Step(kept.key, part, short=short))
            return kept

        return Hoisting(members, name, views=True).rest(node)


def _block(extent: Extent, steps: Sequence[Step]) -> Block:
    return Block(extent, tuple(steps))
