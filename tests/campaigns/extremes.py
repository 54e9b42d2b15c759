"""Sequence files whose numbers are as large, as small, as many or as few as they can be."""

from __future__ import annotations

from random import Random
from typing import Any

import numpy as np

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.models.library import model_names
from rnntui.text.problems import InputError

from .cases import Case

_NUMBERS = (
    0.0, -0.0, 1.0, -1.0, 0.5, 3.0, 1e308, -1e308, 1.7976931348623157e308, 5e-324, -5e-324,
    2.2250738585072014e-308, 1e-160, 1e160, -1e155, 710.0, -746.0, 36.8, 1e16, 1e-17, 88.7,
)  # fmt: skip
_POSITIVE = tuple(number for number in _NUMBERS if number > 0)
_OWN = (
    "h = w * x + u * h[t-1]",
    "h = exp(w * x) / (u - h[t-1])",
    "h = log(w * x) + sqrt(u * h[t-1])",
    "h = (w * x) ** (u + h[t-1])",
    "h = layer_norm(w * x + u * h[t-1])",
    "h = softmax(w * x + u) * norm(h[t-1]) / sum(x)",
    "h = where(x > u * h[t-1], w / x, log_softmax(x))",
    "h = maximum(w * x, minimum(u * h[t-1], softplus(x))) + abs(x) ** 0.5",
)
_LOSSES = (
    "squared_error(y, target)", "mean_squared_error(y, target)", "cross_entropy(softmax(y), target)",
    "binary_cross_entropy(sigmoid(y), target)", "kl_divergence(y, target)",
)  # fmt: skip
_OPTIMIZERS = ("sgd", "momentum", "nesterov", "adam", "adamw", "rmsprop", "adagrad")
_INITIALISATIONS = (
    "torch", "keras", "xavier", "he", "orthogonal", "zeros", "normal(1e300)", "uniform(1e300)",
    "normal(1e-320)", "uniform(1e308)", "normal(1e308)",
)  # fmt: skip
_KEYS = (
    ".", ".", "right", "right", "enter", "enter", "end", ".", ".", "left", "tab", "f", "enter", "pagedown",
    "f", "down", "down", "backspace", "space", "space", "home", "up", "shift+right", "t", "r", "ctrl+right",
    "question_mark", "escape",
)  # fmt: skip


def case(seed: int, number: int, application: bool) -> Case:
    """The case of a number: a file, and what is done with it: a command, or keys of the application."""
    random = Random(f"{seed}:{number}:{application}")
    text = _file(random, application)
    if application:
        keys = [key for _ in range(2) for key in random.sample(_KEYS, len(_KEYS))]
        return Case({"f.toml": text.encode()}, ("open", *keys), "f.toml")
    return Case({"f.toml": text.encode()}, _command(random), "f.toml")


def _command(random: Random) -> tuple[str, ...]:
    match random.randrange(8):
        case 0:
            return ("check", "f.toml", *random.choice(((), ("--json",))))
        case 1 | 2:
            as_ = random.choice(("json", "jsonl", "csv"))
            return ("trace", "f.toml", "--format", as_, "--iteration", random.choice("0012"))
        case 3:
            as_ = random.choice(("text", "markdown", "latex", "html"))
            digits = random.choice(("0", "2", "15"))
            iteration = random.choice("001")
            return (
                "explain",
                "f.toml",
                "--t",
                "1",
                "--format",
                as_,
                "--digits",
                digits,
                "--iteration",
                iteration,
            )
        case _:
            more = random.choice(((), (), ("--json",), ("--until", "loss > 1e300")))
            return ("train", "f.toml", "--iterations", "3", "--engine", "numpy", *more)


def _file(random: Random, application: bool) -> str:
    length = random.choice((1, 1, 2, 3, 7, 40 if application else 300))
    size = random.choice((1, 2, 3))
    model = random.choice(_OWN) if random.random() < 0.4 else random.choice(model_names())
    lines = ["title = 'Extreme'"]
    if model in _OWN:
        loss = random.choice(_LOSSES)
        lines += [f"[model]\ncell = '{model}'\nreadout = 'y = h'\nloss = 'loss = {loss}'"]
    else:
        lines += [f"model = '{model}'", "[sizes]", f"hidden = {random.choice((1, 2))}"]
    lines += ["[data]", *_data(random, length, size), *_training(random)]
    whole = "\n".join(lines) + "\n"
    shapes = _shapes(whole)
    if shapes and random.random() < 0.8:
        given = {key: shape for key, shape in shapes.items() if random.random() < 0.7}
        pool = random.choice((_NUMBERS, _NUMBERS, (random.choice(_NUMBERS), 1.0)))
        values = [f"{key} = {_array(random, pool, shape)}" for key, shape in given.items()]
        whole += "\n".join(["[parameters]", *values]) + "\n"
    if random.random() < 0.3:
        whole += f"[[expect]]\nat = {{ t = 1 }}\nvalues = {{ h = {random.choice(_NUMBERS)!r} }}\n"
        whole += f"tolerance = {random.choice(_POSITIVE)!r}\n"
    return whole


def _data(random: Random, length: int, size: int) -> list[str]:
    if random.random() < 0.3:
        symbols = "".join(random.choice("AB") for _ in range(length))
        alphabet = f"{{ A = {_array(random, _NUMBERS, (size,))}, B = {_array(random, _NUMBERS, (size,))} }}"
        return [f"alphabet = {alphabet}", f"sequence = '{symbols}'", "targets = 'next'"]
    pool = random.choice((_NUMBERS, (0.0, 1.0), (random.choice(_NUMBERS),)))
    targets = random.choice((_NUMBERS, (0.0, 1.0)))
    lines = [f"values = {_array(random, pool, (length, size))}"]
    if random.random() < 0.9:
        lines.append(f"targets = {_array(random, targets, (length, size))}")
    if random.random() < 0.2:
        lines.append(f"mask = {_array(random, (0.0, 1.0, 1e-308, 1e308), (length,))}")
    return lines


def _training(random: Random) -> list[str]:
    optimizer = random.choice(_OPTIMIZERS)
    lines = [
        "[training]",
        f"optimizer = '{optimizer}'",
        f"learning_rate = {random.choice(_POSITIVE)!r}",
    ]
    numbers = ["clip_norm", "clip_value", "weight_decay"]
    numbers += ["epsilon"] if optimizer in ("adam", "adamw", "rmsprop") else []
    chosen = [key for key in numbers if random.random() < 0.15]
    lines += [f"{key} = {random.choice(_POSITIVE)!r}" for key in chosen]
    lines += random.choice(([], [], [], ["truncate = 1"], ["truncate = 2"]))
    if random.random() < 0.3:
        lines.append(f"initialisation = '{random.choice(_INITIALISATIONS)}'")
    lines.append(f"reduction = '{random.choice(('sum', 'mean'))}'")
    return lines


def _shapes(text: str) -> dict[str, tuple[int, ...]]:
    """Of the parameters, if the file can be read."""
    try:
        program = parse_sequence_file(text).program
    except InputError:
        return {}
    return {key: program.shapes[key] for key in program.model.parameters}


def _array(random: Random, pool: tuple[float, ...], shape: tuple[int, ...]) -> Any:
    drawn = [random.choice(pool) for _ in range(int(np.prod(shape)))]
    return np.array(drawn).reshape(shape).tolist()
