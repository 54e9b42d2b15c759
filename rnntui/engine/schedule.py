"""Learning-rate schedules: the rate of each iteration."""

from __future__ import annotations

import math

from rnntui.data.training_settings import TrainingSettings


def learning_rate(settings: TrainingSettings, iteration: int) -> float:
    """The learning rate of an iteration, counted from 0.

    constant: always the same. step: times `gamma` every `step_size` iterations (torch's StepLR).
    cosine: along half a cosine from `learning_rate` to `minimum_learning_rate` over
    `cosine_iterations` (Loshchilov & Hutter 2017; torch's CosineAnnealingLR, in closed form).
    """
    rate = settings.learning_rate
    match settings.schedule:
        case "step":
            return float(rate * settings.gamma ** (iteration // settings.step_size))
        case "cosine":
            lowest, period = settings.minimum_learning_rate, settings.cosine_iterations
            share = (1 + math.cos(math.pi * iteration / period)) / 2
            return lowest + (rate - lowest) * share
    return rate
