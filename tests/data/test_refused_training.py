"""[training], [optimizer_state], [metrics] and tasks that are refused, and what is said.

The cases are written as in test_refused_files.py: a text, a line of dashes, what is printed.
"""
# ruff: noqa: E501  (what is printed stands on one line)

from __future__ import annotations

import pytest

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.text.problems import InputError

HEAD = """\
model = "elman"
sizes.hidden = 2

[data]
one_hot = "AB"
sequence = "ABA"
targets = "BAB"

"""
TASK = """\
model = "srn"
sizes.hidden = 2

[data]
task = "anbn"

"""

# What stands under [training].
TRAINING = r"""
optimizer = "adamm"
-----
f.toml, line 10, column 13: `optimizer` cannot be `adamm`; did you mean `adam`?
    optimizer = "adamm"
                ^
=====
optimizer = 3
-----
f.toml, line 10, column 13: `optimizer` cannot be `3`; there are sgd, momentum, nesterov, adam, adamw, rmsprop, adagrad
    optimizer = 3
                ^
=====
optimizer = ["adam"]
-----
f.toml, line 10, column 13: `optimizer` cannot be a list; did you mean `adam`?
    optimizer = ["adam"]
                ^
=====
beta1 = 0.9
-----
f.toml, line 10, column 9: `beta1` is not a setting of sgd; it has none
    beta1 = 0.9
            ^
=====
optimizer = "adam"
momentum = 0.9
-----
f.toml, line 11, column 12: `momentum` is not a setting of adam; it has beta1, beta2, epsilon
    momentum = 0.9
               ^
=====
optimizer = "adam"
beta1 = 1
-----
f.toml, line 11, column 9: `beta1` is below 1; such as 0.9
    beta1 = 1
            ^
=====
optimizer = "adam"
beta2 = -0.1
-----
f.toml, line 11, column 9: `beta2` is a finite number from 0 on; not `-0.1`
    beta2 = -0.1
            ^
=====
optimizer = "adam"
beta2 = "0.9"
-----
f.toml, line 11, column 9: `beta2` is a finite number from 0 on; not `0.9`
    beta2 = "0.9"
            ^
=====
optimizer = "rmsprop"
alpha = 1.5
-----
f.toml, line 11, column 9: `alpha` is below 1; such as 0.9
    alpha = 1.5
            ^
=====
optimizer = "momentum"
momentum = nan
-----
f.toml, line 11, column 12: `momentum` is a finite number from 0 on; not `nan`
    momentum = nan
               ^
=====
optimizer = "adam"
epsilon = -1e-8
-----
f.toml, line 11, column 11: `epsilon` is a finite number from 0 on; not `-1e-08`
    epsilon = -1e-8
              ^
=====
optimizer = "adam"
betas = [0.9, 0.999]
-----
f.toml, line 11, column 1: `betas` is not a key of [training]; did you mean `beta2`?
    betas = [0.9, 0.999]
    ^
=====
clip_norm = -1
-----
f.toml, line 10, column 13: `clip_norm` is a finite number from 0 on; not `-1`
    clip_norm = -1
                ^
=====
clip_value = inf
-----
f.toml, line 10, column 14: `clip_value` is a finite number from 0 on; not `inf`
    clip_value = inf
                 ^
=====
clip_norm = true
-----
f.toml, line 10, column 13: `clip_norm` is a finite number from 0 on; not `true`
    clip_norm = true
                ^
=====
weight_decay = "L2"
-----
f.toml, line 10, column 16: `weight_decay` is a finite number from 0 on; not `L2`
    weight_decay = "L2"
                   ^
=====
weight_decay = -0.01
-----
f.toml, line 10, column 16: `weight_decay` is a finite number from 0 on; not `-0.01`
    weight_decay = -0.01
                   ^
=====
schedule = "linear"
-----
f.toml, line 10, column 12: `schedule` cannot be `linear`; there are constant, step, cosine
    schedule = "linear"
               ^
=====
schedule = "cosine"
-----
f.toml, line 10, column 12: a cosine schedule needs its length; give iterations, or cosine_iterations
    schedule = "cosine"
               ^
=====
schedule = "step"
step_size = 0
-----
f.toml, line 11, column 13: `step_size` is a whole number from 1 on; not `0`
    step_size = 0
                ^
=====
schedule = "step"
step_size = 2.5
gamma = -1
-----
f.toml, line 11, column 13: `step_size` is a whole number from 1 on; not `2.5`
    step_size = 2.5
                ^
f.toml, line 12, column 9: `gamma` is a finite number from 0 on; not `-1`
    gamma = -1
            ^
=====
gamma = 0.5
-----
f.toml, line 10, column 9: `gamma` belongs to another schedule; schedule = "step"
    gamma = 0.5
            ^
=====
schedule = "cosine"
iterations = 10
gamma = 0.5
-----
f.toml, line 12, column 9: `gamma` belongs to another schedule; schedule = "step"
    gamma = 0.5
            ^
=====
schedule = "cosine"
cosine_iterations = 0
-----
f.toml, line 11, column 21: `cosine_iterations` is a whole number from 1 on; not `0`
    cosine_iterations = 0
                        ^
=====
step_size = 10
minimum_learning_rate = 0
-----
f.toml, line 10, column 13: `step_size` belongs to another schedule; schedule = "step"
    step_size = 10
                ^
f.toml, line 11, column 25: `minimum_learning_rate` belongs to another schedule; schedule = "cosine"
    minimum_learning_rate = 0
                            ^
=====
schedule = "cosine"
iterations = 100
minimum_learning_rate = -1
-----
f.toml, line 12, column 25: `minimum_learning_rate` is a finite number from 0 on; not `-1`
    minimum_learning_rate = -1
                            ^
=====
truncate = 0
-----
f.toml, line 10, column 12: `truncate` is a whole number from 1 on; not `0`
    truncate = 0
               ^
=====
truncate = -3
-----
f.toml, line 10, column 12: `truncate` is a whole number from 1 on; not `-3`
    truncate = -3
               ^
=====
truncate = 2.5
-----
f.toml, line 10, column 12: `truncate` is a whole number from 1 on; not `2.5`
    truncate = 2.5
               ^
=====
truncate = "all"
-----
f.toml, line 10, column 12: `truncate` is a whole number from 1 on; not `all`
    truncate = "all"
               ^
=====
initialisation = "glorot"
-----
f.toml, line 10, column 18: this is not an initialisation; there are torch, keras, normal, uniform, xavier, he, orthogonal, zeros
    initialisation = "glorot"
                     ^
=====
initialisation = "normal(-1)"
-----
f.toml, line 10, column 18: `normal` does not take `-1`; such as "normal(0.1)"
    initialisation = "normal(-1)"
                     ^
=====
initialisation = "normal(x)"
-----
f.toml, line 10, column 18: this is not an initialisation; did you mean `normal`?
    initialisation = "normal(x)"
                     ^
=====
initialisation = "normal(1e999)"
-----
f.toml, line 10, column 18: `normal` does not take `1e999`; such as "normal(0.1)"
    initialisation = "normal(1e999)"
                     ^
=====
initialisation = "keras(2)"
-----
f.toml, line 10, column 18: `keras` does not take `2`; write "keras"
    initialisation = "keras(2)"
                     ^
=====
initialisation = "xavier()"
-----
f.toml, line 10, column 18: this is not an initialisation; did you mean `xavier`?
    initialisation = "xavier()"
                     ^
=====
initialisation = 3
-----
f.toml, line 10, column 18: this is not an initialisation; there are torch, keras, normal, uniform, xavier, he, orthogonal, zeros
    initialisation = 3
                     ^
=====
initialisation = { default = "zeros", W = "normal" }
-----
f.toml, line 10, column 43: `W` is not a parameter of the model; there are W_ih, b_ih, W_hh, b_hh, W_hy, b_y
    initialisation = { default = "zeros", W = "normal" }
                                              ^
=====
initialisation = { W_hh = "orthogonol" }
-----
f.toml, line 10, column 27: this is not an initialisation; did you mean `orthogonal`?
    initialisation = { W_hh = "orthogonol" }
                              ^
=====
initialisation = { W_hh = 1 }
-----
f.toml, line 10, column 27: this is not an initialisation; there are torch, keras, normal, uniform, xavier, he, orthogonal, zeros
    initialisation = { W_hh = 1 }
                              ^
=====
initialisation = []
-----
f.toml, line 10, column 18: this is not an initialisation; there are torch, keras, normal, uniform, xavier, he, orthogonal, zeros
    initialisation = []
                     ^
=====
batch = "every"
-----
f.toml, line 10, column 9: `batch` is a number of sequences; "all" for the whole set
    batch = "every"
            ^
=====
seed = -1
-----
f.toml, line 10, column 8: `seed` is a whole number from 0 on; not `-1`
    seed = -1
           ^
=====
fixed = "W_hh"
-----
f.toml, line 10, column 9: `fixed` is a list of names; such as ["W", "b"]
    fixed = "W_hh"
            ^
=====
fixed = ["W_hhh"]
-----
f.toml, line 10, column 10: `W_hhh` is not a parameter of the model; did you mean `W_hh`?
    fixed = ["W_hhh"]
             ^
=====
reduction = "median"
-----
f.toml, line 10, column 13: `reduction` cannot be `median`; did you mean `mean`?
    reduction = "median"
                ^
=====
iterations = -1
-----
f.toml, line 10, column 14: `iterations` is a whole number from 0 on; not `-1`
    iterations = -1
                 ^
=====
learning_rate = nan
-----
f.toml, line 10, column 17: `learning_rate` is a finite number from 0 on; not `nan`
    learning_rate = nan
                    ^
"""

# Whole tables after [data].
OPTIMIZER_STATES = r"""
[optimizer_state]
m = { W_hh = [[1, 2], [3, 4]] }
-----
f.toml, line 10, column 1: `m` is not a key of [optimizer_state] of sgd; there is only updates
    m = { W_hh = [[1, 2], [3, 4]] }
    ^
=====
[training]
optimizer = "adam"
[optimizer_state]
velocity = { b_y = [0, 0] }
-----
f.toml, line 12, column 1: `velocity` is not a key of [optimizer_state] of adam; there are updates, m, v
    velocity = { b_y = [0, 0] }
    ^
=====
[training]
optimizer = "adam"
[optimizer_state]
m = [0, 0]
-----
f.toml, line 12, column 5: `m` is a table; write [optimizer_state.m]
    m = [0, 0]
        ^
=====
[training]
optimizer = "adam"
[optimizer_state]
m = { b_z = [0, 0] }
-----
f.toml, line 12, column 13: `b_z` is not a parameter of the model; did you mean `b_y`?
    m = { b_z = [0, 0] }
                ^
=====
[training]
optimizer = "adam"
[optimizer_state]
m = { b_y = [0, 0, 0] }
-----
f.toml, line 12, column 13: `b_y` is a vector of 2, and this is a vector of 3
    m = { b_y = [0, 0, 0] }
                ^
=====
[training]
optimizer = "adam"
[optimizer_state]
m = { W_hh = [0, 0] }
-----
f.toml, line 12, column 14: `W_hh` is a 2×2 matrix, and this is a vector of 2
    m = { W_hh = [0, 0] }
                 ^
=====
[training]
optimizer = "adam"
[optimizer_state]
v = { b_y = [0, "x"] }
-----
f.toml, line 12, column 17: `x` is not a number
    v = { b_y = [0, "x"] }
                    ^
=====
[training]
optimizer = "adam"
[optimizer_state]
v = { b_y = [0, inf] }
-----
f.toml, line 12, column 17: inf is not a value that can be computed with
    v = { b_y = [0, inf] }
                    ^
=====
[training]
optimizer = "adam"
[optimizer_state]
v = { b_y = [0, -1] }
-----
f.toml, line 12, column 13: `v` is made of squares; none is below 0
    v = { b_y = [0, -1] }
                ^
=====
[training]
optimizer = "adam"
[optimizer_state]
v = { b_y = [] }
-----
f.toml, line 12, column 13: `b_y` is empty
    v = { b_y = [] }
                ^
=====
[training]
optimizer = "adam"
fixed = ["b_y"]
[optimizer_state]
m = { b_y = [1, 2] }
-----
f.toml, line 13, column 13: `b_y` is fixed; what is never updated has no state
    m = { b_y = [1, 2] }
                ^
=====
[training]
optimizer = "adam"
[optimizer_state]
updates = -1
-----
f.toml, line 12, column 11: `updates` is a whole number from 0 on; not `-1`
    updates = -1
              ^
=====
[training]
optimizer = "adam"
[optimizer_state]
updates = 1.0
-----
f.toml, line 12, column 11: `updates` is a whole number from 0 on; not `1.0`
    updates = 1.0
              ^
=====
[training]
optimizer = "adam"
[optimizer_state]
m_hat = { b_y = [1, 2] }
-----
f.toml, line 12, column 1: `m_hat` is not a key of [optimizer_state] of adam; there are updates, m, v
    m_hat = { b_y = [1, 2] }
    ^
=====
[[optimizer_state]]
updates = 1
-----
f.toml, line 9, column 1: `optimizer_state` is a table; write [optimizer_state]
    [[optimizer_state]]
    ^
=====
[training]
optimizer = "momentum"
[optimizer_state.velocity]
b_y = [1, 2]
b_x = 3
b_hh = 4
-----
f.toml, line 13, column 7: `b_x` is not a parameter of the model; did you mean `b_y`?
    b_x = 3
          ^
f.toml, line 14, column 8: `b_hh` is a vector of 2, and this is a scalar
    b_hh = 4
           ^
"""

# What stands under [metrics].
METRICS = r"""
error = 3
-----
f.toml, line 10, column 9: `error` is an expression; write it in quotes
    error = 3
            ^
=====
error = "mean(y)"
every = 0
-----
f.toml, line 11, column 9: `every` is a whole number from 1 on; not `0`
    every = 0
            ^
=====
error = "y"
-----
f.toml, line 10, column 9: this is a vector of 2; take its sum or mean
    error = "y"
            ^
=====
error = "mean(yy)"
-----
f.toml, line 10, column 15: `yy` is not known here; did you mean `y`?
             mean(yy)
                  ^
=====
error = "mean(h[t-1])"
-----
f.toml, line 10, column 15: `h` of another timestep is not known here; a metric is made of this timestep's values
             mean(h[t-1])
                  ^
=====
error = "mean("
-----
f.toml, line 10, column 14: this `(` is never closed
             mean(
                 ^
=====
error = "mean(y - truth)"
-----
f.toml, line 10, column 19: `truth` is not known here; only the sequences of a language task have one
             mean(y - truth)
                      ^
=====
error = { value = "mean(y)", from = 0 }
-----
f.toml, line 10, column 37: timesteps count from 1, or from the end: -1
    error = { value = "mean(y)", from = 0 }
                                        ^
=====
error = { from = 2 }
-----
f.toml, line 10, column 9: `error` is an expression; write it in quotes
    error = { from = 2 }
            ^
=====
error = { value = "mean(y)", until = 3 }
-----
f.toml, line 10, column 30: `until` is not a key of a metric; there are value, from, to
    error = { value = "mean(y)", until = 3 }
                                 ^
=====
error = { value = "mean(y)", to = 1.5 }
-----
f.toml, line 10, column 35: `to` is a whole number from -10000000 on; not `1.5`
    error = { value = "mean(y)", to = 1.5 }
                                      ^
=====
every = "10"
-----
f.toml, line 10, column 9: `every` is a whole number from 1 on; not `10`
    every = "10"
            ^
=====
error = "grad(h)[0]"
-----
f.toml, line 10, column 10: `grad(h)` is not known here; did you mean `pre(h)`?
             grad(h)[0]
             ^
=====
error = "W_hh"
-----
f.toml, line 10, column 9: this is a 2×2 matrix; take its sum or mean
    error = "W_hh"
            ^
=====
error = ""
-----
f.toml, line 10, column 10: an expression is missing
=====
metrics = 1
-----
f.toml, line 10, column 11: `metrics` is an expression; write it in quotes
    metrics = 1
              ^
=====
error = "y = 1"
-----
f.toml, line 10, column 10: `=` stands once, after the name
             y = 1
             ^
=====
error = "learning_rate"
-----
f.toml, line 10, column 10: `learning_rate` is not known here; a metric is made of this timestep's values
             learning_rate
             ^
"""

# Whole tables after a [data] with a task.
DRAWN = r"""
[training]
batch = "all"
-----
f.toml, line 8, column 9: there is no whole set; a task draws sequences without end: give a number
    batch = "all"
            ^
=====
[metrics]
error = "mean((y - truths)**2)"
-----
f.toml, line 8, column 20: `truths` is not known here; did you mean `truth`?
             mean((y - truths)**2)
                       ^
=====
[metrics]
error = "sum(truth)[0]"
-----
f.toml, line 8, column 10: `sum(truth)` is a scalar; it has no such component
             sum(truth)[0]
             ^
=====
[metrics]
error = "truth[2]"
-----
f.toml, line 8, column 10: `truth` has no component 2; its 2 components count from 0 to 1
             truth[2]
             ^
=====
[metrics]
error = "truth[t-1]"
-----
f.toml, line 8, column 10: `truth` of another timestep is not known here; a metric is made of this timestep's values
             truth[t-1]
             ^
"""

# A [data] with the sequences of a task written out.
WRITTEN = r"""
task = "reber"
sequence = "BTXE"
-----
f.toml, line 6, column 12: after `BTX` comes S or X, not `E`; the task is reber
    sequence = "BTXE"
               ^
=====
task = "reber"
sequences = ["BTXSE", "BTXS", "B"]
-----
f.toml, line 6, column 23: after `BTXS` comes E, and not its end; the task is reber
    sequences = ["BTXSE", "BTXS", "B"]
                          ^
f.toml, line 6, column 31: after `B` comes T or P, and not its end; the task is reber
    sequences = ["BTXSE", "BTXS", "B"]
                                  ^
=====
task = "reber"
sequence = "BTXSE"
seed = 3
-----
f.toml, line 7, column 8: `seed` is of sequences that are drawn; these are given
    seed = 3
           ^
=====
task = "reber"
sequence = "BTXSE"
sequences = ["BTXSE"]
-----
f.toml, line 7, column 13: [data] gives `sequence` and `sequences` at once; give one of them
    sequences = ["BTXSE"]
                ^
=====
task = "reber"
sequences = []
-----
f.toml, line 6, column 13: `sequences` is empty; leave it out, and they are drawn
    sequences = []
                ^
=====
task = "reber"
sequence = ["B"]
-----
f.toml, line 6, column 12: `sequence` is a text; write it in quotes
    sequence = ["B"]
               ^
=====
task = "anbn"
sequence = "AABB"
-----
f.toml, line 6, column 12: `AABB` is not a row of aⁿbⁿ and an A after it; n from 1 to 8: AABBA
    sequence = "AABB"
               ^
=====
task = "anbncn"
sequence = "AABBCCA A"
-----
f.toml, line 6, column 12: `AABBCCA A` is not a row of aⁿbⁿcⁿ and an A after it; n from 1 to 8: AABBCCA
    sequence = "AABBCCA A"
               ^
=====
task = "anbn"
sequences = ["AABBA", "AAAAAAAAABBBBBBBBBA"]
-----
f.toml, line 6, column 23: `AAAAAAAAABBBBBBBBBA` is not a row of aⁿbⁿ and an A after it; n from 1 to 8: AABBA
    sequences = ["AABBA", "AAAAAAAAABBBBBBBBBA"]
                          ^
=====
task = "anbn"
sequence = "A"
-----
f.toml, line 6, column 12: n is from 1 to 8; not none
    sequence = "A"
               ^
=====
task = "binary-addition"
sequences = ["93 + 87", "93+87+1", "128 + 1"]
-----
f.toml, line 6, column 25: `93+87+1` is not a sum; such as 93 + 87
    sequences = ["93 + 87", "93+87+1", "128 + 1"]
                            ^
f.toml, line 6, column 36: a term is from 0 to 127; not `128`
    sequences = ["93 + 87", "93+87+1", "128 + 1"]
                                       ^
=====
task = "copy"
sequence = "ABC"
-----
f.toml, line 6, column 12: sequences of copy cannot be written out: `ABC`; leave it to the task to draw them
    sequence = "ABC"
               ^
=====
task = "parity"
sequence = ""
-----
f.toml, line 6, column 12: sequences of parity cannot be written out: ``; leave it to the task to draw them
    sequence = ""
               ^
=====
task = "bracket-validity"
sequence = "(]x"
-----
f.toml, line 6, column 12: the brackets are ()[]; not `x`
    sequence = "(]x"
               ^
=====
task = "reber"
sequence = ""
-----
f.toml, line 6, column 12: a string begins with B, and not its end; the task is reber
    sequence = ""
               ^
"""


def cases(text: str, before: str) -> list[object]:
    """Each case of a text: the file and what is said, named by its own lines."""
    found: list[object] = []
    for case in text.removeprefix("\n").split("=====\n"):
        file, _, said = case.partition("-----\n")
        name = " ".join(file.split())[:60]
        found.append(pytest.param(before + file, said.removesuffix("\n"), id=name))
    return found


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *cases(TRAINING, HEAD + "[training]\n"),
        *cases(OPTIMIZER_STATES, HEAD),
        *cases(METRICS, HEAD + "[metrics]\n"),
        *cases(DRAWN, TASK),
        *cases(WRITTEN, TASK.partition("task")[0]),
    ],
)
def test_what_is_said(text: str, said: str) -> None:
    with pytest.raises(InputError) as caught:
        parse_sequence_file(text, "f.toml")
    assert str(caught.value) == said
