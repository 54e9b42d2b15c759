"""How missing parameters are drawn: a scheme for all, or one for each by name."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from rnntui.data.fields import Fields, listed
from rnntui.text.problems import near_name

# Schemes, and the default of their argument where they take one.
SCHEMES: dict[str, float | None] = {
    "torch": None,
    "keras": None,
    "normal": 1.0,
    "uniform": 1.0,
    "xavier": None,
    "he": None,
    "orthogonal": None,
    "zeros": None,
}
_WRITTEN = re.compile(r"([a-z]+)(?:\(\s*([0-9.eE+-]+)\s*\))?")

_MOST = 1e300  # of a spread; some times as much, as normal numbers may be, is still a number


@dataclass(frozen=True)
class Scheme:
    """A scheme and its argument: the standard deviation of normal, the bound of uniform."""

    name: str = "torch"
    argument: float = 1.0


@dataclass(frozen=True)
class Initialisation:
    """The scheme of every parameter, and of those that have their own."""

    default: Scheme = field(default_factory=Scheme)
    own: Mapping[str, Scheme] = field(default_factory=dict)

    def of(self, parameter: str) -> Scheme:
        """The scheme of one parameter."""
        return self.own.get(parameter, self.default)


def read_initialisation(fields: Fields, key: str, parameters: Sequence[str]) -> Initialisation:
    """`initialisation = "xavier"`, or a table with `default` and parameters' names."""
    value = fields.data.get(key, "torch")
    if not isinstance(value, dict):
        return Initialisation(_scheme(fields, key, value) or Scheme())
    table = fields.table(key)
    default = Scheme()
    own: dict[str, Scheme] = {}
    for name, written in table.data.items():
        if name != "default" and parameters and name not in parameters:
            hint = near_name(name, parameters) or listed(parameters)
            table.problem(f"`{name}` is not a parameter of the model", hint, name)
            continue
        scheme = _scheme(table, name, written)
        if scheme is None:
            continue
        if name == "default":
            default = scheme
        else:
            own[name] = scheme
    return Initialisation(default, own)


def _scheme(fields: Fields, key: str, written: object) -> Scheme | None:
    match = _WRITTEN.fullmatch(written.strip()) if isinstance(written, str) else None
    if match is None or match[1] not in SCHEMES:
        hint = near_name(match[1] if match else str(written), SCHEMES) or listed(list(SCHEMES))
        fields.problem("this is not an initialisation", hint, key)
        return None
    name, argument = match[1], match[2]
    if argument is None:
        return Scheme(name, SCHEMES[name] or 1.0)
    try:
        number = float(argument)
    except ValueError:
        number = math.nan
    if SCHEMES[name] is None or not 0 <= number <= _MOST:
        hint = f'write "{name}"' if SCHEMES[name] is None else f'such as "{name}(0.1)"'
        fields.problem(f"`{name}` does not take `{argument}`", hint, key)
        return None
    return Scheme(name, number)
