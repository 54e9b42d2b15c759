"""Initial values of the parameters that a file does not give, drawn from its seed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from rnntui.language.program import Program

Array = npt.NDArray[np.float64]


def draw_parameters(
    program: Program, given: Mapping[str, Array], hidden: int | None, seed: int
) -> dict[str, Array]:
    """Every parameter: as given, else drawn from U(−1/√H, 1/√H), PyTorch's default for RNNs.

    H is `hidden`, or the largest state where no such size is given. Parameters are drawn in
    order of appearance, given ones included, so that giving one does not change the others.
    """
    generator = np.random.default_rng(seed)
    size = hidden or max(
        (int(np.prod(program.shapes[state])) for state in program.model.states), default=1
    )
    bound = 1.0 / np.sqrt(size)
    parameters = {}
    for key in program.model.parameters:
        drawn = generator.uniform(-bound, bound, program.shapes[key])
        parameters[key] = np.array(given.get(key, drawn), dtype=np.float64)
        parameters[key].setflags(write=False)
    return parameters
