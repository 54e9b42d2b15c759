"""How a sequence file trains: its [training] table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from rnntui.data.fields import Fields, listed
from rnntui.data.initialisation_settings import Initialisation, read_initialisation
from rnntui.language.keys import derived
from rnntui.language.program import Program
from rnntui.language.shapes import Shape, describe
from rnntui.models.optimisers import BEFORE, OPTIMIZERS, rules_for
from rnntui.text.problems import near_name

Array = npt.NDArray[np.float64]

REDUCTIONS = ("sum", "mean")
SCHEDULES = ("constant", "step", "cosine")

_SQUARES = "v"  # what every optimiser calls its mean or sum of squared gradients

_HYPERPARAMETERS = tuple(
    dict.fromkeys(key for rule in (*OPTIMIZERS.values(), *BEFORE) for key in rule.settings)
)
_KEYS = (
    "optimizer",
    "learning_rate",
    *_HYPERPARAMETERS,
    "schedule",
    "step_size",
    "gamma",
    "minimum_learning_rate",
    "cosine_iterations",
    "iterations",
    "fixed",
    "reduction",
    "truncate",
    "batch",
    "seed",
    "initialisation",
)


@dataclass(frozen=True, eq=False)
class TrainingSettings:
    """Settings of training.

    learning_rate: of the first iteration. hyperparameters: the other settings of the optimiser
    and of what stands before it (clip_norm, clip_value, weight_decay), by PyTorch's names.
    schedule: how the rate goes on; step_size and gamma, or minimum_learning_rate and
    cosine_iterations, belong to it. iterations: how many the file is meant for, or None.
    fixed: parameters that are never updated. reduction: timesteps' losses are summed or averaged.
    truncate: chunk length of truncated backpropagation through time, or None.
    batch: sequences per iteration, None for the whole set. seed: of the initial parameters.
    optimizer_state: what the optimiser remembers at iteration 0, by key such as `m(W)`, after
    `steps_before` updates.
    """

    optimizer: str = "sgd"
    learning_rate: float = 0.1
    hyperparameters: Mapping[str, float] = field(default_factory=dict)
    schedule: str = "constant"
    step_size: int = 1
    gamma: float = 1.0
    minimum_learning_rate: float = 0.0
    cosine_iterations: int = 1
    iterations: int | None = None
    fixed: tuple[str, ...] = ()
    reduction: str = "sum"
    truncate: int | None = None
    batch: int | None = 1
    seed: int = 0
    initialisation: Initialisation = field(default_factory=Initialisation)
    optimizer_state: Mapping[str, Array] = field(default_factory=dict)
    steps_before: int = 0


def read_training(fields: Fields, parameters: Sequence[str]) -> TrainingSettings:
    """The [training] table; `parameters` are the model's, for the names under `fixed`."""
    default = TrainingSettings()
    fields.allow(_KEYS, "[training]")
    optimizer = fields.choice("optimizer", OPTIMIZERS, default.optimizer)
    iterations = fields.whole("iterations", 0) if "iterations" in fields else None
    batch = None if fields.data.get("batch") == "all" else _batch(fields)
    return TrainingSettings(
        optimizer=optimizer,
        learning_rate=fields.number("learning_rate", default.learning_rate, least=0.0),
        hyperparameters=_hyperparameters(fields, optimizer),
        iterations=iterations,
        fixed=_fixed(fields, parameters),
        reduction=fields.choice("reduction", REDUCTIONS, default.reduction),
        truncate=fields.whole("truncate", 1, least=1) if "truncate" in fields else None,
        batch=batch,
        seed=fields.whole("seed", default.seed, most=2**63),
        initialisation=read_initialisation(fields, "initialisation", parameters),
        **_schedule(fields, iterations),
    )


def _fixed(fields: Fields, parameters: Sequence[str]) -> tuple[str, ...]:
    fixed = fields.words("fixed")
    for number, name in enumerate(fixed):
        if parameters and name not in parameters:
            hint = near_name(name, parameters) or listed(parameters)
            fields.problem(f"`{name}` is not a parameter of the model", hint, "fixed", number)
    return fixed


def _hyperparameters(fields: Fields, optimizer: str) -> dict[str, float]:
    """The optimiser's settings with their defaults, and those that are given of what is before it."""
    defaults = OPTIMIZERS[optimizer].settings
    before = {key for rule in BEFORE for key in rule.settings}
    settings = {key: value for key, value in defaults.items() if value is not None}
    for key in _HYPERPARAMETERS:
        if key in fields and key not in defaults and key not in before:
            hint = f"it has {', '.join(defaults)}" if defaults else "it has none"
            fields.problem(f"`{key}` is not a setting of {optimizer}", hint, key)
        elif key in fields:
            settings[key] = fields.number(key, settings.get(key, 0.0), least=0.0)
    for key in ("beta1", "beta2", "alpha", "momentum"):
        if key in fields and settings.get(key, 0.0) >= 1.0:
            fields.problem(f"`{key}` is below 1", "such as 0.9", key)
    return settings


def _schedule(fields: Fields, iterations: int | None) -> dict[str, Any]:
    schedule = fields.choice("schedule", SCHEDULES, "constant")
    own = {
        "constant": (),
        "step": ("step_size", "gamma"),
        "cosine": ("minimum_learning_rate", "cosine_iterations"),
    }
    for name, keys in own.items():
        for key in keys:
            if key in fields and name != schedule:
                fields.problem(f"`{key}` belongs to another schedule", f'schedule = "{name}"', key)
    settings: dict[str, Any] = {"schedule": schedule}
    if schedule == "step":
        settings["step_size"] = fields.whole(
            "step_size", 0 if "step_size" in fields else 100, least=1
        )
        settings["gamma"] = fields.number("gamma", 0.1, least=0.0)
    if schedule == "cosine":
        if iterations is None and "cosine_iterations" not in fields:
            hint = "give iterations, or cosine_iterations"
            fields.problem("a cosine schedule needs its length", hint, "schedule")
        settings["minimum_learning_rate"] = fields.number("minimum_learning_rate", 0.0, least=0.0)
        settings["cosine_iterations"] = fields.whole("cosine_iterations", iterations or 1, least=1)
    return settings


def read_optimizer_state(
    fields: Fields, settings: TrainingSettings, program: Program
) -> TrainingSettings:
    """The settings with the [optimizer_state] table: `updates`, and states by parameter.

    For Adam: updates = 1, m = { W = [[…]] }, v = { W = [[…]] }.
    """
    if not fields.data:
        return settings
    states = OPTIMIZERS[settings.optimizer].states
    fields.allow(("updates", *states), f"[optimizer_state] of {settings.optimizer}")
    optimizer_state: dict[str, Array] = {}
    for state in states:
        if state not in fields:
            continue
        table = fields.table(state)
        for name in table.data:
            if name not in program.model.parameters:
                hint = near_name(name, program.model.parameters)
                table.problem(f"`{name}` is not a parameter of the model", hint, name)
                continue
            array = table.array(name)
            if array is None:
                continue
            if array.shape != program.shapes[name]:
                fitting, given = describe(program.shapes[name]), describe(array.shape)
                table.problem(f"`{name}` is {fitting}, and this is {given}", "", name)
            elif name in settings.fixed:
                table.problem(f"`{name}` is fixed", "what is never updated has no state", name)
            elif state == _SQUARES and np.any(array < 0):
                table.problem(f"`{state}` is made of squares", "none is below 0", name)
            else:
                array.setflags(write=False)
                optimizer_state[derived(state, name)] = array
    updates = fields.whole("updates", 0)
    return replace(settings, optimizer_state=optimizer_state, steps_before=updates)


def update_shapes(program: Program, settings: TrainingSettings) -> dict[str, Shape]:
    """The shape of what an update computes, by key: `m(W)` and the like, and the new values."""
    if program.model.objective is None:
        return {}
    free = [key for key in program.model.parameters if key not in settings.fixed]
    rules = rules_for(settings.optimizer, settings.hyperparameters)
    steps = [e.target for rule in rules for e in rule.equations if e.target != "updated"]
    computed = {derived(step, key): program.shapes[key] for key in free for step in steps}
    return computed | {key: program.shapes[key] for key in free}


def _batch(fields: Fields) -> int:
    if isinstance(fields.data.get("batch"), str):
        hint = '"all" for the whole set'
        fields.problem("`batch` is a number of sequences", hint, "batch")
        return 1
    return fields.whole("batch", 1, least=1)
