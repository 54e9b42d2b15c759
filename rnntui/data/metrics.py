"""[metrics]: what else a file measures while it trains, as equations of the same language."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from rnntui.data.fields import Fields
from rnntui.language.expression import Origin
from rnntui.language.parse import parse_expression
from rnntui.language.program import Program
from rnntui.language.shapes import Shape, describe, shape_of
from rnntui.language.tree import Expression, Name, names
from rnntui.text.placed_text import DataPath
from rnntui.text.problems import InputError, Problem, near_name
from rnntui.text.toml import TomlText

_EVERY = 100


@dataclass(frozen=True)
class Metric:
    """A scalar of each timestep, averaged over some of them.

    first, last: the timesteps that count, from 1, or from the end if negative; -1 is the last.
    Timesteps that the mask leaves out of the loss count all the same.
    """

    name: str
    expression: Expression
    first: int = 1
    last: int = -1

    def steps(self, length: int) -> range:
        """The timesteps that count in a sequence of this length; there may be none."""
        first, last = (n if n > 0 else length + 1 + n for n in (self.first, self.last))
        return range(max(first, 1), min(last, length) + 1)


@dataclass(frozen=True)
class Metrics:
    """All metrics of a file, and how many iterations lie between two recordings."""

    metrics: tuple[Metric, ...] = ()
    every: int = _EVERY


def read_metrics(toml: TomlText, fields: Fields, program: Program, truth: Shape | None) -> Metrics:
    """The [metrics] table of a text: `name = "expression"`, or a table with `value`, `from` and `to`.

    Beside the model's names there is `truth`, the true probabilities of a task, where it has them.
    """
    shapes: dict[str, Shape] = dict(program.shapes)
    if truth is not None:
        shapes["truth"] = truth
    metrics = []
    for key, value in fields.data.items():
        if key == "every":
            continue
        path: DataPath = (key,)
        first, last = 1, -1
        if isinstance(value, dict):
            table = fields.table(key)
            table.allow(("value", "from", "to"), "a metric")
            first, last = _step(table, "from", 1), _step(table, "to", -1)
            path = (key, "value")
            value = value.get("value")
        if not isinstance(value, str):
            fields.problem(f"`{key}` is an expression", "write it in quotes", *path)
            continue
        expression = _expression(toml, fields, path, value, shapes)
        if expression is not None:
            metrics.append(Metric(key, expression, first, last))
    return Metrics(tuple(metrics), fields.whole("every", _EVERY, least=1))


def _step(table: Fields, key: str, default: int) -> int:
    step = table.whole(key, default, least=-(10**7), most=10**7)
    if step == 0:
        table.problem("timesteps count from 1, or from the end: -1", "", key)
        return default
    return step


def _expression(
    toml: TomlText, fields: Fields, path: DataPath, text: str, shapes: Mapping[str, Shape]
) -> Expression | None:
    start = toml.string_origin(*fields.path, *path)
    try:
        expression = parse_expression(text, Origin(toml.file, start.line, start.column))
        for name in names(expression):
            if name.key not in shapes or name.shift:
                raise InputError(_unknown(name, shapes))
        shape = shape_of(expression, shapes)
    except InputError as error:
        fields.problems.extend(error.problems)
        return None
    if shape != ():
        fields.problem(f"this is {describe(shape)}", "take its sum or mean", *path)
        return None
    return expression


def _unknown(name: Name, shapes: Mapping[str, Shape]) -> Problem:
    hint = "a metric is made of this timestep's values"
    if name.shift:
        return Problem(f"`{name.key}` of another timestep is not known here", name.place, hint)
    if name.key == "truth":
        hint = "only the sequences of a language task have one"
    else:
        hint = near_name(name.key, shapes) or hint
    return Problem(f"`{name.key}` is not known here", name.place, hint)
