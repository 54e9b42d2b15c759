"""The source of a training kernel: many iterations in one call, as scalar loops.

Everything comes from the same equations that the stepper evaluates: forward, loss, backward and
update. Parameters, their gradients and what the optimiser remembers are flat arrays; quantities
are arrays over t within one buffer, so that an iteration allocates nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from rnntui.data.training_settings import TrainingSettings
from rnntui.language.code import identifier
from rnntui.language.loops import LoopWriter
from rnntui.language.program import Program
from rnntui.language.shapes import Shape
from rnntui.language.tree import Expression, Name
from rnntui.models.optimisers import rules_for

_HEADER = '''"""A training kernel, generated from a model's equations."""

import math

import numpy as np
from numba import njit

from rnntui.engine.scalar_functions import *  # noqa: F403


@njit(cache=True, nogil=True, error_model="numpy")
def train(iterations, batch, lengths, X, Y, weights, truncate, P, M, I, free, rates, step, losses):
'''


@dataclass(frozen=True)
class Slot:
    """Where a quantity stands in a flat array: its first element, and how many there are."""

    start: int
    size: int


def slots(keys: Iterable[str], shapes: dict[str, Shape]) -> tuple[dict[str, Slot], int]:
    """A place for each quantity, one after the other, and the length of it all."""
    found: dict[str, Slot] = {}
    start = 0
    for key in keys:
        size = 1
        for n in shapes[key]:
            size *= n
        found[key] = Slot(start, size)
        start += size
    return found, start


def kernel_source(program: Program, settings: TrainingSettings) -> str:
    """The source of a module with one function, `train`.

    train(iterations, batch, lengths, X, Y, weights, truncate, P, M, I, free, rates, step, losses)
    trains for some iterations, each on `batch` sequences, and returns how many it did: fewer
    where a number was not finite, P and M as they were before that iteration. lengths: T of each
    sequence; X, Y, weights: all timesteps of all sequences below each other. P, M: parameters and
    memory, updated in place. I: initial states given as numbers. free: which elements of P are
    updated. rates: the learning rate of each iteration. step: updates so far.
    """
    return _Kernel(program, settings).source()


class _Kernel:
    def __init__(self, program: Program, settings: TrainingSettings) -> None:
        self.program, self.settings = program, settings
        self.parameters = program.model.parameters
        # the gradient of the input is for looking at, not for training
        self.backward = [e for e in program.backward if e.of != "x"]
        self.values = [a.target for a in program.assignments]
        self.gradients = [e.of for e in self.backward if e.of not in self.parameters]
        shapes = dict(program.shapes)
        self.writer = LoopWriter(program.all_shapes, self._place)
        self.parameter_slots, self.parameter_size = slots(self.parameters, shapes)
        self.value_slots, self.value_size = slots(self.values, shapes)
        self.gradient_slots, self.gradient_size = slots(self.gradients, shapes)
        self.rules = rules_for(settings.optimizer, settings.hyperparameters)

    def source(self) -> str:
        body = [*self._forward(), *self._loss(), *self._backward()]
        update = self._update()
        lines = [
            *self._buffers(),
            *self._temporaries(),
            "row = 0",
            "sequence = 0",
            "for iteration in range(iterations):",
            "    total[:] = 0.0",
            "    loss = 0.0",
            "    for _ in range(batch):",
            "        T = lengths[sequence]",
            "        D[:] = 0.0",
            *_indented(body, 2),
            "        for p in range(total.size):",
            "            total[p] += D[p]",
            "        row += T",
            "        sequence += 1",
            "    loss /= batch",
            "    losses[iteration] = loss",
            "    for p in range(total.size):",
            "        total[p] /= batch",
            *_indented(update, 1),
            "    if not finite or not np.isfinite(loss):",
            "        return iteration",
            "    P[:] = new_P",
            "    M[:] = new_M",
            "return iterations",
        ]
        return _HEADER + "\n".join(f"    {line}" for line in lines) + "\n"

    def _buffers(self) -> list[str]:
        lines = [
            "longest = np.max(lengths) + 1",
            f"D = np.zeros({self.parameter_size})",
            f"total = np.zeros({self.parameter_size})",
            "new_P = P.copy()",
            "new_M = M.copy()",
            f"V = np.zeros({self.value_size} * longest)",
            f"G = np.zeros({max(self.gradient_size, 1)} * longest)",
        ]
        shapes = self.program.shapes
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
        bare = key[5:-1] if key.startswith("grad(") else key
        if bare in self.parameters:
            return f"{identifier(key)}[{inner or 0}]"
        return f"{identifier(key)}[{', '.join([time, *index])}]"

    def _assign(self, key: str, node: Expression, shape: Shape, operator: str = "=") -> list[str]:
        return self.writer.assign(lambda i: self._place(Name(key), i), node, shape, operator)

    def _forward(self) -> list[str]:
        shapes, model = self.program.shapes, self.program.model
        lines = ["t = 0"]
        given = 0
        for state in model.states:
            if state in self.program.initial_values:
                indices = [f"g{axis}" for axis in range(len(shapes[state]))]
                flat = _flat(indices, shapes[state])
                cell = self._place(Name(state), indices)
                lines += _nested(indices, shapes[state], f"{cell} = I[{given} + {flat}]")
                size = 1
                for n in shapes[state]:
                    size *= n
                given += size
            elif state in model.initial:
                lines += self._assign(state, model.initial[state], shapes[state])
            else:
                indices = [f"g{axis}" for axis in range(len(shapes[state]))]
                cell = self._place(Name(state), indices)
                lines += _nested(indices, shapes[state], f"{cell} = 0.0")
        steps = [
            line
            for a in self.program.assignments
            for line in self._assign(a.target, a.expression, shapes[a.target])
        ]
        return [*lines, "for t in range(1, T + 1):", *_indented(steps, 1)]

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
        shapes = self.program.shapes
        steps: list[str] = []
        for equation in self.backward:
            shape, target = shapes[equation.of], equation.target
            if equation.of in self.parameters:
                full = equation.equation(last=True).expression
                steps += self._assign(target, full, shape, "+=")
            elif equation.following is None:
                steps += self._assign(target, equation.equation(last=True).expression, shape)
            else:
                full = equation.equation(last=False).expression
                last = equation.equation(last=True).expression
                steps += ["if carries:", *_indented(self._assign(target, full, shape), 1)]
                steps += ["else:", *_indented(self._assign(target, last, shape), 1)]
        lines = [
            "for t in range(T, 0, -1):",
            "    carries = t < T and (truncate == 0 or t % truncate != 0)",
            *_indented(steps, 1),
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

    def _update(self) -> list[str]:
        """All rules are elementwise, so one loop updates all parameters at once."""
        states = [state for rule in self.rules for state in rule.states]
        hyper = self.settings.hyperparameters
        names = {"parameter": "P[p]", "learning_rate": "rates[iteration]", "gradient": "g0",
                 "step": "count", "gradient_norm": "norm"}  # fmt: skip
        names |= {key: repr(float(value)) for key, value in hyper.items()}

        def place(name: Name, index: Sequence[str]) -> str:
            if name.shift == -1:
                return f"M[{states.index(name.key)} * P.size + p]"
            return names[name.key]

        inside = ["g0 = total[p]"]
        lines_shapes: dict[str, Shape] = {}
        for rule in self.rules:
            for line in rule.equations:
                lines_shapes[line.target] = ()
        known = {**dict.fromkeys(names, ()), **lines_shapes, **dict.fromkeys(states, ())}
        writer = LoopWriter(known, place)
        for rule in self.rules:
            for line in rule.equations:
                variable = f"u_{line.target}"
                inside += writer.assign(lambda _, v=variable: v, line.expression, ())  # type: ignore[misc]
                names[line.target] = variable
            names["gradient"] = f"u_{rule.equations[-1].target}"
        inside += [f"new_M[{n} * P.size + p] = u_{state}" for n, state in enumerate(states)]
        return [
            "norm = 0.0",
            "finite = True",
            "count = float(step + iteration + 1)",
            "for p in range(P.size):",
            "    if free[p]:",
            "        norm += total[p] * total[p]",
            "norm = math.sqrt(norm)",
            "for p in range(P.size):",
            "    if not np.isfinite(total[p]):",
            "        finite = False",
            "    if free[p]:",
            *_indented(inside, 2),
            "        new_P[p] = u_updated",
            "        if not np.isfinite(u_updated):",
            "            finite = False",
        ]


def _indented(lines: Sequence[str], depth: int) -> list[str]:
    return [f"{'    ' * depth}{line}" for line in lines]


def _nested(indices: Sequence[str], shape: Shape, statement: str) -> list[str]:
    lines = [statement]
    for index, length in reversed(list(zip(indices, shape, strict=True))):
        lines = [f"for {index} in range({length}):", *_indented(lines, 1)]
    return lines


def _flat(indices: Sequence[str], shape: Shape) -> str:
    if not indices:
        return "0"
    return indices[0] if len(indices) == 1 else f"{indices[0]} * {shape[1]} + {indices[1]}"
