"""The forward and the backward pass of a training kernel, as statements over buffers of one axis.

What does not depend on its own past goes over all timesteps by itself, so that its loop fills the
machine's vectors and its large products are one matrix product over time. Only the recurrence is
left timestep by timestep.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from math import prod

from rnntui.compile.common_subexpressions import name_common_subexpressions
from rnntui.compile.kernel_arrays import KernelArrays, linear_index
from rnntui.compile.loops import LARGE, LoopWriter, Product, indented, large_product, nested
from rnntui.compile.recurrence import blocks, signed, signed_terms
from rnntui.compile.sequence_code import identifier
from rnntui.language.algebra import ZERO, add, total
from rnntui.language.differentiate import BackwardEquation
from rnntui.language.functions import FUNCTIONS
from rnntui.language.keys import derived
from rnntui.language.program import Program
from rnntui.language.shapes import Shape, shape_of
from rnntui.language.tree import (
    Binary,
    Call,
    Compare,
    Expression,
    Name,
    Negative,
    Number,
    names,
    rebuild,
    walk,
)

_ALL_TIMESTEPS = "for t in range(1, T + 1):"


class KernelPasses:
    """Writes the passes of one sequence; `arrays` is where their quantities lie."""

    def __init__(self, program: Program) -> None:
        self.program = program
        parameters = program.model.parameters
        # the gradient of the input is for looking at, not for training
        needed = [e for e in program.backward if e.of != "x"]
        factored = name_common_subexpressions(program.assignments, needed, program.all_shapes)
        self.arrays = KernelArrays(parameters, {**program.all_shapes, **factored.shapes})
        self.formulas: dict[str, Expression] = {
            a.target: a.expression for a in factored.assignments
        }
        self.backward_equations = factored.backward
        self.gradients: dict[str, BackwardEquation] = {
            e.target: e for e in factored.backward if e.of not in parameters
        }
        for key in (*self.formulas, *self.gradients):
            self.arrays.add(key, self.arrays.shapes[key])
        self._writer = LoopWriter(self.arrays.shapes, self._component, self.arrays.whole)
        scalars: Mapping[str, Shape] = dict.fromkeys(self.arrays.shapes, ())
        self._over_time_writer = LoopWriter(scalars, self._component_over_time)

    def temporaries(self) -> list[str]:
        """The statements that make the arrays which one formula needs, once all is written."""
        return [
            f"{key} = np.empty({shape or (1,)})" for key, shape in self._writer.temporaries.items()
        ]

    def forward(self) -> list[str]:
        """The statements of t = 0 … T."""
        lines = self._initial()
        needs = {key: [n.key for n in names(node)] for key, node in self.formulas.items()}
        for block in blocks(needs):
            formulas = {key: self.formulas[key] for key in block.keys}
            if block.recurrent:
                lines += self._loop_forward(formulas)
            else:
                for key, node in formulas.items():
                    lines += self._over_time(key, node)
        return lines

    def loss(self) -> list[str]:
        """The statements that add up the loss of the timesteps that count."""
        objective = self.program.model.objective
        assert objective is not None
        value = self._component(Name(objective), [])
        return [
            _ALL_TIMESTEPS,
            "    if weights[row + t - 1] != 0.0:",
            f"        loss += weights[row + t - 1] * {value}",
        ]

    def backward(self) -> list[str]:
        """The statements of t = T … 0, and what the sequence adds to the parameters' gradients."""
        lines: list[str] = []
        for block in blocks({key: [n.key for n in e.uses] for key, e in self.gradients.items()}):
            equations = [self.gradients[key] for key in block.keys]
            if block.recurrent or equations[0].following is not None:
                lines += self._loop_backward(equations)
            else:
                assert equations[0].within is not None
                lines += self._over_time(equations[0].target, equations[0].within)
        for equation in self.backward_equations:
            if equation.of in self.arrays.parameters and equation.within is not None:
                lines += self._add_up(equation.target, equation.within)
        return [*lines, *self._backward_initial()]

    def _initial(self) -> list[str]:
        lines = ["t = 0"]
        given = 0
        program, shapes = self.program, self.arrays.shapes
        for state in program.model.states:
            shape = shapes[state]
            if state in program.initial_formulas:
                lines += self._assign(state, program.initial_formulas[state])
                continue
            value = "0.0"
            indices = [f"g{axis}" for axis in range(len(shape))]
            if state in program.initial_values:
                value = f"I[{given} + {linear_index(indices, shape)}]"
                given += prod(shape)
            lines += nested(indices, shape, [f"{self._component(Name(state), indices)} = {value}"])
        return lines

    def _backward_initial(self) -> list[str]:
        lines: list[str] = []
        for equation in self.gradients.values():
            if equation.of in self.program.model.initial and equation.following is not None:
                lines += self._assign(equation.target, equation.following)
        for equation in self.program.backward_initial:
            if equation.within is not None:
                lines += self._assign(equation.target, equation.within, "+=")
        return ["t = 0", *lines] if lines else []

    def _loop_forward(self, formulas: Mapping[str, Expression]) -> list[str]:
        before: list[str] = []
        steps: list[str] = []
        for key, node in formulas.items():
            steps += self._assign(key, self._products_taken_out(key, node, formulas, before))
        return [*before, _ALL_TIMESTEPS, *indented(steps, 1)]

    def _loop_backward(self, equations: Sequence[BackwardEquation]) -> list[str]:
        before: list[str] = []
        steps: list[str] = []
        keys = {e.target for e in equations}
        for equation in equations:
            within = ZERO if equation.within is None else equation.within
            within = self._products_taken_out(equation.target, within, keys, before)
            last = self._assign(equation.target, within)
            if equation.following is None:
                steps += last
            else:
                full = self._assign(equation.target, add(within, equation.following))
                steps += ["if carries:", *indented(full, 1), "else:", *indented(last, 1)]
        return [
            *before,
            "for t in range(T, 0, -1):",
            "    carries = t < T and (truncate == 0 or t % truncate != 0)",
            *indented(steps, 1),
        ]

    def _over_time(self, key: str, node: Expression) -> list[str]:
        """A quantity that has no past, for all timesteps."""
        lines: list[str] = []
        node = self._products_taken_out(key, node, (), lines)
        if isinstance(node, Call) and FUNCTIONS[node.function].kind == "vector":
            (argument,) = node.arguments
            if isinstance(argument, Name) and not self.arrays.is_parameter(argument.key):
                source, target = (self.arrays.over_time(n) for n in (argument, Name(key)))
                return [*lines, f"f_{node.function}_over_time({source}, {target})"]
        if self._is_elementwise_over_time(key, node):
            size = prod(self.arrays.shapes[key])
            target = f"{identifier(key)}[unsigned({size} + j)]"
            body = self._over_time_writer.assign(lambda _: target, node, ())
            return [*lines, f"for j in range(T * {size}):", *indented(body, 1)]
        return [*lines, _ALL_TIMESTEPS, *indented(self._assign(key, node), 1)]

    def _is_elementwise_over_time(self, key: str, node: Expression) -> bool:
        """Whether each component depends on the same component of what varies in time, alone."""
        shape = self.arrays.shapes[key]
        return all(_is_elementwise(part) for part in walk(node)) and all(
            self.arrays.shapes[name.key] == (() if self.arrays.is_parameter(name.key) else shape)
            for name in names(node)
        )

    def _component_over_time(self, name: Name, index: Sequence[str]) -> str:
        """Component j of all of t = 1 … T."""
        size = prod(self.arrays.shapes[name.key])
        if self.arrays.is_parameter(name.key):
            return self.arrays.component(name, index)
        return self.arrays.at(name, f"{(1 + name.shift) * size} + j", index)

    def _products_taken_out(
        self, key: str, node: Expression, members: Collection[str], lines: list[str]
    ) -> Expression:
        """The formula of a quantity with names for large products that no member reaches.

        `lines` computes them, over time. One that is added to the rest needs no place of its own:
        it waits where the quantity will be.
        """
        waiting: list[Name] = []

        def replaced(part: Expression, added: bool) -> Expression:
            product = large_product(part, self.arrays.shapes)
            if product is None or not self._is_over_time(product, members):
                within = added and isinstance(part, Binary) and part.operator == "+"
                children = part.children()
                return (
                    rebuild(part, tuple(replaced(c, within) for c in children))
                    if children
                    else part
                )
            if added and not waiting:
                waiting.append(Name(key))
                name = Name(key)
            else:
                name = self._new_name(shape_of(part, self.arrays.shapes))
            matrix, vectors = (
                self.arrays.whole(product.matrix),
                self.arrays.over_time(product.vector),
            )
            lines.append(
                f"{product.function}_over_time({matrix}, {vectors}, {self.arrays.over_time(name)})"
            )
            return name

        return replaced(node, True)

    def _is_over_time(self, product: Product, members: Collection[str]) -> bool:
        vector = product.vector.key
        fixed = self._is_constant(product.matrix) and not self._is_constant(product.vector)
        return fixed and vector not in members

    def _new_name(self, shape: Shape) -> Name:
        name = Name(derived("hoisted", str(len(self.arrays.shapes))))
        self.arrays.add(name.key, shape)
        self._writer.shapes = {**self._writer.shapes, name.key: shape}
        self._over_time_writer.shapes = {**self._over_time_writer.shapes, name.key: ()}
        return name

    def _is_constant(self, name: Name) -> bool:
        return self.arrays.is_parameter(name.key)

    def _add_up(self, target: str, node: Expression) -> list[str]:
        """What all timesteps add to the gradient of a parameter."""
        rest: list[Expression] = []
        lines: list[str] = []
        for positive, term in signed_terms(node):
            factors = term.arguments if isinstance(term, Call) and term.function == "outer" else ()
            varying = [f for f in factors if isinstance(f, Name) and not self._is_constant(f)]
            size = prod(prod(self.arrays.shapes[name.key]) for name in varying)
            if positive and len(varying) == 2 and size >= LARGE:
                both = ", ".join(self.arrays.over_time(name) for name in varying)
                lines.append(f"f_add_outer({both}, {self.arrays.whole(Name(target))})")
            else:
                rest.append(signed(positive, term))
        if rest:
            lines += [_ALL_TIMESTEPS, *indented(self._assign(target, total(rest), "+="), 1)]
        return lines

    def _assign(self, key: str, node: Expression, operator: str = "=") -> list[str]:
        shape = self.arrays.shapes[key]
        return self._writer.assign(lambda i: self._component(Name(key), i), node, shape, operator)

    def _component(self, name: Name, index: Sequence[str]) -> str:
        if name.key in self._writer.temporaries:
            return f"{name.key}[{', '.join(index) or 0}]"
        return self.arrays.component(name, index)


def _is_elementwise(node: Expression) -> bool:
    match node:
        case Call():
            return FUNCTIONS[node.function].kind in ("elementwise", "pairwise", "where")
        case Binary():
            return node.operator != "@"
    return isinstance(node, Name | Number | Negative | Compare)
