"""Writes optimisers.json: fifty updates of a small recurrent network by torch.optim.

Run by hand where torch is installed (2.13.0, CPU, was used), from the root of the repository:

    python tests/reference/make_optimisers.py

`model`, `parameters` and `data` make the text of a sequence file without its [training]: a network
with a scalar, vectors, matrices and a learned initial state, and three sequences that take turns.
Each of `cases` has a [training] and an [optimizer_state] as a file has them, the parameters after
1 and after 50 updates, and of the 50th update the learning rate, the gradient as the optimiser got
it (clipped) and what the optimiser remembered. float64, all digits. The tests need no torch.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

UPDATES = 50
MODEL = """
cell = "h = tanh(W @ x + U @ h[t-1] + b)"
readout = "y = softmax(scale * (V @ h) + c)"
loss = "loss = cross_entropy(y, target)"
initial = { h = "tanh(H0)" }
"""
SHAPES = {"W": (4, 3), "U": (4, 4), "b": (4,), "V": (3, 4), "scale": (), "c": (3,), "H0": (4,)}

OPTIMISERS: dict[str, Callable[..., Any]] = {
    "sgd": torch.optim.SGD,
    "momentum": torch.optim.SGD,
    "nesterov": lambda p, **settings: torch.optim.SGD(p, nesterov=True, **settings),
    "adam": torch.optim.Adam,
    "adamw": torch.optim.AdamW,
    "rmsprop": torch.optim.RMSprop,
    "adagrad": torch.optim.Adagrad,
}
# Our names of what torch remembers.
STATES = {
    "momentum": {"velocity": "momentum_buffer"},
    "nesterov": {"velocity": "momentum_buffer"},
    "adam": {"m": "exp_avg", "v": "exp_avg_sq"},
    "adamw": {"m": "exp_avg", "v": "exp_avg_sq"},
    "rmsprop": {"v": "square_avg"},
    "adagrad": {"v": "sum"},
}

CASES: dict[str, dict[str, Any]] = {
    "sgd": {"optimizer": "sgd", "learning_rate": 0.2},
    "sgd with L2": {"optimizer": "sgd", "learning_rate": 0.2, "weight_decay": 0.03},
    "momentum": {"optimizer": "momentum", "learning_rate": 0.05},
    "momentum, little, L2": {
        "optimizer": "momentum", "learning_rate": 0.1, "momentum": 0.35, "weight_decay": 0.01,
    },
    "momentum of 0": {"optimizer": "momentum", "learning_rate": 0.1, "momentum": 0.0},
    "nesterov": {"optimizer": "nesterov", "learning_rate": 0.05},
    "nesterov, little, L2": {
        "optimizer": "nesterov", "learning_rate": 0.1, "momentum": 0.35, "weight_decay": 0.01,
    },
    "adam": {"optimizer": "adam", "learning_rate": 0.02},
    "adam, other settings": {
        "optimizer": "adam", "learning_rate": 0.05, "beta1": 0.6, "beta2": 0.95, "epsilon": 1e-3,
    },
    "adam with L2": {"optimizer": "adam", "learning_rate": 0.02, "weight_decay": 0.02},
    "adamw": {"optimizer": "adamw", "learning_rate": 0.02},
    "adamw, other settings": {
        "optimizer": "adamw", "learning_rate": 0.05, "beta1": 0.6, "beta2": 0.95,
        "epsilon": 1e-3, "weight_decay": 0.3,
    },
    "rmsprop": {"optimizer": "rmsprop", "learning_rate": 0.01},
    "rmsprop, other settings": {
        "optimizer": "rmsprop", "learning_rate": 0.02, "alpha": 0.7, "epsilon": 1e-3,
        "weight_decay": 0.01,
    },
    "adagrad": {"optimizer": "adagrad", "learning_rate": 0.1},
    "adagrad, other settings": {
        "optimizer": "adagrad", "learning_rate": 0.2, "epsilon": 1e-2, "weight_decay": 0.01,
    },
    "clipped by norm": {"optimizer": "sgd", "learning_rate": 0.2, "clip_norm": 0.5},
    "clipped by value": {"optimizer": "sgd", "learning_rate": 0.2, "clip_value": 0.05},
    "clipped by norm, then value, then L2": {
        "optimizer": "momentum", "learning_rate": 0.1, "clip_norm": 0.6, "clip_value": 0.1,
        "weight_decay": 0.05,
    },
    "adam, all of it": {
        "optimizer": "adam", "learning_rate": 0.05, "clip_norm": 0.6, "clip_value": 0.1,
        "weight_decay": 0.05, "schedule": "step", "step_size": 10, "gamma": 0.5,
    },
    "adamw, clipped": {"optimizer": "adamw", "learning_rate": 0.05, "clip_norm": 0.4},
    "fixed parameters take no part in the norm": {
        "optimizer": "sgd", "learning_rate": 0.2, "clip_norm": 0.3, "fixed": ["V", "scale", "H0"],
    },
    "schedule in steps": {
        "optimizer": "sgd", "learning_rate": 0.3, "schedule": "step", "step_size": 7, "gamma": 0.6,
    },
    "schedule along a cosine": {
        "optimizer": "momentum", "learning_rate": 0.1, "schedule": "cosine", "iterations": 50,
    },
    "a short cosine, and up again": {
        "optimizer": "adam", "learning_rate": 0.05, "schedule": "cosine", "cosine_iterations": 15,
        "minimum_learning_rate": 0.002,
    },
    "momentum, begun before": {"optimizer": "momentum", "learning_rate": 0.05, "begun": 3},
    "nesterov, begun before": {"optimizer": "nesterov", "learning_rate": 0.05, "begun": 3},
    "adam, begun before": {"optimizer": "adam", "learning_rate": 0.02, "begun": 7},
    "adamw, begun before": {"optimizer": "adamw", "learning_rate": 0.02, "begun": 7},
    "rmsprop, begun before": {"optimizer": "rmsprop", "learning_rate": 0.01, "begun": 3},
    "adagrad, begun before": {"optimizer": "adagrad", "learning_rate": 0.1, "begun": 3},
}  # fmt: skip


def loss_of(parameters: dict[str, Tensor], inputs: Tensor, targets: Tensor) -> Tensor:
    """The summed cross-entropy of one sequence."""
    h = torch.tanh(parameters["H0"])
    total = torch.zeros(())
    for x, target in zip(inputs, targets, strict=True):
        h = torch.tanh(parameters["W"] @ x + parameters["U"] @ h + parameters["b"])
        z = parameters["scale"] * (parameters["V"] @ h) + parameters["c"]
        total = total - target @ torch.log_softmax(z, 0)
    return total


def made(parameters: dict[str, Tensor], training: dict[str, Any]) -> Any:
    """The optimiser of a [training] table."""
    settings = {"lr": training["learning_rate"]}
    names = {"epsilon": "eps", "alpha": "alpha", "weight_decay": "weight_decay"}
    settings |= {theirs: training[ours] for ours, theirs in names.items() if ours in training}
    if training["optimizer"] in ("momentum", "nesterov"):
        settings["momentum"] = training.get("momentum", 0.9)
    if training["optimizer"] in ("adam", "adamw"):
        settings["betas"] = (training.get("beta1", 0.9), training.get("beta2", 0.999))
    return OPTIMISERS[training["optimizer"]](list(parameters.values()), **settings)


def scheduled(optimiser: Any, training: dict[str, Any]) -> Any:
    """The schedule of a [training] table."""
    schedules = torch.optim.lr_scheduler
    match training.get("schedule"):
        case "step":
            return schedules.StepLR(optimiser, training["step_size"], training["gamma"])
        case "cosine":
            period = training.get("cosine_iterations", training.get("iterations"))
            lowest = training.get("minimum_learning_rate", 0.0)
            return schedules.CosineAnnealingLR(optimiser, period, lowest)
    return schedules.LambdaLR(optimiser, lambda _: 1.0)


def begun(optimiser: Any, parameters: dict[str, Tensor], training: dict[str, Any]) -> Any:
    """Give the optimiser something to remember; the same as an [optimizer_state]."""
    updates = training.pop("begun", None)
    if updates is None:
        return {}
    found: dict[str, Any] = {"updates": updates}
    for ours, theirs in STATES[training["optimizer"]].items():
        found[ours] = {}
        for key, parameter in parameters.items():
            value = 0.1 * torch.randn(parameter.shape)
            value = value if ours in ("m", "velocity") else value**2
            optimiser.state[parameter][theirs] = value.clone()
            optimiser.state[parameter]["step"] = torch.tensor(float(updates))
            found[ours][key] = value.tolist()
    return found


def case_reference(
    case: dict[str, Any], start: dict[str, Tensor], data: list[tuple[Tensor, Tensor]]
) -> Any:
    """Fifty updates."""
    torch.manual_seed(1)
    training = dict(case)
    parameters = {
        key: value.clone().requires_grad_(key not in training.get("fixed", []))
        for key, value in start.items()
    }
    free = {key: value for key, value in parameters.items() if value.requires_grad}
    optimiser = made(free, training)
    schedule = scheduled(optimiser, training)
    optimizer_state = begun(optimiser, free, training)
    found: dict[str, Any] = {"training": training, "optimizer_state": optimizer_state}
    for update in range(UPDATES):
        optimiser.zero_grad()
        loss_of(parameters, *data[update % len(data)]).backward()
        if "clip_norm" in training:
            torch.nn.utils.clip_grad_norm_(free.values(), training["clip_norm"])
        if "clip_value" in training:
            torch.nn.utils.clip_grad_value_(free.values(), training["clip_value"])
        optimiser.step()
        if update == 0:
            found["after_1"] = {key: value.tolist() for key, value in parameters.items()}
        if update == UPDATES - 1:
            found["learning_rate"] = optimiser.param_groups[0]["lr"]
        schedule.step()
    found["gradients"] = {key: value.grad.tolist() for key, value in free.items()}
    found["remembered"] = {
        f"{ours}({key})": optimiser.state[value][theirs].tolist()
        for ours, theirs in STATES.get(training["optimizer"], {}).items()
        for key, value in free.items()
        if theirs in optimiser.state[value]  # a momentum of 0 remembers nothing
    }
    found["after_50"] = {key: value.tolist() for key, value in parameters.items()}
    return found


def sequences() -> Iterator[tuple[Tensor, Tensor]]:
    """Three sequences of unlike lengths."""
    for length in (4, 6, 3):
        yield torch.randn(length, 3), torch.softmax(2 * torch.randn(length, 3), dim=1)


def main() -> None:
    """Write optimisers.json beside this file."""
    torch.set_default_dtype(torch.float64)
    torch.set_num_threads(1)
    torch.manual_seed(0)
    start = {key: 0.7 * torch.randn(shape) for key, shape in SHAPES.items()}
    data = list(sequences())
    reference = {
        "torch": torch.__version__,
        "model": MODEL,
        "parameters": {key: value.tolist() for key, value in start.items()},
        "data": {
            "values": [inputs.tolist() for inputs, _ in data],
            "targets": [targets.tolist() for _, targets in data],
        },
        "cases": {name: case_reference(case, start, data) for name, case in CASES.items()},
    }
    text = json.dumps(reference, separators=(",", ":")).replace('},"', '},\n"')
    Path(__file__).with_name("optimisers.json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
