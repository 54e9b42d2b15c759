"""Optimisers as text: how a gradient changes a parameter, in equations of the same language.

In them `parameter` and `gradient` stand for one parameter's value and averaged gradient, `updated`
is its new value, `step` the number of this update, counted from 1. `name[t-1]` is a value of the
update before, zeros at first. The other names are settings of [training], here with their defaults.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property

from rnntui.language.parse import parse_equations
from rnntui.language.tree import Equation, names


@dataclass(frozen=True)
class Rule:
    """A piece of an update: from `gradient` to the name its last line assigns.

    settings: those it needs beside `learning_rate`, with defaults (None: has to be given).
    """

    name: str
    text: str
    source: str
    settings: Mapping[str, float | None] = field(default_factory=dict)

    @cached_property
    def equations(self) -> tuple[Equation, ...]:
        """The lines of the rule."""
        return parse_equations(self.text)

    @cached_property
    def states(self) -> tuple[str, ...]:
        """What it remembers from one update to the next."""
        used = [n.key for e in self.equations for n in names(e.expression) if n.shift == -1]
        return tuple(dict.fromkeys(used))


_RULES = (
    Rule(
        "sgd",
        """
change = -learning_rate * gradient     # step against the gradient
updated = parameter + change           # new value
""",
        "Robbins & Monro 1951; torch.optim.SGD",
    ),
    Rule(
        "momentum",
        """
velocity = momentum * velocity[t-1] + gradient      # velocity
change = -learning_rate * velocity                  # step along the velocity
updated = parameter + change                        # new value
""",
        "Polyak 1964; torch.optim.SGD with momentum, without dampening",
        {"momentum": 0.9},
    ),
    Rule(
        "nesterov",
        """
velocity = momentum * velocity[t-1] + gradient                          # velocity
change = -learning_rate * (gradient + momentum * velocity)              # step, looking ahead
updated = parameter + change                                            # new value
""",
        "Nesterov 1983, Sutskever et al. 2013; torch.optim.SGD with nesterov",
        {"momentum": 0.9},
    ),
    Rule(
        "adam",
        """
m = beta1 * m[t-1] + (1 - beta1) * gradient                   # first moment
v = beta2 * v[t-1] + (1 - beta2) * gradient ** 2              # second moment
m_hat = m / (1 - beta1 ** step)                               # first moment, bias corrected
v_hat = v / (1 - beta2 ** step)                               # second moment, bias corrected
change = -learning_rate * m_hat / (sqrt(v_hat) + epsilon)     # step
updated = parameter + change                                  # new value
""",
        "Kingma & Ba 2015, algorithm 1; torch.optim.Adam",
        {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8},
    ),
    Rule(
        "adamw",
        """
decayed = parameter - learning_rate * weight_decay * parameter  # decay, apart from the gradient
m = beta1 * m[t-1] + (1 - beta1) * gradient                   # first moment
v = beta2 * v[t-1] + (1 - beta2) * gradient ** 2              # second moment
m_hat = m / (1 - beta1 ** step)                               # first moment, bias corrected
v_hat = v / (1 - beta2 ** step)                               # second moment, bias corrected
change = -learning_rate * m_hat / (sqrt(v_hat) + epsilon)     # step
updated = decayed + change                                    # new value
""",
        "Loshchilov & Hutter 2019; torch.optim.AdamW",
        {"beta1": 0.9, "beta2": 0.999, "epsilon": 1e-8, "weight_decay": 0.01},
    ),
    Rule(
        "rmsprop",
        """
v = alpha * v[t-1] + (1 - alpha) * gradient ** 2                 # mean square
change = -learning_rate * gradient / (sqrt(v) + epsilon)         # step
updated = parameter + change                                     # new value
""",
        "Hinton 2012, lecture 6e; torch.optim.RMSprop",
        {"alpha": 0.99, "epsilon": 1e-8},
    ),
    Rule(
        "adagrad",
        """
v = v[t-1] + gradient ** 2                                       # sum of squares
change = -learning_rate * gradient / (sqrt(v) + epsilon)         # step
updated = parameter + change                                     # new value
""",
        "Duchi, Hazan & Singer 2011; torch.optim.Adagrad",
        {"epsilon": 1e-10},
    ),
)

OPTIMIZERS: dict[str, Rule] = {rule.name: rule for rule in _RULES}

# What may stand before the optimiser, in this order; each is used when its setting is given.
# `gradient_norm` is the Euclidean norm of all updated parameters' gradients together.
BEFORE: tuple[Rule, ...] = (
    Rule(
        "clip_norm",
        "clipped = gradient * minimum(1, clip_norm / (gradient_norm + 1e-06))  # clipped by norm",
        "Pascanu et al. 2013; torch.nn.utils.clip_grad_norm_",
        {"clip_norm": None},
    ),
    Rule(
        "clip_value",
        "bounded = maximum(minimum(gradient, clip_value), -clip_value)  # clipped by value",
        "torch.nn.utils.clip_grad_value_",
        {"clip_value": None},
    ),
    Rule(
        "weight_decay",
        "regularised = gradient + weight_decay * parameter  # gradient with the L2 penalty's",
        "L2 regularisation; weight_decay of torch.optim",
        {"weight_decay": None},
    ),
)


def rules_for(optimizer: str, given: Mapping[str, float]) -> tuple[Rule, ...]:
    """The rules of an update in order, for an optimiser and the settings that a file gives."""
    rule = OPTIMIZERS[optimizer]
    before = [piece for piece in BEFORE if piece.name in given and piece.name not in rule.settings]
    return (*before, rule)
