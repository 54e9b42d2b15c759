"""How a sequence file trains: its [training] table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from rnntui.data.fields import Fields, listed
from rnntui.text.problems import near_name

OPTIMIZERS = ("sgd",)
REDUCTIONS = ("sum", "mean")
INITIALISATIONS = ("torch",)


@dataclass(frozen=True)
class TrainingSettings:
    """Settings of training.

    learning_rate: step of gradient descent. iterations: how many the file is meant for, or None.
    fixed: parameters that are never updated. reduction: timesteps' losses are summed or averaged.
    batch: sequences per iteration, None for the whole set. seed: of the initial parameters.
    """

    optimizer: str = "sgd"
    learning_rate: float = 0.1
    iterations: int | None = None
    fixed: tuple[str, ...] = ()
    reduction: str = "sum"
    batch: int | None = 1
    seed: int = 0
    initialisation: str = "torch"


def read_training(fields: Fields, parameters: Sequence[str]) -> TrainingSettings:
    """The [training] table; `parameters` are the model's, for the names under `fixed`."""
    default = TrainingSettings()
    fields.allow(TrainingSettings.__dataclass_fields__, "[training]")
    fixed = fields.words("fixed")
    for number, name in enumerate(fixed):
        if parameters and name not in parameters:
            hint = near_name(name, parameters) or listed(parameters)
            fields.problem(f"`{name}` is not a parameter of the model", hint, "fixed", number)
    batch: int | None = None
    if fields.data.get("batch") != "all":
        batch = _batch(fields)
    return TrainingSettings(
        optimizer=fields.choice("optimizer", OPTIMIZERS, default.optimizer),
        learning_rate=fields.number("learning_rate", default.learning_rate, least=0.0),
        iterations=fields.whole("iterations", 0) if "iterations" in fields else None,
        fixed=fixed,
        reduction=fields.choice("reduction", REDUCTIONS, default.reduction),
        batch=batch,
        seed=fields.whole("seed", default.seed, most=2**63),
        initialisation=fields.choice("initialisation", INITIALISATIONS, default.initialisation),
    )


def _batch(fields: Fields) -> int:
    if isinstance(fields.data.get("batch"), str):
        hint = '"all" for the whole set'
        fields.problem("`batch` is a number of sequences", hint, "batch")
        return 1
    return fields.whole("batch", 1, least=1)
