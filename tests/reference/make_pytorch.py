"""Writes pytorch.json: values and gradients of PyTorch that the engine's tests compare with.

Run by hand where torch is installed (2.13.0, CPU, was used), from the root of the repository:

    python tests/reference/make_pytorch.py

The seeds are fixed and everything is float64, written with all digits. The file has two lists.
`cells`: nn.RNN (tanh), nn.LSTM and nn.GRU with a Linear readout and cross-entropy against
probabilities, parameters under the names of our models. `functions`: single functions, with the
gradient of Σ weights·f. The tests read the file alone; they need no torch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
import torch.nn.functional as F  # noqa: N812, the name that PyTorch's users know
from torch import Tensor, nn

CELLS = {"elman": (nn.RNN, ("h",)), "lstm": (nn.LSTM, "ifgo"), "gru": (nn.GRU, "rzn")}
# hidden, input, output, T, whether the initial state is not zero, reduction
SHAPES = [
    (1, 1, 2, 1, False, "sum"),
    (2, 3, 2, 5, True, "sum"),
    (3, 1, 4, 7, False, "sum"),
    (5, 2, 3, 12, True, "mean"),
    (8, 6, 5, 12, True, "sum"),
    (8, 4, 2, 12, False, "sum"),
]


def cell_reference(model: str, seed: int, shape: tuple[int, int, int, int, bool, str]) -> Any:
    """One sequence through one cell, forward and backward."""
    hidden, inputs, outputs, length, started, reduction = shape
    torch.manual_seed(seed)
    make, gates = CELLS[model]
    cell, readout = make(inputs, hidden), nn.Linear(hidden, outputs)
    with torch.no_grad():  # larger than PyTorch's own values, so that the gates are used
        for parameter in [*cell.parameters(), *readout.parameters()]:
            parameter.copy_(torch.randn(parameter.shape))
    x = torch.randn(length, inputs)
    target = torch.softmax(2 * torch.randn(length, outputs), dim=1)
    states = ["h", "c"] if model == "lstm" else ["h"]
    start = {key: torch.randn(hidden) if started else torch.zeros(hidden) for key in states}
    for state in start.values():
        state.requires_grad_()

    steps: dict[str, list[Tensor]] = {key: [] for key in states}
    now = start
    for t in range(length):
        given = tuple(state[None] for state in now.values())
        _, after = cell(x[t : t + 1], given if model == "lstm" else given[0])
        after = after if model == "lstm" else (after,)
        now = dict(zip(states, (state[0] for state in after), strict=True))
        for key in states:
            steps[key].append(now[key])
    logits = readout(torch.stack(steps["h"]))
    losses = F.cross_entropy(logits, target, reduction="none")
    loss = losses.sum() if reduction == "sum" else losses.mean()
    loss.backward()
    return {
        "model": model,
        "seed": seed,
        "hidden": hidden,
        "reduction": reduction,
        "x": x.tolist(),
        "target": target.tolist(),
        "initial": {key: state.tolist() for key, state in start.items()},
        "parameters": our_parameters(cell, readout, gates, lambda p: p),
        "states": {key: torch.stack(values).tolist() for key, values in steps.items()},
        "logits": logits.tolist(),
        "y": torch.softmax(logits, dim=1).tolist(),
        "losses": losses.tolist(),
        "loss": loss.item(),
        "gradients": our_parameters(cell, readout, gates, lambda p: p.grad),
        "initial_gradients": {key: state.grad.tolist() for key, state in start.items()},
    }


def our_parameters(
    cell: nn.Module, readout: nn.Linear, gates: Any, take: Callable[[Tensor], Tensor]
) -> dict[str, Any]:
    """PyTorch's stacked weights as one matrix a gate, under our models' names."""
    found = {}
    for kind, letter in (("ih", "i"), ("hh", "h")):
        for prefix, stacked in (("W", f"weight_{kind}_l0"), ("b", f"bias_{kind}_l0")):
            for gate, part in zip(
                gates, take(getattr(cell, stacked)).chunk(len(gates)), strict=True
            ):
                found[f"{prefix}_{letter}{gate}"] = part.tolist()
    return found | {"W_hy": take(readout.weight).tolist(), "b_y": take(readout.bias).tolist()}


def function_references() -> Iterator[Any]:
    """Every function at random arguments, and where it has an edge, there too."""
    torch.manual_seed(0)
    several = [torch.randn(4), 3 * torch.randn(3), torch.randn(1)]
    kinks = [*several, torch.tensor([0.0, -1.5, 2.0, 0.0])]
    far = [*several, torch.tensor([-800.0, -40.0, 0.0, 40.0, 800.0])]
    above = [torch.rand(4) + 0.1, 5 * torch.rand(3) + 0.01]
    ones: list[tuple[str, Callable[[Tensor], Tensor], list[Tensor]]] = [
        ("sigmoid(a)", torch.sigmoid, far),
        ("tanh(a)", torch.tanh, far),
        ("relu(a)", torch.relu, kinks),
        # F.softplus is linear above its threshold of 20, which costs it half its digits there
        ("softplus(a)", lambda a: torch.logaddexp(a, torch.zeros_like(a)), far),
        ("exp(a)", torch.exp, several),
        ("log(a)", torch.log, above),
        ("sqrt(a)", torch.sqrt, above),
        ("abs(a)", torch.abs, kinks),
        ("sign(a)", torch.sign, kinks),
        ("softmax(a)", lambda a: torch.softmax(a, 0), far),
        ("log_softmax(a)", lambda a: torch.log_softmax(a, 0), far),
        ("layer_norm(a)", lambda a: F.layer_norm(a, a.shape), [*far, torch.full((3,), 0.7)]),
        ("norm(a)", torch.linalg.vector_norm, [*kinks, torch.zeros(3)]),
        ("sum(a)", torch.sum, several),
        ("mean(a)", torch.mean, several),
        ("a ** 2", lambda a: a**2, kinks),
        ("a ** 3", lambda a: a**3, kinks),
        ("a ** -1.5", lambda a: a**-1.5, above),
        ("2 ** a", lambda a: 2**a, several),
        ("concat(a[1:], a[0], a)", lambda a: torch.cat([a[1:], a[:1], a]), several[:2]),
    ]
    for equation, function, arguments in ones:
        for a in arguments:
            yield function_reference(equation, lambda a, f=function: f(a), {"a": a})
    yield from pair_references()
    yield from later_references()


def later_references() -> Iterator[Any]:
    """Functions that came later, with a seed of their own."""
    torch.manual_seed(1)
    several = [torch.randn(4), 3 * torch.randn(3), torch.randn(1)]
    kinks = [*several, torch.tensor([0.5, -1.5, 3.5, -3.5])]
    ties = [*several, torch.tensor([2.0, -1.0, 2.0, -1.0])]
    far = [*several, torch.tensor([-800.0, -40.0, 0.5, 40.0, 800.0])]
    above = [torch.rand(4) + 0.1, 5 * torch.rand(3) + 0.01]
    ones: list[tuple[str, Callable[[Tensor], Tensor], list[Tensor]]] = [
        ("silu(a)", F.silu, far),
        ("gelu(a)", F.gelu, several),
        ("gelu_tanh(a)", lambda a: F.gelu(a, approximate="tanh"), several),
        ("elu(a)", F.elu, far),
        ("logsigmoid(a)", F.logsigmoid, far),
        ("leaky_relu(a)", F.leaky_relu, kinks),
        # the derivative of F.hardsigmoid is 1/6 in single precision
        ("hard_sigmoid(a)", lambda a: torch.clamp(a / 6 + 0.5, 0, 1), kinks),
        ("hard_tanh(a)", F.hardtanh, kinks),
        ("clip(a, -1, 2)", lambda a: torch.clamp(a, -1, 2), [*kinks, torch.tensor([-1.0, 2.0])]),
        ("normalize(a)", lambda a: F.normalize(a, dim=0), several),
        ("logsumexp(a)", lambda a: torch.logsumexp(a, 0), far),
        ("sin(a)", torch.sin, several),
        ("cos(a)", torch.cos, several),
        ("floor(a)", torch.floor, kinks),
        ("erf(a)", torch.erf, several),
        ("log1p(a)", torch.log1p, above),
        ("expm1(a)", torch.expm1, several),
        ("max(a)", torch.amax, ties),
        ("min(a)", torch.amin, ties),
        ("cumsum(a)", lambda a: torch.cumsum(a, 0), several),
    ]
    for equation, function, arguments in ones:
        for a in arguments:
            yield function_reference(equation, lambda a, f=function: f(a), {"a": a})
    b = torch.tensor([0.7, -2.0, 1.5, 0.4])
    for a in (torch.randn(4), 5 * torch.randn(4)):
        yield function_reference("mod(a, b)", torch.remainder, {"a": a, "b": b})
        yield function_reference(
            "xlogy(a, b ** 2)", lambda a, b: torch.xlogy(a, b**2), {"a": a, "b": b}
        )


def pair_references() -> Iterator[Any]:
    """Functions of two arguments, with ties; losses, with targets of 0 and 1."""
    pairs = [
        (torch.randn(4), torch.randn(4)),
        (torch.tensor([1.0, 0, -2]), torch.tensor([1.0, 0, 3])),
    ]
    twos: list[tuple[str, Callable[[Tensor, Tensor], Tensor]]] = [
        ("a * b", torch.mul),
        ("minimum(a, b)", torch.minimum),
        ("maximum(a, b)", torch.maximum),
        ("where(a < b, a, 2 * b)", lambda a, b: torch.where(a < b, a, 2 * b)),
        ("where(a >= b, a, 2 * b)", lambda a, b: torch.where(a >= b, a, 2 * b)),
        ("dot(a, b)", torch.dot),
        ("dot(b, a)", lambda a, b: torch.dot(b, a)),
        ("outer(a, b)", torch.outer),
        ("squared_error(a, b)", lambda a, b: 0.5 * F.mse_loss(a, b, reduction="sum")),
        ("mean_squared_error(a, b)", F.mse_loss),
    ]
    for equation, function in twos:
        for a, b in pairs:
            yield function_reference(equation, function, {"a": a, "b": b})
    positive = torch.rand(4) + 0.2
    yield function_reference("a / b", torch.div, {"a": torch.randn(4), "b": positive})
    yield function_reference("a ** b", torch.pow, {"a": positive, "b": torch.randn(4)})
    matrix, columns = torch.randn(3, 4), torch.randn(4, 2)
    yield function_reference("a @ b", torch.matmul, {"a": matrix, "b": torch.randn(4)})
    yield function_reference("a @ b", torch.matmul, {"a": torch.randn(3), "b": matrix})
    yield function_reference("a @ b", torch.matmul, {"a": matrix, "b": columns})
    yield function_reference("a.T @ b", lambda a, b: a.T @ b, {"a": matrix, "b": torch.randn(3)})

    sure, soft = torch.tensor([0.0, 1.0, 0.0]), torch.softmax(torch.randn(3), 0)
    y = torch.softmax(torch.randn(3), 0)
    losses: list[tuple[str, Callable[[Tensor, Tensor], Tensor]]] = [
        ("cross_entropy(a, b)", lambda a, b: -torch.xlogy(b, a).sum()),
        ("binary_cross_entropy(a, b)", lambda a, b: F.binary_cross_entropy(a, b, reduction="sum")),
        ("kl_divergence(a, b)", lambda a, b: F.kl_div(a.log(), b, reduction="sum")),
        (
            "binary_kl_divergence(a, b)",
            lambda a, b: F.kl_div(torch.stack([a, 1 - a]).log(), torch.stack([b, 1 - b]),
                                  reduction="sum"),
        ),
    ]  # fmt: skip
    for equation, function in losses:
        both = ("a", "b") if "binary_cross" not in equation else ("a",)
        yield function_reference(equation, function, {"a": y, "b": soft}, both)
        # at a target of 0 the divergences have no finite gradient with respect to it
        yield function_reference(equation, function, {"a": y, "b": sure}, ("a",))


def function_reference(
    equation: str,
    function: Callable[..., Tensor],
    arguments: dict[str, Tensor],
    wanted: tuple[str, ...] = ("a", "b"),
) -> Any:
    """The value of one function, and the gradient of Σ weights·value for the arguments wanted."""
    wanted = tuple(key for key in wanted if key in arguments)
    leaves = {key: value.clone().requires_grad_(key in wanted) for key, value in arguments.items()}
    value = function(*leaves.values())
    weights = torch.randn(value.shape)
    if value.requires_grad:
        (value * weights).sum().backward()
    return {
        "equation": equation,
        "arguments": {key: leaf.tolist() for key, leaf in leaves.items()},
        "weights": weights.tolist(),
        "value": value.tolist(),
        "gradients": {key: leaves[key].grad.tolist() for key in wanted},
    }


def main() -> None:
    """Write pytorch.json beside this file."""
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    reference = {
        "torch": torch.__version__,
        "cells": [
            cell_reference(model, 100 * number + seed, shape)
            for model in CELLS
            for number, shape in enumerate(SHAPES)
            for seed in range(2 if shape[0] < 8 else 1)
        ],
        "functions": list(function_references()),
    }
    text = json.dumps(reference, separators=(",", ":")).replace('},{"', '},\n{"')
    Path(__file__).with_name("pytorch.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
