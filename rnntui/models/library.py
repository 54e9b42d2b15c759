"""The shipped recurrences, one text file each beside this one, and models from any TOML table."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from rnntui.language.expression import Origin
from rnntui.language.model import Model, Size, check_model
from rnntui.language.parse import parse_equations, parse_expression
from rnntui.language.tree import Equation, Expression
from rnntui.models.names import model_file, model_names
from rnntui.text.problems import InputError, Problem, near_name
from rnntui.text.toml import TomlText, parse_toml

Path = tuple[str | int, ...]

_KEYS = ("title", "source", "cell", "readout", "loss", "shapes", "initial", "objective")


@cache
def load_model(name: str) -> Model:
    """A shipped model by name. Raises InputError, with a near name, where there is none."""
    if name not in model_names():
        hint = near_name(name, model_names()) or f"there are {', '.join(model_names())}"
        raise InputError(Problem(f"there is no model `{name}`", None, hint))
    file = model_file(name)
    toml = parse_toml(file.read_text(encoding="utf-8"), file.name)
    problems: list[Problem] = []
    model = read_model(toml, (), name, problems)
    problems += check_model(model)
    if problems:
        raise InputError(problems)
    return model


def read_model(toml: TomlText, path: Path, name: str, problems: list[Problem]) -> Model:
    """A model from the table at `path`; what is wrong with it is added to `problems`."""
    table = _table(toml, path)
    problems += [_unknown_key(toml, path, key) for key in table if key not in _KEYS]
    cell = read_equations(toml, (*path, "cell"), problems)
    if isinstance(table.get("cell", ""), str) and not str(table.get("cell", "")).strip():
        place = toml.place(*path, "cell")
        problems.append(Problem("the model has no equations", place, 'give cell = """…"""'))
    readout = read_equations(toml, (*path, "readout"), problems) if "readout" in table else ()
    loss = read_loss(toml, (*path, "loss"), problems) if "loss" in table else ()
    initial: dict[str, Expression] = {}
    for key in ("initial", "shapes"):
        if not isinstance(table.get(key, {}), dict):
            hint = f"write [{'.'.join(str(step) for step in (*path, key))}]"
            problems.append(Problem(f"`{key}` is a table", toml.place(*path, key), hint))
    if isinstance(table.get("initial"), dict):
        initial, numbers = read_initial(toml, (*path, "initial"), problems)
        message, hint = "an initial value of a model is an expression", "numbers go in [initial]"
        places = [toml.place(*path, "initial", key) for key in numbers]
        problems += [Problem(message, place, f"write it in quotes; {hint}") for place in places]
    shapes: dict[str, tuple[Size, ...]] = {}
    if isinstance(table.get("shapes"), dict):
        shapes = read_shapes(toml, (*path, "shapes"), problems)
    return Model(
        name=name,
        equations=(*cell, *readout, *loss),
        title=_text(toml, (*path, "title"), problems) or name,
        source=_text(toml, (*path, "source"), problems),
        initial=initial,
        shapes=shapes,
        objective=_text(toml, (*path, "objective"), problems) or "loss",
    )


def read_equations(toml: TomlText, path: Path, problems: list[Problem]) -> tuple[Equation, ...]:
    """The equations in the string at `path`."""
    text = _text(toml, path, problems)
    if not text:
        return ()
    try:
        return parse_equations(text, _origin(toml, path))
    except InputError as error:
        problems.extend(error.problems)
        return ()


def read_loss(toml: TomlText, path: Path, problems: list[Problem]) -> tuple[Equation, ...]:
    """The loss at `path`: a bare expression, or equations that end in `loss = …`."""
    text = _text(toml, path, problems)
    if not text:
        return ()
    if any(
        line.split("#")[0].strip().startswith("loss") and "=" in line.split("#")[0]
        for line in text.splitlines()
    ):
        return read_equations(toml, path, problems)
    expression = read_formula(toml, path, problems)
    return () if expression is None else (Equation("loss", expression, place=expression.place),)


def read_formula(toml: TomlText, path: Path, problems: list[Problem]) -> Expression | None:
    """The expression in the string at `path`."""
    text = _text(toml, path, problems)
    try:
        return parse_expression(text, _origin(toml, path))
    except InputError as error:
        problems.extend(error.problems)
        return None


def read_initial(
    toml: TomlText, path: Path, problems: list[Problem]
) -> tuple[dict[str, Expression], dict[str, Any]]:
    """The states' initial values at `path`: expressions (in quotes), and the others as they are."""
    expressions: dict[str, Expression] = {}
    numbers: dict[str, Any] = {}
    for key, value in _table(toml, path).items():
        if isinstance(value, str):
            expression = read_formula(toml, (*path, key), problems)
            if expression is not None:
                expressions[key] = expression
        else:
            numbers[key] = value
    return expressions, numbers


def read_shapes(toml: TomlText, path: Path, problems: list[Problem]) -> dict[str, tuple[Size, ...]]:
    """Declared shapes at `path`: lists of lengths or names of lengths, [] for a scalar."""
    shapes: dict[str, tuple[Size, ...]] = {}
    for key, value in _table(toml, path).items():
        fits = isinstance(value, list) and len(value) <= 2
        if not fits or not all(
            isinstance(n, str) or (isinstance(n, int) and not isinstance(n, bool) and 0 < n < 10**6)
            for n in value
        ):
            hint = 'such as ["hidden"], [3, 2], or [] for a scalar'
            place = toml.place(*path, key)
            problems.append(Problem(f"the shape of `{key}` is a list of lengths", place, hint))
        else:
            shapes[key] = tuple(value)
    return shapes


def _table(toml: TomlText, path: Path) -> Mapping[str, Any]:
    value: Any = toml.data
    for step in path:
        value = value[step]
    assert isinstance(value, dict)
    return value


def _text(toml: TomlText, path: Path, problems: list[Problem]) -> str:
    value = _table(toml, path[:-1]).get(str(path[-1]), "")
    if isinstance(value, str):
        return value
    problems.append(Problem(f"`{path[-1]}` is a text", toml.place(*path), "write it in quotes"))
    return ""


def _origin(toml: TomlText, path: Path) -> Origin:
    start, quotes = toml.string_origin(*path), toml.place(*path)
    several_lines = quotes.text[quotes.column - 1 :].startswith(('"""', "'''"))
    return Origin(toml.file, start.line, start.column, one_line=not several_lines)


def _unknown_key(toml: TomlText, path: Path, key: str) -> Problem:
    hint = near_name(key, _KEYS) or f"there are {', '.join(_KEYS)}"
    return Problem(f"`{key}` is not a key of a model", toml.key_place(*path, key), hint)
