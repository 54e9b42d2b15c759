"""The source of a training kernel: many iterations in one call, as scalar loops.

Everything comes from the same equations that the stepper evaluates: forward, loss, backward and
update. Parameters, their gradients and what the optimiser remembers are flat arrays; quantities
are arrays over t within one buffer, so that an iteration allocates nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from math import prod

from rnntui.data.training_settings import TrainingSettings
from rnntui.engine.flat import slots
from rnntui.engine.kernel_update import update_lines
from rnntui.engine.shared_calls import share_calls
from rnntui.language.algebra import ZERO, add, subtract
from rnntui.language.code import identifier
from rnntui.language.loops import LARGE, LoopWriter, indented, nested
from rnntui.language.program import Program
from rnntui.language.recurrence import signed_terms
from rnntui.language.shapes import Shape
from rnntui.language.tree import Call, Expression, Name

_HEADER = '''"""A training kernel, generated from a model's equations."""

import math

import numpy as np
from numba import njit

from rnntui.engine.array_functions import *  # noqa: F403
from rnntui.engine.exponential import *  # noqa: F403
from rnntui.engine.scalar_functions import *  # noqa: F403


# with its types given, it is compiled when this is imported
@njit(
    "int64(int64, int64, int64[::1], int64[::1], int64[::1], float64[:, ::1], float64[:, ::1],"
    "float64[::1], int64, float64[::1], float64[:, ::1], float64[::1], boolean[::1], float64[::1],"
    "int64, int64, float64[::1], int64, float64[:, ::1], uint8[::1])",
    cache=True, nogil=True, error_model="numpy",
)
def train(iterations, batch, order, lengths, starts, X, Y, weights, truncate,
          P, M, I, free, rates, first, steps_before, losses, every, kept, stop):
'''


def kernel_source(program: Program, settings: TrainingSettings) -> str:
    """The source of a module with one function, `train`.

    train(iterations, batch, order, lengths, starts, X, Y, weights, truncate, P, M, I, free, rates,
    first, steps_before, losses, every, kept, stop) trains for some iterations, each on `batch` sequences, and
    returns how many it did: fewer where a number was not finite, P and M as they were before that
    iteration, or where stop[0] is set meanwhile.

    order: the sequence at each place of all batches. lengths, starts: T and first row of each
    sequence; X, Y, weights: all timesteps of all sequences below each other. P, M: parameters and
    memory, updated in place. I: initial states given as numbers. free: which elements of P are
    updated. rates: the learning rate of each iteration. first: the first iteration's number;
    steps_before: updates before iteration 0. kept: P and M before each iteration that `every`
    divides, in rows; every = 0 keeps none.
    """
    return _Kernel(program, settings).source()


class _Kernel:
    def __init__(self, program: Program, settings: TrainingSettings) -> None:
        self.program, self.settings = program, settings
        self.parameters = program.model.parameters
        # the gradient of the input is for looking at, not for training
        needed = [e for e in program.backward if e.of != "x"]
        shared = share_calls(program.assignments, needed, program.all_shapes)
        self.assignments, self.backward = shared.assignments, shared.backward
        self.shapes: Mapping[str, Shape] = {**program.shapes, **shared.shapes}
        self.values = [a.target for a in self.assignments]
        self.gradients = [e.of for e in self.backward if e.of not in self.parameters]
        shapes = {**program.all_shapes, **shared.shapes}
        self.writer = LoopWriter(shapes, self._place, self._whole)
        self.parameter_slots, self.parameter_size = slots(self.parameters, self.shapes)
        self.value_slots, self.value_size = slots(self.values, self.shapes)
        self.gradient_slots, self.gradient_size = slots(self.gradients, self.shapes)

    def source(self) -> str:
        body = [*self._forward(), *self._loss(), *self._backward()]
        lines = [
            *self._buffers(),
            *self._temporaries(),
            "for iteration in range(iterations):",
            "    if stop[0] != 0:",
            "        return iteration",
            "    D[:] = 0.0",
            "    loss = 0.0",
            "    for place in range(batch):",
            "        sequence = order[iteration * batch + place]",
            "        row = starts[sequence]",
            "        T = lengths[sequence]",
            *indented(body, 2),
            "    if batch > 1:",
            "        loss /= batch",
            "        for p in range(D.size):",
            "            D[p] /= batch",
            "    losses[iteration] = loss",
            "    if not (np.isfinite(loss) and f_all_finite(D)):",
            "        return iteration",
            *indented(update_lines(self.settings), 1),
            "    if not f_all_finite(new_P):",
            "        return iteration",
            "    P[:] = new_P",
            "    M[:] = new_M",
            "    number = first + iteration + 1",
            "    if every != 0 and number % every == 0:",
            "        row = number // every - first // every - 1",
            "        kept[row, : P.size] = P",
            "        kept[row, P.size :] = M.reshape(M.size)",
            "return iterations",
        ]
        return _HEADER + "\n".join(f"    {line}" for line in lines) + "\n"

    def _buffers(self) -> list[str]:
        lines = [
            "longest = 1",
            "for place in range(iterations * batch):",
            "    longest = max(longest, lengths[order[place]] + 1)",
            f"D = np.zeros({self.parameter_size})",
            "new_P = P.copy()",
            "new_M = M.copy()",
            f"V = np.zeros({self.value_size} * longest)",
            f"G = np.zeros({max(self.gradient_size, 1)} * longest)",
        ]
        shapes = self.shapes
        for key, slot in self.parameter_slots.items():
            part = f"{slot.start}:{slot.start + slot.size}"
            shape = f".reshape{shapes[key]}" if len(shapes[key]) == 2 else ""
            lines.append(f"{identifier(key)} = P[{part}]{shape}")
            lines.append(f"{identifier(f'grad({key})')} = D[{part}]{shape}")
        for buffer, found, kind in (
            ("V", self.value_slots, "{}"),
            ("G", self.gradient_slots, "grad({})"),
        ):
            for key, slot in found.items():
                sizes = "".join(f", {n}" for n in shapes[key])
                shape = f".reshape((longest{sizes}))" if sizes else ""
                part = f"{slot.start} * longest:{slot.start + slot.size} * longest"
                lines.append(f"{identifier(kind.format(key))} = {buffer}[{part}]{shape}")
        return lines

    def _temporaries(self) -> list[str]:
        return [
            f"{key} = np.empty({shape or (1,)})" for key, shape in self.writer.temporaries.items()
        ]

    def _place(self, name: Name, index: Sequence[str]) -> str:
        key = name.key
        time = f"t{name.shift:+d}" if name.shift else "t"
        inner = ", ".join(index)
        if key in self.writer.temporaries:
            return f"{key}[{inner or 0}]"
        if key.startswith("weight("):
            return f"weights[row + {time} - 1]"
        if key in ("x", "target"):
            return f"{'X' if key == 'x' else 'Y'}[row + {time} - 1, {inner or 0}]"
        if self._bare(key) in self.parameters:
            return f"{identifier(key)}[{inner or 0}]"
        return f"{identifier(key)}[{', '.join([time, *index])}]"

    def _whole(self, name: Name) -> str:
        """The array of a parameter, or of a quantity at a timestep."""
        key = name.key
        if self._bare(key) in self.parameters:
            return identifier(key)
        time = f"t{name.shift:+d}" if name.shift else "t"
        if key in ("x", "target"):
            return f"{'X' if key == 'x' else 'Y'}[row + {time} - 1]"
        return f"{identifier(key)}[{time}]"

    def _over_time(self, name: Name) -> str:
        """The array of a quantity over t = 1 … T."""
        first = name.shift
        if name.key in ("x", "target"):
            return f"{'X' if name.key == 'x' else 'Y'}[row + {first} : row + {first} + T]"
        return f"{identifier(name.key)}[{first + 1} : {first + 1} + T]"

    @staticmethod
    def _bare(key: str) -> str:
        return key[5:-1] if key.startswith("grad(") else key

    def _assign(self, key: str, node: Expression, shape: Shape, operator: str = "=") -> list[str]:
        return self.writer.assign(lambda i: self._place(Name(key), i), node, shape, operator)

    def _forward(self) -> list[str]:
        shapes, model = self.shapes, self.program.model
        lines = ["t = 0"]
        given = 0
        for state in model.states:
            if state in self.program.initial_values:
                indices = [f"g{axis}" for axis in range(len(shapes[state]))]
                flat = _flat(indices, shapes[state])
                cell = self._place(Name(state), indices)
                lines += nested(indices, shapes[state], [f"{cell} = I[{given} + {flat}]"])
                given += prod(shapes[state])
            elif state in model.initial:
                lines += self._assign(state, model.initial[state], shapes[state])
            else:
                indices = [f"g{axis}" for axis in range(len(shapes[state]))]
                cell = self._place(Name(state), indices)
                lines += nested(indices, shapes[state], [f"{cell} = 0.0"])
        steps = [
            line
            for a in self.assignments
            for line in self._assign(a.target, a.expression, shapes[a.target])
        ]
        return [*lines, "for t in range(1, T + 1):", *indented(steps, 1)]

    def _loss(self) -> list[str]:
        objective = self.program.model.objective
        assert objective is not None
        value = self._place(Name(objective), [])
        return [
            "for t in range(1, T + 1):",
            "    if weights[row + t - 1] != 0.0:",
            f"        loss += weights[row + t - 1] * {value}",
        ]

    def _backward(self) -> list[str]:
        shapes = self.shapes
        steps: list[str] = []
        after: list[str] = []
        for equation in self.backward:
            shape, target = shapes[equation.of], equation.target
            if equation.of in self.parameters:
                full = equation.equation(last=True).expression
                rest, products = self._split(full, identifier(target))
                after += products
                if rest != ZERO:
                    steps += self._assign(target, rest, shape, "+=")
            elif equation.following is None:
                steps += self._assign(target, equation.equation(last=True).expression, shape)
            else:
                full = equation.equation(last=False).expression
                last = equation.equation(last=True).expression
                steps += ["if carries:", *indented(self._assign(target, full, shape), 1)]
                steps += ["else:", *indented(self._assign(target, last, shape), 1)]
        lines = [
            "for t in range(T, 0, -1):",
            "    carries = t < T and (truncate == 0 or t % truncate != 0)",
            *indented(steps, 1),
            *after,
        ]
        if self.program.backward_initial:
            lines.append("t = 0")
            for equation in self.backward:
                if equation.of in self.program.model.initial and equation.following is not None:
                    shape = shapes[equation.of]
                    lines += self._assign(equation.target, equation.initial().expression, shape)
            for equation in self.program.backward_initial:
                if equation.within is not None:
                    shape = shapes[equation.of]
                    lines += self._assign(equation.target, equation.within, shape, "+=")
        return lines

    def _split(self, node: Expression, target: str) -> tuple[Expression, list[str]]:
        """A large matrix's gradient: what is left, and the sums over all t at once of outer products."""
        left: Expression = ZERO
        products: list[str] = []
        for positive, term in signed_terms(node):
            factors = term.arguments if isinstance(term, Call) and term.function == "outer" else ()
            varying = [f for f in factors if isinstance(f, Name) and self._varies(f)]
            size = prod(prod(self.writer.shapes[name.key]) for name in varying)
            if positive and len(varying) == 2 and size >= LARGE:
                both = ", ".join(self._over_time(name) for name in varying)
                products.append(f"f_add_outer({both}, {target})")
            else:
                left = (add if positive else subtract)(left, term)
        return left, products

    def _varies(self, name: Name) -> bool:
        return self._bare(name.key) not in self.parameters


def _flat(indices: Sequence[str], shape: Shape) -> str:
    if not indices:
        return "0"
    return indices[0] if len(indices) == 1 else f"{indices[0]} * {shape[1]} + {indices[1]}"
