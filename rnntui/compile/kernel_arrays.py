"""Where everything lies in a training kernel: buffers of one axis, and how a component of them is written.

A component is found by arithmetic with literal sizes, which a compiler can follow; the arrays of
whole quantities are made only where a function wants one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from math import prod

from rnntui.compile.segments import segments
from rnntui.compile.sequence_code import identifier
from rnntui.language.keys import Key, grad
from rnntui.language.shapes import Shape
from rnntui.language.tree import Name

_INPUTS = {"x": "X", "target": "Y"}


class KernelArrays:
    """Parameters lie in P, their gradients in D, quantities in V and their gradients in G.

    In V and G a quantity of n components takes n places for each t = 0 … longest - 1.
    shapes: of every name, and of what is added; parameters: the names of those.
    """

    def __init__(self, parameters: Iterable[str], shapes: Mapping[str, Shape]) -> None:
        self.parameters = tuple(parameters)
        self.shapes = dict(shapes)
        self._timed: dict[str, None] = {}
        self._whole: set[str] = set()

    def add(self, key: str, shape: Shape) -> None:
        """Makes room for a quantity or a gradient over time."""
        self.shapes[key] = shape
        self._timed[key] = None

    def is_parameter(self, key: str) -> bool:
        """Whether a name is a parameter or the gradient of one: no time."""
        match Key(key):
            case Key("grad", of):
                return of in self.parameters
        return key in self.parameters

    def component(self, name: Name, index: Sequence[str], time: str = "t") -> str:
        """The source of a component at a timestep."""
        key, shape = name.key, self.shapes[name.key]
        if self.is_parameter(key):
            return f"{identifier(key)}[{linear_index(index, shape)}]"
        return self.at(name, _times(_shifted(time, name.shift), prod(shape)), index)

    def at(self, name: Name, start: str, index: Sequence[str]) -> str:
        """The source of a component of a quantity over time, `start` places from its t = 0."""
        key, shape = name.key, self.shapes[name.key]
        position = f"{start} + {linear_index(index, shape)}" if index else start
        if key.operator == "weight":
            return f"weights[unsigned(row - 1 + {position})]"
        if key in _INPUTS:
            return f"{_input_vector(key)}[unsigned((row - 1) * {prod(shape)} + {position})]"
        return f"{identifier(key)}[unsigned({position})]"

    def whole(self, name: Name) -> str:
        """The source of the array of a parameter, or of a quantity at timestep t."""
        key = name.key
        if key in _INPUTS:
            return f"{_INPUTS[key]}[row + {_shifted('t', name.shift)} - 1]"
        array = self._all(key)
        return array if self.is_parameter(key) else f"{array}[{_shifted('t', name.shift)}]"

    def over_time(self, name: Name) -> str:
        """The source of the array of a quantity over t = 1 … T, (T, n)."""
        first = name.shift
        if name.key in _INPUTS:
            return f"{_INPUTS[name.key]}[row + {first} : row + {first} + T]"
        return f"{self._all(name.key)}[{first + 1} : {first + 1} + T]"

    def _all(self, key: str) -> str:
        self._whole.add(key)
        return f"all_{identifier(key)}"

    def buffers(self) -> list[str]:
        """The statements that make them all, once everything else has been written."""
        shapes = self.shapes
        lines = [f"{_input_vector(key)} = {a}.reshape({a}.size)" for key, a in _INPUTS.items()]
        parameters, total = segments(self.parameters, shapes)
        lines.append(f"D = np.zeros({total})")
        for key, segment in parameters.items():
            for name, buffer in ((key, "P"), (grad(key), "D")):
                view = identifier(name)
                lines.append(f"{view} = {buffer}[{segment.start} : {segment.start + segment.size}]")
                if name in self._whole:
                    lines.append(f"all_{view} = {view}.reshape({shapes[key]})")
        gradients = [key for key in self._timed if Key(key).operator == "grad"]
        for buffer, keys in (
            ("V", [k for k in self._timed if k not in gradients]),
            ("G", gradients),
        ):
            timed_segments, size = segments(keys, shapes)
            lines.append(f"{buffer} = np.zeros({max(size, 1)} * longest)")
            for key, segment in timed_segments.items():
                view = identifier(key)
                part = f"{segment.start} * longest : {segment.start + segment.size} * longest"
                lines.append(f"{view} = {buffer}[{part}]")
                if key in self._whole:
                    sizes = ", ".join(["longest", *map(str, shapes[key])])
                    lines.append(f"all_{view} = {view}.reshape(({sizes}))")
        return lines


def linear_index(index: Sequence[str], shape: Shape) -> str:
    """The number of a component among those of a quantity, row by row."""
    match len(index):
        case 0:
            return "0"
        case 1:
            return index[0]
    return f"{_times(index[0], shape[1])} + {index[1]}"


def _times(position: str, size: int) -> str:
    if size == 1:
        return position
    return f"{position if position.isalnum() else f'({position})'} * {size}"


def _shifted(time: str, shift: int) -> str:
    return f"{time} {'+' if shift > 0 else '-'} {abs(shift)}" if shift else time


def _input_vector(key: str) -> str:
    return "inputs" if key == "x" else "targets"
