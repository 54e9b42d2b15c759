"""Every function of the language has a body for compiled kernels, found without compiling one."""

from __future__ import annotations

import importlib.util
import json
import re
from pathlib import Path

import pytest

from rnntui.compile.kernel_source import kernel_source
from rnntui.data.sequence_file import parse_sequence_file

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("numba") is None, reason="Numba is an extra"
)

REFERENCE = Path(__file__).parent.parent / "reference" / "pytorch.json"
# an equation with each function that has a derivative, and those that have none
CASES = json.loads(REFERENCE.read_text(encoding="utf-8"))["functions"]
OTHERS = ["heaviside(a)", "stop_gradient(a)", "one_hot(1, 3)", "zeros(3)", "ones(3)", "xdivy(a, 2)"]


def source(equation: str, shapes: dict[str, list[int]]) -> str:
    """The kernel of a model that computes this and trains on it."""
    declared = "".join(f"{key} = {shape}\n" for key, shape in shapes.items())
    file = parse_sequence_file(
        f"[model]\ncell = 'f = {equation}'\nloss = 'loss = sum(f * f)'\n"
        f"[shapes]\n{declared}[data]\nlength = 2\n"
    )
    return kernel_source(file.program, file.training)


def shape(value: object) -> list[int]:
    return [len(value), *shape(value[0])] if isinstance(value, list) else []


@pytest.mark.parametrize(
    ("equation", "shapes"),
    [
        *((c["equation"], {key: shape(v) for key, v in c["arguments"].items()}) for c in CASES),
        *((equation, {"a": [3]} if "a" in re.findall(r"\w+", equation) else {}) for equation in OTHERS),
    ],
)  # fmt: skip
def test_all_that_a_kernel_calls_is_there(equation, shapes):
    text = source(equation, shapes)
    there: dict[str, object] = {}
    exec(re.search(r"import math\n.*?scalar_functions import \*", text, re.DOTALL)[0], there)
    assert set(re.findall(r"\bf_\w+", text)) <= set(there)
