"""Which readout and loss fit the targets.

| targets                                               | readout  | loss                 |
| ----------------------------------------------------- | -------- | -------------------- |
| two numbers or more that sum to 1: one-hot vectors,   | softmax  | cross_entropy        |
| probabilities                                         |          |                      |
| nothing but 0 and 1                                   | sigmoid  | binary_cross_entropy |
| other numbers                                         | linear   | squared_error        |

A model's own readout and loss are kept where they fit; else the activation around its readout,
and its loss, are replaced. Timesteps whose mask is 0 do not count.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from rnntui.data.sequences import Data
from rnntui.language.functions import FUNCTIONS
from rnntui.language.model import Model
from rnntui.language.source_text import equation_text
from rnntui.language.tree import Call, Equation, Expression, Name, names, walk
from rnntui.models.library import load_model

Array = npt.NDArray[np.float64]

_TOLERANCE = 1e-6  # of a sum of probabilities, as files round them

# The activation of the readout ("" for none) and the losses that go with it, the usual one first.
_FITTING = {
    "probabilities": ("softmax", ("cross_entropy", "kl_divergence")),
    "binary": ("sigmoid", ("binary_cross_entropy", "binary_kl_divergence")),
    "numbers": ("", ("squared_error", "mean_squared_error")),
}
_NAMES = {
    "cross_entropy": "cross-entropy",
    "binary_cross_entropy": "binary cross-entropy",
    "squared_error": "half the squared error",
}


def target_kind(data: Data) -> str:
    """What the targets are: "probabilities" (one-hot vectors too), "binary" or "numbers"."""
    probabilities = binary = True
    for targets in _targets(data):
        binary = binary and bool(((targets == 0) | (targets == 1)).all())
        probabilities = probabilities and _are_probabilities(targets)
        if not (binary or probabilities):
            break
    return "probabilities" if probabilities else "binary" if binary else "numbers"


def _targets(data: Data) -> Iterator[Array]:
    """All targets that count, some at a time. Symbols' are told by their alphabet."""
    if data.sequences[0].target_symbols:
        yield np.stack(list(data.target_alphabet.values()))
        return
    for sequence in data.sequences:
        assert sequence.targets is not None
        yield sequence.targets[sequence.mask > 0]


def _are_probabilities(targets: Array) -> bool:
    if targets.ndim != 2 or targets.shape[1] < 2:
        return False
    if (targets < 0).any() or (targets > 1 + _TOLERANCE).any():
        return False
    return bool((np.abs(targets.sum(axis=1) - 1) <= _TOLERANCE).all())


def readout_and_loss(data: Data, name: str) -> tuple[str, str]:
    """Equations that fit the targets in place of the model's own; "" where these do, or it has none.

    Raises InputError if there is no model of that name.
    """
    model = load_model(name)
    activation, losses = _FITTING[target_kind(data)]
    readout = loss = ""
    outputs = [equation for equation in model.equations if equation.target == "y"]
    if not outputs:
        return "", ""
    (output,) = outputs
    inner = _inside(output.expression)
    fitting = inner if not activation else Call(activation, (inner,))
    if fitting != output.expression:
        comment = f"   # {output.role or 'readout'}: {output.description or 'prediction'}"
        readout = equation_text(Equation("y", fitting)) + comment
    if not _uses(model, losses):
        expression = Call(losses[0], (Name("y"), Name("target")))
        loss = f"{equation_text(Equation('loss', expression))}   # loss: {_NAMES[losses[0]]}"
    return readout, loss


def needs_targets(name: str) -> bool:
    """Whether the size of the model's readout is that of the targets, and told by nothing else.

    Raises InputError if there is no model of that name.
    """
    model = load_model(name)
    used = {n.key for e in model.equations if e.target == "y" for n in names(e.expression)}
    return not used & {*model.parameters} <= model.shapes.keys()


def _inside(expression: Expression) -> Expression:
    """A readout's expression without its activation."""
    if isinstance(expression, Call) and FUNCTIONS[expression.function].activation:
        return expression.arguments[0]
    return expression


def _uses(model: Model, losses: tuple[str, ...]) -> bool:
    """Whether the model's loss is one of these."""
    return any(
        isinstance(node, Call) and node.function in losses
        for equation in model.equations
        if equation.target == model.objective
        for node in walk(equation.expression)
    )
