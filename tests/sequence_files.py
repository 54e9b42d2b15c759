"""Random sequence files, whole and written out, with models of their own: what a user may open.

A file drawn makes sense and is not to be refused. Its recurrence is a random model
(`strategies.models`) of scalars, vectors and matrices, some of them states, with roles given to any of
them, and with further quantities between that read others; with or without readout, loss, targets,
symbols, masks, worked answers; of one sequence or several, of one timestep or more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from hypothesis import strategies as st
from strategies import RandomModel, models

from rnntui.language.shapes import Shape
from rnntui.language.source_text import equation_text, to_text
from rnntui.language.tree import Name, names

ROLES = ("gate", "candidate", "state", "hidden", "readout")
OPTIMIZERS = ("sgd", "momentum", "nesterov", "adam", "adamw", "rmsprop", "adagrad")
LETTERS = "abcd"


class FileText(str):
    """The text of a file; a failing example is shown as one reads it."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f'"""\n{self}"""'


@st.composite
def files(draw: st.DrawFn) -> FileText:
    """Texts of sequence files that can be opened."""
    return _Writer(draw, draw(models())).text()


def written(value: Any) -> str:
    """A number, a text, a list or a table as TOML writes it in one line."""
    if isinstance(value, bool | int | float):
        return str(value).lower()
    if isinstance(value, str):
        return f"'{value}'"
    if isinstance(value, Mapping):
        return f"{{ {', '.join(f'{key} = {written(v)}' for key, v in value.items())} }}"
    return f"[{', '.join(map(written, value))}]"


@dataclass
class _Writer:
    """Draws what a file says around its random model.

    shapes: of the quantities written by now. used: every name that the random equations written
    use. states: the quantities used at t - 1.
    """

    draw: st.DrawFn
    random: RandomModel
    shapes: dict[str, Shape] = field(default_factory=dict)
    used: list[Name] = field(default_factory=list)
    states: dict[str, None] = field(default_factory=dict)

    def text(self) -> FileText:
        objective = self._one_of("loss", "loss", "loss", "cost", "")
        equations = self.random.model.equations
        loss = to_text(equations[-1].expression)
        targets = "target" in self.random.inputs and self._one_of(bool(objective), False)
        trains = bool(objective) and ("target" not in self.random.inputs or targets)
        # without its loss, a model has no parameters that only the loss uses
        used = equations if trains else equations[:-1]
        self.used = [name for equation in used for name in names(equation.expression)]
        self.states = dict.fromkeys(name.key for name in self.used if name.shift == -1)
        cell = list(self._cell())
        readout = self._readout()
        ends = {"loss": [f"loss = '{loss}'"], "": []}
        if objective == "cost":
            cell.append(f"cost = {loss}")
            ends["cost"] = ["objective = 'cost'"]
        model = ["[model]", "cell = '''", *cell, "'''", *readout, *ends[objective]]
        return FileText(
            "\n".join(
                [
                    f"title = '{self._one_of('', 'Drawn', 'A title [b]in markup[/b]')}'",
                    *model,
                    *self._parameters(),
                    *self._initial(),
                    *self._data(targets),
                    *self._training(),
                    *self._answers(),
                    "",
                ]
            )
        )

    def _one_of(self, *choices: Any) -> Any:
        return self.draw(st.sampled_from(choices))

    def _numbers(self, shape: Shape) -> Any:
        """Numbers of a shape, not too many digits of them."""
        generator = np.random.default_rng(self.draw(st.integers(0, 99)))
        return generator.uniform(-1.2, 1.2, shape).round(2).tolist()

    # --- the model ---

    def _cell(self) -> Iterator[str]:
        for equation in self.random.model.equations[:-1]:
            key = equation.target
            self.shapes[key] = self.random.shapes[key]
            yield equation_text(equation) + self._comment()
            for _ in range(self._one_of(0, 0, 0, 1, 2)):
                yield self._reading(key) + self._comment()

    def _reading(self, key: str) -> str:
        """A quantity that reads another, and that nothing needs."""
        target = f"r{len(self.shapes)}"
        shape = self.shapes[key]
        reading, found = self._one_of(
            (f"2 * {key}", shape),
            (f"tanh({key} + 1)", shape),
            (f"sum({key})", ()),
            (f"0.5 * {key}[t-1]", shape),
            (f"{key} - {target}[t-1]", shape),
            ("outer(x, x)", self.random.inputs["x"] * 2),
        )
        for state in (key, target):
            if f"{state}[t-1]" in reading:
                self.states[state] = None
        self.shapes[target] = found
        return f"{target} = {reading}"

    def _comment(self) -> str:
        role = self._one_of("", "", *ROLES)
        return self._one_of("", f"  # {role}: what it is") if role else ""

    def _readout(self) -> list[str]:
        vectors = [key for key, shape in self.shapes.items() if len(shape) == 1]
        made = [f"softmax({key})" for key in vectors] + vectors + list(self.shapes)[-1:]
        readout = self._one_of("", f"y = {self._one_of(*made)}")
        return [f"readout = '{readout}'"] if readout else []

    def _parameters(self) -> list[str]:
        """Every parameter is given, or has its shape declared, so that there is one model to read."""
        computing = {name.key for name in self.used}
        starting = {
            name.key
            for state, expression in self.random.model.initial.items()
            if state in self.states
            for name in names(expression)
        }
        declared = {key: self.shapes[key] for key in self.states}
        given: dict[str, Any] = {}
        for key, shape in self.random.parameters.items():
            if key in computing | starting:
                if key in starting or self._one_of(True, False):
                    given[key] = self._numbers(shape)
                else:
                    declared[key] = shape
        return [*_table("shapes", declared), *_table("parameters", given)]

    def _initial(self) -> list[str]:
        found: dict[str, Any] = {k: to_text(e) for k, e in self.random.model.initial.items()}
        found |= {key: self._numbers(self.shapes[key]) for key in self.random.numeric}
        return _table("initial", {k: value for k, value in found.items() if k in self.states})

    # --- its data ---

    def _data(self, targets: bool) -> list[str]:
        (size,) = self.random.inputs["x"]
        lengths = self.draw(st.lists(st.integers(1, 5), min_size=1, max_size=3))
        several = len(lengths) > 1 or self._one_of(True, False)
        found: dict[str, Any] = {}
        kind = self._one_of("values", "one_hot", "alphabet")
        if kind == "values":
            found["values"] = [self._numbers((length, size)) for length in lengths]
        else:
            symbols = LETTERS[:size]
            found["one_hot"] = symbols
            if kind == "alphabet":
                symbols = LETTERS
                found = {"alphabet": {letter: self._numbers((size,)) for letter in symbols}}
            found["sequences"] = [self._symbols(symbols, length) for length in lengths]
        if targets:
            found |= self._targets(kind == "one_hot", lengths)
        mask = self._one_of("", "", "last", "numbers")
        if mask == "last":
            found["mask"] = "last"
        elif mask:
            found["mask"] = [[self._one_of(0, 0.5, 1) for _ in range(n)] for n in lengths]
        if not several:
            found = {
                {"sequences": "sequence"}.get(key, key): value[0]
                if key in ("values", "sequences", "targets", "mask")
                and value not in ("last", "next")
                else value
                for key, value in found.items()
            }
        return _table("data", found)

    def _targets(self, one_hot: bool, lengths: list[int]) -> dict[str, Any]:
        (size,) = self.random.inputs["target"]
        has_next = one_hot and self.random.inputs["x"] == (size,) and min(lengths) > 1
        if has_next and self._one_of(True, False):
            return {"targets": "next"}
        if self._one_of(True, False):
            return {"targets": [self._numbers((length, size)) for length in lengths]}
        symbols = LETTERS[:size]
        targets = [self._symbols(symbols, length) for length in lengths]
        return {"target_one_hot": symbols, "targets": targets}

    def _symbols(self, symbols: str, length: int) -> str:
        return self.draw(st.text(symbols, min_size=length, max_size=length))

    # --- its training and answers ---

    def _training(self) -> list[str]:
        settings = {
            "optimizer": self._one_of(*OPTIMIZERS),
            "learning_rate": self._one_of(0.1, 0.001, 100.0),
            "batch": self._one_of(1, 2, "all"),
            "reduction": self._one_of("sum", "mean"),
            "truncate": self._one_of(1, 2),
            "clip_norm": 0.5,
            "weight_decay": 0.01,
            "iterations": self._one_of(1, 3),
            "seed": 7,
        }
        chosen = self.draw(st.sets(st.sampled_from(sorted(settings))))
        return _table("training", {key: settings[key] for key in sorted(chosen)})

    def _answers(self) -> list[str]:
        if self._one_of(True, True, False):
            return []
        keys = self.draw(st.sets(st.sampled_from(sorted(self.shapes)), min_size=1))
        answers = {key: self._numbers(self.shapes[key]) for key in sorted(keys)}
        return ["[[expect]]", "at = { t = 1 }", f"values = {written(answers)}"]


def _table(name: str, values: Mapping[str, Any]) -> list[str]:
    """A table of the file; none where there is nothing to say."""
    lines = [f"{key} = {written(value)}" for key, value in values.items()]
    return [f"[{name}]", *lines] if lines else []
