"""Initial values of the parameters that a file does not give, drawn from its seed."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt

from rnntui.data.initialisation_settings import Initialisation, Scheme
from rnntui.language.program import Program
from rnntui.language.tree import Binary, Call, Expression, Name, names, walk

Array = npt.NDArray[np.float64]
Shape = tuple[int, ...]


def draw_parameters(
    program: Program,
    given: Mapping[str, Array],
    hidden: int | None,
    seed: int,
    initialisation: Initialisation | None = None,
) -> dict[str, Array]:
    """Every parameter: as given, else drawn by its scheme.

    hidden: H, for torch's scheme; the largest state where no such size is given. Parameters are
    drawn in order of appearance, given ones included, so that giving one does not change the others.
    """
    schemes = initialisation or Initialisation()
    generator = np.random.default_rng(seed)
    size = hidden or max(
        (int(np.prod(program.shapes[state])) for state in program.model.states), default=1
    )
    parameters = {}
    for key in program.model.parameters:
        drawn = _draw(generator, program, key, schemes.of(key), size)
        parameters[key] = np.array(given.get(key, drawn), dtype=np.float64)
        parameters[key].setflags(write=False)
    return parameters


def _draw(
    generator: np.random.Generator, program: Program, key: str, scheme: Scheme, hidden: int
) -> Array:
    """One parameter.

    torch: U(±1/√H), PyTorch's default for recurrent layers. normal(s): N(0, s²). uniform(b): U(±b).
    xavier: U(±√(6 / (in + out))) (Glorot & Bengio 2010). he: N(0, 2 / in) (He et al. 2015).
    orthogonal: Saxe et al. 2014. keras: Keras' defaults, kernels xavier, recurrent kernels
    orthogonal, biases zeros, the forget gate's one. With xavier, he and orthogonal what is no
    matrix is zeros.
    """
    shape = program.shapes[key]
    match scheme.name:
        case "torch":
            bound = 1.0 / np.sqrt(hidden)
            return generator.uniform(-bound, bound, shape)
        case "normal":
            return np.asarray(scheme.argument * generator.standard_normal(shape))
        case "uniform":
            return generator.uniform(-scheme.argument, scheme.argument, shape)
        case "keras":
            return _keras(generator, program, key, shape)
    if len(shape) < 2 or scheme.name == "zeros":
        return np.zeros(shape)
    return _matrix(generator, scheme.name, shape)


def _matrix(generator: np.random.Generator, scheme: str, shape: Shape) -> Array:
    fan_out, fan_in = shape  # rows are outputs, as in W @ x
    if scheme == "xavier":
        bound = np.sqrt(6.0 / (fan_in + fan_out))
        return generator.uniform(-bound, bound, shape)
    if scheme == "he":
        return np.asarray(np.sqrt(2.0 / fan_in) * generator.standard_normal(shape))
    tall = generator.standard_normal((max(shape), min(shape)))
    q, r = np.linalg.qr(tall)
    q = q * np.sign(np.diag(r))  # without this, the orthogonal matrices are not drawn evenly
    return np.ascontiguousarray(q if fan_out >= fan_in else q.T)


def _keras(generator: np.random.Generator, program: Program, key: str, shape: Shape) -> Array:
    if len(shape) == 2:
        scheme = "orthogonal" if _is_recurrent(program, key) else "xavier"
        return _matrix(generator, scheme, shape)
    return np.full(shape, 1.0 if _is_forget_bias(program, key) else 0.0)


def _is_recurrent(program: Program, key: str) -> bool:
    """Whether a matrix multiplies something of the timestep before."""
    return any(
        isinstance(node, Binary)
        and node.operator == "@"
        and isinstance(node.left, Name)
        and node.left.key == key
        and any(name.shift == -1 for name in names(node.right))
        for equation in program.model.equations
        for node in walk(equation.expression)
    )


def _is_forget_bias(program: Program, key: str) -> bool:
    """Whether a vector is the (first) bias of a gate that is described as a forget gate."""
    for equation in program.model.equations:
        if equation.role == "gate" and "forget" in equation.description:
            terms = [term.key for term in _terms(equation.expression) if isinstance(term, Name)]
            biases = [k for k in terms if k in program.model.parameters]
            if biases[:1] == [key]:
                return True
    return False


def _terms(node: Expression) -> tuple[Expression, ...]:
    """The terms of a sum, also within a function: a, b and c * d of sigmoid(a + b + c * d)."""
    if isinstance(node, Call) or (isinstance(node, Binary) and node.operator == "+"):
        return tuple(term for child in node.children() for term in _terms(child))
    return (node,)
