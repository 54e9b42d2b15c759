"""Files that are refused, and what is said: the place, what is wrong, what would be right.

Each case is a text, a line of dashes, and everything that is printed about it, as it is printed.
"""
# ruff: noqa: E501  (what is printed stands on one line)

from __future__ import annotations

import re
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rnntui.data.sequence_file import parse_sequence_file, read_sequence_file
from rnntui.data.shipped import shipped_files
from rnntui.text.problems import InputError

HEAD = """\
model = "elman"
sizes.hidden = 2

[data]
"""
DATA = """\
one_hot = "AB"
sequence = "ABA"
targets = "BAB"
"""
OWN = """\
[data]
values = [1, 2, 3]
[model]
"""

# Whole files.
WHOLE_FILES = r"""
# nothing but a comment
-----
f.toml: the file is empty
=====
title = "no model, no data"
-----
f.toml: there is no [data]; give a sequence
f.toml: there is no model; write model = "lstm", or your own equations in [model]
=====
model = "elman"
-----
f.toml: there is no [data]; give a sequence
=====
[data]
length = 3
-----
f.toml: there is no model; write model = "lstm", or your own equations in [model]
=====
model = "lsmt"
[data]
length = 3
-----
f.toml, line 1, column 9: there is no model `lsmt`; did you mean `lstm`?
    model = "lsmt"
            ^
=====
model = 3
[data]
length = 3
-----
f.toml, line 1, column 9: `model` is a name or a table; write model = "lstm", or your own equations in [model]
    model = 3
            ^
=====
model = "elman"
data = 3
-----
f.toml, line 2, column 8: `data` is a table; write [data]
    data = 3
           ^
=====
model = "elman"
model = "lstm"
-----
f.toml, line 2, column 15: not valid TOML: cannot overwrite a value; each key may be given only once
    model = "lstm"
                  ^
=====
[data]
length = 3
[data]
-----
f.toml, line 3, column 6: not valid TOML: cannot declare `data` twice
    [data]
         ^
=====
model = elman
-----
f.toml, line 1, column 9: not valid TOML: invalid value; text goes in quotes; a number has digits before its point (0.5, not .5)
    model = elman
            ^
=====
model = "elman
-----
f.toml, line 1, column 15: not valid TOML: illegal character '\n'; the quotes are not closed on this line
    model = "elman
                  ^
=====
titel = "x"
model = "lstn"

[data]
one_hot = "AB"
sequence = "ABC"

[training]
learning_rate = -1
batch = 0
-----
f.toml, line 1, column 1: `titel` is not a key of a sequence file; did you mean `title`?
    titel = "x"
    ^
f.toml, line 2, column 9: there is no model `lstn`; did you mean `lstm`?
    model = "lstn"
            ^
f.toml, line 6, column 12: the symbol `C` at t = 3 is not in the alphabet; there are A, B
    sequence = "ABC"
               ^
f.toml, line 9, column 17: `learning_rate` is a finite number from 0 on; not `-1`
    learning_rate = -1
                    ^
f.toml, line 10, column 9: `batch` is a whole number from 1 on; not `0`
    batch = 0
            ^
"""

# What stands before a good [data] table.
BEFORE_DATA = r"""
title = 3
model = "elman"
sizes.hidden = 2
-----
f.toml, line 1, column 9: `title` is a text; write it in quotes
    title = 3
            ^
=====
titel = "t"
model = "elman"
sizes.hidden = 2
-----
f.toml, line 1, column 1: `titel` is not a key of a sequence file; did you mean `title`?
    titel = "t"
    ^
=====
description = ["a", "b"]
model = "elman"
sizes.hidden = 2
-----
f.toml, line 1, column 15: `description` is a text; write it in quotes
    description = ["a", "b"]
                  ^
=====
expect = 3
model = "elman"
sizes.hidden = 2
-----
f.toml, line 1, column 10: `expect` is a list of tables; write [[expect]]
    expect = 3
             ^
=====
expect = [1, 2]
model = "elman"
sizes.hidden = 2
-----
f.toml, line 1, column 10: `expect` is a list of tables; write [[expect]]
    expect = [1, 2]
             ^
=====
training = "fast"
model = "elman"
sizes.hidden = 2
-----
f.toml, line 1, column 12: `training` is a table; write [training]
    training = "fast"
               ^
=====
parameters = [0, 0]
model = "elman"
sizes.hidden = 2
-----
f.toml, line 1, column 14: `parameters` is a table; write [parameters]
    parameters = [0, 0]
                 ^
=====
initial = 0
model = "elman"
sizes.hidden = 2
-----
f.toml, line 1, column 11: `initial` is a table; write [initial]
    initial = 0
              ^
=====
shapes = []
model = "elman"
sizes.hidden = 2
-----
f.toml, line 1, column 10: `shapes` is a table; write [shapes]
    shapes = []
             ^
=====
objective = "los"
model = "elman"
sizes.hidden = 2
-----
f.toml, line 1, column 13: no equation computes `los`; did you mean `loss`?
    objective = "los"
                ^
=====
objective = "y"
model = "elman"
sizes.hidden = 2
-----
f.toml, model elman, line 7, column 12: `y` is a vector of 2; what training minimises is a scalar: take its sum or mean
               y = softmax(W_hy @ h + b_y)   # readout: prediction
               ^
=====
objective = true
model = "elman"
sizes.hidden = 2
-----
f.toml, line 1, column 13: `objective` is a text; write it in quotes
    objective = true
                ^
=====
readout = 3
model = "elman"
sizes.hidden = 2
-----
f.toml, line 1, column 11: `readout` is a text; write it in quotes
    readout = 3
              ^
=====
readout = "y = softmax(W_hy @ h + b_z[t-1])"
model = "elman"
sizes.hidden = 2
-----
f.toml, line 1, column 35: `b_z` is a parameter, the same at every timestep; only what a line assigns has a value at t-1
               y = softmax(W_hy @ h + b_z[t-1])
                                      ^
=====
loss = "mean_square_error(y, target)"
model = "elman"
sizes.hidden = 2
-----
f.toml, line 1, column 9: `mean_square_error` is not a function of the language; did you mean `mean_squared_error`?
            mean_square_error(y, target)
            ^
=====
loss = "cross_entropy(y, targt)"
model = "elman"
sizes.hidden = 2
-----
f.toml, line 1, column 26: the shape of `targt` cannot be told; give `targt` a value, or a shape; or did you mean `target`?
            cross_entropy(y, targt)
                             ^
f.toml, model elman, line 7, column 24: the shape of `W_hy` cannot be told; give `W_hy` a value, or a shape
               y = softmax(W_hy @ h + b_y)   # readout: prediction
                           ^
f.toml, model elman, line 7, column 35: the shape of `b_y` cannot be told; give `b_y` a value, or a shape
               y = softmax(W_hy @ h + b_y)   # readout: prediction
                                      ^
=====
loss = "cross_entropy(y)"
model = "elman"
sizes.hidden = 2
-----
f.toml, line 1, column 9: `cross_entropy` takes 2 arguments, not 1
            cross_entropy(y)
            ^
=====
model = "elman"
sizes.hidden = 2.5
-----
f.toml, line 2, column 16: `hidden` is a whole number from 1 on; not `2.5`
    sizes.hidden = 2.5
                   ^
=====
model = "elman"
sizes.hidden = 0
-----
f.toml, line 2, column 16: `hidden` is a whole number from 1 on; not `0`
    sizes.hidden = 0
                   ^
=====
model = "elman"
sizes.hidden = "two"
-----
f.toml, line 2, column 16: `hidden` is a whole number from 1 on; not `two`
    sizes.hidden = "two"
                   ^
=====
model = "elman"
sizes.hiden = 2
-----
f.toml, line 2, column 7: `hiden` is not a size of the model; did you mean `hidden`?
    sizes.hiden = 2
          ^
=====
model = "elman"
-----
f.toml, line 1, column 9: the size `hidden` of `h` is not given; give [sizes] hidden = …
    model = "elman"
            ^
=====
model = "elman"
sizes.hidden = 999999
-----
f.toml, line 2, column 1: `W_hh` would be a 999999×999999 matrix; more than 100,000,000 numbers are not computed with
    sizes.hidden = 999999
    ^
=====
model = "elman"
sizes = 3
-----
f.toml, line 2, column 9: `sizes` is a table; write [sizes]
    sizes = 3
            ^
"""

# What stands in [data], from line 5 on.
DATA_TABLES = r"""
one_hot = "AB"
-----
f.toml, line 4, column 1: [data] gives no sequence; give one of sequence, sequences, values or length
    [data]
    ^
=====
one_hot = "AB"
length = 3
sequence = "AB"
-----
f.toml, line 6, column 10: [data] gives `sequence` and `length` at once; give one of sequence, sequences, values or length
    length = 3
             ^
=====
maks = [1]
length = 1
-----
f.toml, line 5, column 1: `maks` is not a key of [data]; did you mean `mask`?
    maks = [1]
    ^
=====
one_hot = "AB"
sequence = "ABC"
-----
f.toml, line 6, column 12: the symbol `C` at t = 3 is not in the alphabet; there are A, B
    sequence = "ABC"
               ^
=====
one_hot = ["up", "down"]
sequence = ["up", "dwn"]
-----
f.toml, line 6, column 19: the symbol `dwn` at t = 2 is not in the alphabet; did you mean `down`?
    sequence = ["up", "dwn"]
                      ^
=====
one_hot = "AB"
sequence = ["A", 3]
-----
f.toml, line 6, column 12: `sequence` is a text or a list of symbols; such as "ABBA" or ["up", "down"]
    sequence = ["A", 3]
               ^
=====
one_hot = "AB"
sequence = ""
-----
f.toml, line 6, column 12: the sequence is empty; it has at least one timestep
    sequence = ""
               ^
=====
sequence = "AB"
-----
f.toml, line 5, column 12: the symbols have no vectors; give alphabet = { A = [1, 0], … } or one_hot = "AB"
    sequence = "AB"
               ^
=====
one_hot = "AAB"
sequence = "AB"
-----
f.toml, line 5, column 11: the symbol `A` stands twice
    one_hot = "AAB"
              ^
=====
one_hot = 2
sequence = "AB"
-----
f.toml, line 5, column 11: `one_hot` is a text or a list of symbols; such as "AB"
    one_hot = 2
              ^
=====
alphabet = { A = [1, 0], B = [1] }
sequence = "AB"
-----
f.toml, line 5, column 30: `B` has 1 component, the symbols before 2; all are equally long
    alphabet = { A = [1, 0], B = [1] }
                                 ^
=====
alphabet = { A = [[1, 0]] }
sequence = "A"
-----
f.toml, line 5, column 18: `A` is a vector, not a matrix; write A = [1, 0]
    alphabet = { A = [[1, 0]] }
                     ^
=====
alphabet = { A = "x" }
sequence = "A"
-----
f.toml, line 5, column 18: `x` is not a number
    alphabet = { A = "x" }
                     ^
=====
alphabet = {}
sequence = "A"
-----
f.toml, line 5, column 12: the alphabet is empty; write A = [1, 0]
    alphabet = {}
               ^
=====
alphabet = [1, 0]
sequence = "A"
-----
f.toml, line 5, column 12: `alphabet` is a table; write [data.alphabet]
    alphabet = [1, 0]
               ^
=====
one_hot = "A"
alphabet = { A = 1 }
sequence = "A"
-----
f.toml, line 5, column 11: `alphabet` and `one_hot` say the same; give one of them
    one_hot = "A"
              ^
=====
one_hot = "AB"
sequences = "ABA"
-----
f.toml, line 6, column 13: `sequences` is a list; such as ["AB", "BA"]
    sequences = "ABA"
                ^
=====
one_hot = "AB"
sequences = ["AB", "AC"]
-----
f.toml, line 6, column 20: the symbol `C` at t = 2 is not in the alphabet; there are A, B
    sequences = ["AB", "AC"]
                       ^
=====
one_hot = "AB"
sequences = ["AB", "BA"]
targets = ["BA"]
-----
f.toml, line 7, column 11: `targets` has none for sequence 2; it is a list with one for each sequence
    targets = ["BA"]
              ^
=====
one_hot = "AB"
sequences = ["AB", "BA"]
targets = "BA"
-----
f.toml, line 7, column 11: `targets` has none for sequence 1; it is a list with one for each sequence
    targets = "BA"
              ^
=====
values = [[1, 2], [3]]
-----
f.toml, line 5, column 19: row 2 has 1 number, row 1 has 2 numbers; all rows are equally long
    values = [[1, 2], [3]]
                      ^
=====
values = [1, [2], 3]
-----
f.toml, line 5, column 14: numbers and lists are mixed; a vector has numbers, a matrix has rows
    values = [1, [2], 3]
                 ^
=====
values = [[1, nan], [3, 4]]
-----
f.toml, line 5, column 15: nan is not a value that can be computed with
    values = [[1, nan], [3, 4]]
                  ^
=====
values = [1, -inf]
-----
f.toml, line 5, column 14: -inf is not a value that can be computed with
    values = [1, -inf]
                 ^
=====
values = [1e999]
-----
f.toml, line 5, column 11: inf is not a value that can be computed with
    values = [1e999]
              ^
=====
values = [[1, "2"], [3, 4]]
-----
f.toml, line 5, column 15: `2` is not a number
    values = [[1, "2"], [3, 4]]
                  ^
=====
values = [1979-05-27]
-----
f.toml, line 5, column 11: `1979-05-27` is not a number
    values = [1979-05-27]
              ^
=====
values = []
-----
f.toml, line 5, column 10: `values` is empty
    values = []
             ^
=====
values = 3
-----
f.toml, line 5, column 10: these values are not a sequence of vectors; one row of numbers a timestep
    values = 3
             ^
=====
values = [[[1]], [[1, 2]]]
-----
f.toml, line 5, column 18: the inputs of sequence 1 and of this one differ in size; all sequences have equally long vectors
    values = [[[1]], [[1, 2]]]
                     ^
=====
values = [[[[[[[[[[1]]]]]]]]]]
-----
f.toml, line 5, column 18: lists are nested too deeply; a matrix is a list of rows
    values = [[[[[[[[[[1]]]]]]]]]]
                     ^
=====
length = 3
-----
f.toml, line 5, column 10: the model uses x, but [data] gives only a length; give a sequence or values
    length = 3
             ^
=====
length = 99999999999
-----
f.toml, line 5, column 10: `length` is a whole number from 1 to 10000000; not `99999999999`
    length = 99999999999
             ^
=====
one_hot = "AB"
sequence = "ABA"
targets = "BA"
-----
f.toml, line 7, column 11: these are 2 targets for 3 timesteps; one target a timestep
    targets = "BA"
              ^
=====
one_hot = "AB"
sequence = "ABA"
targets = [[1, 0]]
-----
f.toml, line 7, column 11: these are 1 target for 3 timesteps; one target a timestep
    targets = [[1, 0]]
              ^
=====
one_hot = "AB"
sequence = "ABA"
targets = "BAC"
-----
f.toml, line 7, column 11: the symbol `C` at t = 3 is not in the alphabet of the targets; there are A, B
    targets = "BAC"
              ^
=====
one_hot = "AB"
sequence = "AB"
targets = [[1, 0], [1]]
-----
f.toml, line 7, column 20: row 2 has 1 number, row 1 has 2 numbers; all rows are equally long
    targets = [[1, 0], [1]]
                       ^
=====
one_hot = "AB"
sequence = "AB"
targets = true
-----
f.toml, line 7, column 11: `true` is not a number
    targets = true
              ^
=====
one_hot = "AB"
sequence = "A"
targets = "next"
-----
f.toml, line 7, column 11: "next" needs a next symbol; a sequence of at least two symbols
    targets = "next"
              ^
=====
values = [1, 2]
targets = "next"
-----
f.toml, line 6, column 11: "next" is the next symbol, and there are no symbols; give one target a timestep
    targets = "next"
              ^
=====
one_hot = "AB"
sequence = "ABA"
mask = [1, 0]
-----
f.toml, line 7, column 8: the mask does not fit the sequence; 3 numbers, 0 where the loss does not count, or "last"
    mask = [1, 0]
           ^
=====
one_hot = "AB"
sequence = "ABA"
mask = "first"
-----
f.toml, line 7, column 8: the mask does not fit the sequence; 3 numbers, 0 where the loss does not count, or "last"
    mask = "first"
           ^
=====
one_hot = "AB"
sequence = "AB"
targets = [[1, 0, 0], [0, 1, 0]]
[parameters]
b_y = [0, 0]
-----
f.toml, model elman, line 8, column 16: `y` is a vector of 2 but `target` is a vector of 3; `cross_entropy` takes two of one shape; `target` is a vector of 3 in line 7
            loss = cross_entropy(y, target)   # loss: cross-entropy
                   ^
=====
one_hot = "AB"
sequence = ["A", "\u001b[2J"]
-----
f.toml, line 6, column 18: the symbol `\x1b[2J` at t = 2 is not in the alphabet; there are A, B
    sequence = ["A", "\u001b[2J"]
                     ^
"""

# What follows a good [data] table, from line 8 on.
OTHER_TABLES = r"""
[parameters]
W_h = 1
-----
f.toml, line 9, column 1: `W_h` is not a parameter of the model; did you mean `W_ih`?
    W_h = 1
    ^
=====
[parameters]
h = [0, 0]
-----
f.toml, line 9, column 1: `h` is not a parameter of the model; it is a state: its value at t = 0 goes in [initial]
    h = [0, 0]
    ^
=====
[parameters]
W_hh = [[1, 0], [0]]
-----
f.toml, line 9, column 17: row 2 has 1 number, row 1 has 2 numbers; all rows are equally long
    W_hh = [[1, 0], [0]]
                    ^
=====
[parameters]
W_hh = "zero"
-----
f.toml, line 9, column 8: `zero` is not a number
    W_hh = "zero"
           ^
=====
[parameters]
W_hh = [[1, 0], [0, nan]]
-----
f.toml, line 9, column 21: nan is not a value that can be computed with
    W_hh = [[1, 0], [0, nan]]
                        ^
=====
[parameters]
W_hh = [[[1]]]
-----
f.toml, line 9, column 8: `W_hh` has 3 axes; at most two: a matrix
    W_hh = [[[1]]]
           ^
=====
[parameters]
b_hh = [1, 2, 3]
-----
f.toml, model elman, line 5, column 44: `b_hh` is a vector of 3, where a vector of 2 is needed; it is given in line 9
    h = tanh(W_ih @ x + b_ih + W_hh @ h[t-1] + b_hh)   # hidden: hidden state
                                               ^
=====
[parameters]
W_hh = [[1, 0, 0], [0, 1, 0]]
-----
f.toml, model elman, line 5, column 33: `W_hh` has 3 columns but `h[t-1]` has 2 components; in A @ b they must be equally many; `W_hh` is a 2×3 matrix in line 9
    h = tanh(W_ih @ x + b_ih + W_hh @ h[t-1] + b_hh)   # hidden: hidden state
                                    ^
=====
[initial]
hh = [0, 0]
-----
f.toml, line 9, column 1: `hh` is not a state; did you mean `h`?
    hh = [0, 0]
    ^
=====
[initial]
y = [0, 0]
-----
f.toml, line 9, column 1: `y` is not a state; no equation uses it at [t-1]
    y = [0, 0]
    ^
=====
[initial]
h = [0, 0, 0]
-----
f.toml, line 9, column 1: `h` is a vector of 3, where a vector of 2 is declared
    h = [0, 0, 0]
    ^
=====
[initial]
h = "tanh(y)"
-----
f.toml, line 9, column 11: an initial value is made of parameters, and `y` is none
         tanh(y)
              ^
=====
[initial]
h = "tanh(H0"
-----
f.toml, line 9, column 10: this `(` is never closed
         tanh(H0
             ^
=====
[shapes]
W_hx = [2]
-----
f.toml, line 9, column 1: `W_hx` has a shape but is in no equation; did you mean `W_ih`?
    W_hx = [2]
    ^
=====
[shapes]
W_hh = ["hiden", "hidden"]
-----
f.toml, line 9, column 1: the size `hiden` of `W_hh` is not given; did you mean `hidden`?
    W_hh = ["hiden", "hidden"]
    ^
=====
[shapes]
W_hh = 2
-----
f.toml, line 9, column 8: the shape of `W_hh` is a list of lengths; such as ["hidden"], [3, 2], or [] for a scalar
    W_hh = 2
           ^
=====
[shapes]
b_hh = [3]
[parameters]
b_hh = [1, 2]
-----
f.toml, line 11, column 1: `b_hh` is a vector of 2, where a vector of 3 is declared
    b_hh = [1, 2]
    ^
=====
[training]
batch = 0
-----
f.toml, line 9, column 9: `batch` is a whole number from 1 on; not `0`
    batch = 0
            ^
=====
[training]
batch = "some"
-----
f.toml, line 9, column 9: `batch` is a number of sequences; "all" for the whole set
    batch = "some"
            ^
=====
[training]
learning_rate = -0.1
-----
f.toml, line 9, column 17: `learning_rate` is a finite number from 0 on; not `-0.1`
    learning_rate = -0.1
                    ^
=====
[training]
learning_rate = "fast"
-----
f.toml, line 9, column 17: `learning_rate` is a finite number from 0 on; not `fast`
    learning_rate = "fast"
                    ^
=====
[training]
learning_rate = 1e999
-----
f.toml, line 9, column 17: `learning_rate` is a finite number from 0 on; not `inf`
    learning_rate = 1e999
                    ^
=====
[training]
optimizer = "sdg"
-----
f.toml, line 9, column 13: `optimizer` cannot be `sdg`; did you mean `sgd`?
    optimizer = "sdg"
                ^
=====
[training]
fixed = "W_hh"
-----
f.toml, line 9, column 9: `fixed` is a list of names; such as ["W", "b"]
    fixed = "W_hh"
            ^
=====
[training]
fixed = ["W_h"]
-----
f.toml, line 9, column 10: `W_h` is not a parameter of the model; did you mean `W_ih`?
    fixed = ["W_h"]
             ^
=====
[training]
reduction = "average"
-----
f.toml, line 9, column 13: `reduction` cannot be `average`; there are sum, mean
    reduction = "average"
                ^
=====
[training]
lr = 0.1
-----
f.toml, line 9, column 1: `lr` is not a key of [training]; there are optimizer, learning_rate, momentum, beta1, beta2, epsilon, weight_decay, alpha, clip_norm, clip_value, schedule, step_size, gamma, minimum_learning_rate, cosine_iterations, iterations, fixed, reduction, truncate, batch, seed, initialisation
    lr = 0.1
    ^
=====
[[expect]]
at = { t = 1 }
-----
f.toml, line 8, column 1: this expects nothing; give values = { h = […] }
    [[expect]]
    ^
=====
[[expect]]
at = 1
values = { h = [0, 0] }
-----
f.toml, line 9, column 6: `at` is a table; write at = { … }
    at = 1
         ^
=====
[[expect]]
at = { timestep = 1 }
loss = 0
-----
f.toml, line 9, column 8: `timestep` is not a key of `at`; there are iteration, t, sequence
    at = { timestep = 1 }
           ^
=====
[[expect]]
at = { t = 4 }
values = { h = [0, 0] }
-----
f.toml, line 9, column 12: `t` is not a timestep of the sequence; a timestep from 1 to 3, 0 for the initial state, or "all"
    at = { t = 4 }
               ^
=====
[[expect]]
at = { t = 0 }
values = { y = [0, 0] }
-----
f.toml, line 10, column 16: `y` has no value at t = 0; only states have one
    values = { y = [0, 0] }
                   ^
=====
[[expect]]
at = { t = 1 }
values = { hh = [0, 0] }
-----
f.toml, line 10, column 12: `hh` is not a quantity of the model; did you mean `h`?
    values = { hh = [0, 0] }
               ^
=====
[[expect]]
at = { t = 1 }
values = { h = [0, 0, 0] }
-----
f.toml, line 10, column 16: `h` is a vector of 2, and this is a vector of 3; write one of that shape
    values = { h = [0, 0, 0] }
                   ^
=====
[[expect]]
values = { h = [0, 0] }
-----
f.toml, line 9, column 16: `h` has a value at each timestep; give at = { t = … }
    values = { h = [0, 0] }
                   ^
=====
[[expect]]
at = { t = "all" }
values = { h = [0, 0] }
-----
f.toml, line 10, column 16: `h` is a vector of 2, and this is one alone; write a list of 3, one for each timestep
    values = { h = [0, 0] }
                   ^
=====
[[expect]]
at = { iteration = [0, 5] }
values = { b_y = [0, 0] }
-----
f.toml, line 10, column 18: `b_y` is a vector of 2, and this is one alone; write a list of 2, one for each iteration
    values = { b_y = [0, 0] }
                     ^
=====
[[expect]]
at = { iteration = [0, "x"] }
loss = [1, 2]
-----
f.toml, line 9, column 24: an iteration is a whole number from 0 on
    at = { iteration = [0, "x"] }
                           ^
=====
[[expect]]
at = { iteration = [] }
loss = [1, 2]
-----
f.toml, line 9, column 20: `iteration` is empty; a number, or a list such as [0, 10, 100]
    at = { iteration = [] }
                       ^
=====
[[expect]]
at = { sequence = 2 }
loss = 1
-----
f.toml, line 9, column 19: there is no sequence 2; there is one
    at = { sequence = 2 }
                      ^
=====
[[expect]]
at = { t = 1 }
value = { h = [0, 0] }
-----
f.toml, line 10, column 1: `value` is not a key of [[expect]]; did you mean `values`?
    value = { h = [0, 0] }
    ^
=====
[[expect]]
at = { t = 1 }
gradients_by_loss = { h = [0, 0] }
-----
f.toml, line 10, column 23: `h` is not a parameter of the model; there are W_ih, b_ih, W_hh, b_hh, W_hy, b_y
    gradients_by_loss = { h = [0, 0] }
                          ^
=====
[[expect]]
loss = [1, 2]
-----
f.toml, line 9, column 8: `loss` is a scalar, and this is a vector of 2; write one of that shape
    loss = [1, 2]
           ^
=====
[[expect]]
loss = nan
-----
f.toml, line 9, column 8: nan is not a value that can be computed with
    loss = nan
           ^
=====
[[expect]]
prediction = "A"
-----
f.toml, line 9, column 14: a prediction has a timestep; give at = { t = … }
    prediction = "A"
                 ^
=====
[[expect]]
at = { t = 1 }
prediction = "C"
-----
f.toml, line 10, column 14: this prediction cannot be read; a component from 0 to 1, or a symbol: A B
    prediction = "C"
                 ^
=====
[[expect]]
at = { t = "all" }
prediction = "AB"
-----
f.toml, line 10, column 14: these are 2 predictions for 3 timesteps; one for each
    prediction = "AB"
                 ^
=====
[[expect]]
tolerance = -1
loss = 1
-----
f.toml, line 9, column 13: `tolerance` is a finite number from 0 on; not `-1`
    tolerance = -1
                ^
=====
[[expect]]
wrong = "yes"
loss = 1
-----
f.toml, line 9, column 9: `wrong` is true or false
    wrong = "yes"
            ^
=====
"\u001b[31mred" = 1
-----
f.toml, line 8, column 1: `\x1b[31mred` is not a key of [data]; there are alphabet, one_hot, sequence, sequences, values, length, targets, target_alphabet, target_one_hot, mask, task
    "\u001b[31mred" = 1
    ^
=====
[parameters]
"[bold red]" = 1
"\u001b[31m" = 1
-----
f.toml, line 9, column 1: `[bold red]` is not a parameter of the model; there are W_ih, b_ih, W_hh, b_hh, W_hy, b_y
    "[bold red]" = 1
    ^
f.toml, line 10, column 1: `\x1b[31m` is not a parameter of the model; there are W_ih, b_ih, W_hh, b_hh, W_hy, b_y
    "\u001b[31m" = 1
    ^
=====
[[expect]]
at = { t = 1 }
values = { "[link=x]h[/link]" = 1, "\u202eh" = 1 }
-----
f.toml, line 10, column 12: `[link=x]h[/link]` is not a quantity of the model; there are h, x, target, W_ih, b_ih, W_hh, b_hh, pre(h), W_hy, b_y, pre(y), y, loss
    values = { "[link=x]h[/link]" = 1, "\u202eh" = 1 }
               ^
f.toml, line 10, column 36: `\u202eh` is not a quantity of the model; did you mean `h`?
    values = { "[link=x]h[/link]" = 1, "\u202eh" = 1 }
                                       ^
=====
[training]
optimizer = "\u001b]0;title\u0007"
-----
f.toml, line 9, column 13: `optimizer` cannot be `\x1b]0;title\x07`; there are sgd, momentum, nesterov, adam, adamw, rmsprop, adagrad
    optimizer = "\u001b]0;title\u0007"
                ^
"""

# What stands in [model], from line 4 on.
OWN_MODELS = r'''
cel = "h = x"
-----
f.toml, line 3, column 1: the model has no equations; give cell = """…"""
    [model]
    ^
f.toml, line 4, column 1: `cel` is not a key of a model; did you mean `cell`?
    cel = "h = x"
    ^
=====
cell = 3
-----
f.toml, line 4, column 8: `cell` is a text; write it in quotes
    cell = 3
           ^
=====
cell = ""
-----
f.toml, line 4, column 8: the model has no equations; give cell = """…"""
    cell = ""
           ^
=====
cell = "h = x"
objective = "cost"
-----
f.toml, line 5, column 13: no equation computes `cost`; write a line `cost = …`
    objective = "cost"
                ^
=====
cell = "h = x"
loss = "h"
shapes = { h = [1] }
-----
f.toml, line 5, column 9: `loss` is a vector of 1; what training minimises is a scalar: take its sum or mean
            h
            ^
=====
cell = "h = x"
loss = "sum(h)"
objective = "lost"
-----
f.toml, line 6, column 13: no equation computes `lost`; did you mean `loss`?
    objective = "lost"
                ^
=====
cell = "h = x"
loss = "sum(h)"
shapes = 3
-----
f.toml, line 6, column 10: `shapes` is a table; write [model.shapes]
    shapes = 3
             ^
=====
cell = "h = h[t-1] + x"
loss = "sum(h)"
initial = { h = [1] }
-----
f.toml, line 6, column 17: an initial value of a model is an expression; write it in quotes; numbers go in [initial]
    initial = { h = [1] }
                    ^
=====
cell = "h = x +"
-----
f.toml, line 4, column 16: the expression ends too early
            h = x +
                   ^
=====
cell = "h = x + (1"
-----
f.toml, line 4, column 17: this `(` is never closed
            h = x + (1
                    ^
=====
cell = "h == x"
-----
f.toml, line 4, column 9: this is not an equation; write name = expression
            h == x
            ^
=====
cell = "x = 3"
-----
f.toml, line 4, column 9: `x` is given, not computed; choose another name
            x = 3
            ^
=====
cell = "h = tnah(x)"
loss = "sum(h)"
-----
f.toml, line 4, column 13: `tnah` is not a function of the language; did you mean `tanh`?
            h = tnah(x)
                ^
=====
cell = "h = 1e999"
-----
f.toml, line 4, column 13: this number is too large for float64; at most 1.8e308
            h = 1e999
                ^
=====
cell = "h = x if x else 1"
-----
f.toml, line 4, column 13: this is not in the language; choose with where(condition, a, b)
            h = x if x else 1
                ^
=====
cell = "h = __import__(1)"
-----
f.toml, line 4, column 13: `__import__` is not a function of the language
            h = __import__(1)
                ^
=====
cell = "h = tanh(W @ x + h[t-2])"
-----
f.toml, line 4, column 26: `h[t-2]` looks back 2 timesteps, and a state keeps one; carry it over: before = h[t-1], then before[t-1]
            h = tanh(W @ x + h[t-2])
                             ^
=====
cell = "h = h[t+1]"
loss = "sum(h)"
-----
f.toml, line 4, column 13: `h[t+1]` is in the future; a recurrence looks back: [t-1]
            h = h[t+1]
                ^
=====
cell = "a = b + x\nb = a"
loss = "sum(a)"
-----
f.toml, line 4, column 13: `a` is circular: `a` needs `b` needs `a`; use last timestep's value, b[t-1]
            a = b + x
                ^
=====
cell = "a = b + x\nb = x"
loss = "sum(a)"
-----
f.toml, line 4, column 13: `b` is used before the line that computes it; move that line up, or use b[t-1]
            a = b + x
                ^
=====
cell = """
h = tanh(x)
h = x
"""
loss = "sum(h)"
-----
f.toml, line 6, column 1: `h` is assigned twice (first in line 5); each quantity has one equation
    h = x
    ^
=====
cell = "h = W @ x + b"
loss = "sum(h)"
[parameters]
W = [[1], [2]]
b = [1, 2, 3]
-----
f.toml, line 4, column 19: `W @ x` is a vector of 2 but `b` is a vector of 3; `+` takes two of one shape, or a scalar; `W` is a 2×1 matrix in line 7; `x` is a vector of 1 in line 2; `b` is a vector of 3 in line 8
            h = W @ x + b
                      ^
=====
cell = """
  h = W @ x
  k = h + b   # here
"""
loss = "sum(k)"
[parameters]
W = [[1], [2]]
b = [1, 2, 3]
-----
f.toml, line 6, column 9: `h` is a vector of 2 but `b` is a vector of 3; `+` takes two of one shape, or a scalar; `b` is a vector of 3 in line 11
      k = h + b   # here
            ^
=====
cell = "h = x[1]"
loss = "sum(h)"
-----
f.toml, line 4, column 13: `x` has no component 1; it has only component 0; `x` is a vector of 1 in line 2
            h = x[1]
                ^
=====
cell = "h = W @ h[t-1] + V @ x"
loss = "sum(h)"
-----
f.toml, line 4, column 9: the shape of `h` cannot be told; give [sizes] hidden = …
            h = W @ h[t-1] + V @ x
            ^
=====
cell = "h = x"
loss = "sum(W @ u)"
-----
f.toml, line 5, column 13: the shape of `W` cannot be told; give `W` a value, or a shape
            sum(W @ u)
                ^
f.toml, line 5, column 17: the shape of `u` cannot be told; give `u` a value, or a shape
            sum(W @ u)
                    ^
=====
cell = "[bold red] = x"
-----
f.toml, line 4, column 9: `[bold red]` cannot be assigned; left of = stands one name
            [bold red] = x
            ^
=====
cell = "h = \u009b31m + x"
-----
f.toml, line 4, column 13: this cannot be read as an expression
            h = \x9b31m + x
                ^
'''


def cases(text: str, before: str = "", after: str = "") -> list[object]:
    """Each case of a text: the file and what is said, named by the beginning of what is said."""
    found: list[object] = []
    for case in text.removeprefix("\n").split("=====\n"):
        file, _, said = case.partition("-----\n")
        name = re.sub(r"[^\w ]+", "", said.partition(": ")[2].partition("\n")[0])[:48]
        found.append(pytest.param(before + file + after, said.removesuffix("\n"), id=name))
    return found


def refusal(text: str) -> str:
    with pytest.raises(InputError) as caught:
        parse_sequence_file(text, "f.toml")
    assert str(caught.value) == "\n".join(str(problem) for problem in caught.value.problems)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        *cases(WHOLE_FILES),
        *cases(BEFORE_DATA, after=f"\n[data]\n{DATA}"),
        *cases(DATA_TABLES, before=HEAD),
        *cases(OTHER_TABLES, before=HEAD + DATA),
        *cases(OWN_MODELS, before=OWN),
    ],
)
def test_what_is_said(text: str, said: str) -> None:
    assert refusal(text) == said


class TestTheCaret:
    """Line and column lead to the same place in the file, however its strings are written."""

    @pytest.mark.parametrize(
        "cell",
        [
            'cell = "k = W @ x + b"',
            "cell = 'k = W @ x + b'",
            "  cell   =   'k = W @ x + b'",
            'cell = """k = W @ x + b"""',
            'cell = """\n   k = W @ x + b\n"""',
            "cell = '''\n\nk = W @ x + b  # sum\n'''",
            "cell = '''\nh = x\n\tk = (W @ x\n + b)\n'''",
            'cell = """\r\nh = x\r\nk = W @ x + b\r\n"""',
        ],
    )
    def test_of_a_shape_clash(self, cell: str) -> None:
        text = f'{OWN}{cell}\nloss = "sum(k)"\n[parameters]\nW = [[1], [2]]\nb = [1, 2, 3]\n'
        with pytest.raises(InputError) as caught:
            parse_sequence_file(text, "f.toml")
        (problem,) = caught.value.problems
        assert problem.place is not None
        line = text.split("\n")[problem.place.line - 1]
        assert line[problem.place.column - 1] == "+"
        assert problem.message == "`W @ x` is a vector of 2 but `b` is a vector of 3"
        shown, caret = problem.excerpt().split("\n")[1:]
        assert shown[caret.index("^")] == "+"

    def test_in_a_string_with_escaped_line_breaks(self) -> None:
        """As programs write it: the line is that of the string, the excerpt that of the equation."""
        assert refusal(f'{OWN}cell = "h = x\\nk = h + @"\n') == (
            "f.toml, line 4, column 17: this cannot be read as an expression\n"
            "            k = h + @\n"
            "                    ^"
        )

    def test_in_a_shipped_model_is_said_to_be_there(self) -> None:
        said = refusal(f"{HEAD}{DATA}[parameters]\nW_hh = [[1, 0, 0], [0, 1, 0]]\n")
        assert said.startswith("f.toml, model elman, line 5, column ")
        assert "`W_hh` is a 2×3 matrix in line 9" in said

    def test_of_a_number_on_a_very_long_line(self) -> None:
        for digits in (400, 5000):
            said = refusal(f"{HEAD}{DATA}[parameters]\nb_hh = [1, 1{'0' * digits}]\n")
            first, shown, caret = said.split("\n")
            what = "a number this large is not a value that can be computed with"
            what = what if digits == 400 else "a whole number has too many digits"
            assert first == f"f.toml, line 9, column 12: {what}"
            assert len(shown) <= 80
            assert shown[caret.index("^")] == "1"


class TestFilesOfOtherKinds:
    """What is no text at all: one line, with the name of the file."""

    @staticmethod
    def said(path: Path) -> str:
        with pytest.raises(InputError) as caught:
            read_sequence_file(path)
        return str(caught.value).replace(f"{path}", "PATH")

    def test_missing(self, tmp_path: Path) -> None:
        assert self.said(tmp_path / "x.toml") == "PATH: there is no such file"

    def test_directory(self, tmp_path: Path) -> None:
        assert self.said(tmp_path) == "PATH: this is a directory, not a sequence file"

    @pytest.mark.parametrize("content", [b"", b"\n\n", b"  # nothing\n", b"\xef\xbb\xbf"])
    def test_empty(self, tmp_path: Path, content: bytes) -> None:
        file = tmp_path / "x.toml"
        file.write_bytes(content)
        assert self.said(file) == "PATH: the file is empty"

    def test_binary(self, tmp_path: Path) -> None:
        file = tmp_path / "x.npy"
        file.write_bytes(b"\x93NUMPY\x01\x00v\x00")
        assert self.said(file) == "PATH: this is a binary file, not a sequence file"

    def test_not_utf8(self, tmp_path: Path) -> None:
        file = tmp_path / "x.toml"
        file.write_bytes('title = "Caf\xe9"\n'.encode("latin-1"))
        assert self.said(file) == (
            "PATH, line 1, column 13: the file is not UTF-8: byte 0xe9 at offset 12\n"
            '    title = "Caf\\xe9"\n'
            "                ^"
        )

    def test_a_name_with_escapes(self) -> None:
        with pytest.raises(InputError) as caught:
            read_sequence_file("\x1b[31m[bold].toml")
        assert str(caught.value) == r"\x1b[31m[bold].toml: there is no such file"


def test_problems_are_reported_together_and_in_file_order() -> None:
    with pytest.raises(InputError) as caught:
        parse_sequence_file(cases(WHOLE_FILES)[-1].values[0], "f.toml")  # type: ignore[attr-defined]
    places = [problem.place for problem in caught.value.problems if problem.place]
    assert [place.line for place in places] == [1, 2, 6, 9, 10]


# --- whatever happens to a file, it is read or refused ------------------------------------------

SHIPPED = [file.read_bytes() for file in shipped_files()]
TOKENS = [
    "0", "-1", "1e999", "nan", '""', '"x"', "[]", "[1]", "[[1, 2], [3]]", "{}", "true", '"next"',
    '"all"', "[t-1]", "@", "\x1b", "\x9b", "h", "x", "target", "(", ")", "=", ".T", "x[0]", '"""', "#",
    "1979-05-27", "[[[[[[[[[[1]]]]]]]]]]", "9" * 30, "loss", "y", "sum(", "concat(x, h)", "\\u0000",
]  # fmt: skip


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A shipped file with a few bytes, words or lines changed."""
    content = draw(st.sampled_from(SHIPPED))[: draw(st.integers(200, 4000))]
    for _ in range(draw(st.integers(1, 3))):
        way = draw(st.sampled_from(["bytes", "word", "line"]))
        if way == "bytes":
            start = draw(st.integers(0, len(content)))
            end = start + draw(st.integers(0, 6))
            content = content[:start] + draw(st.binary(max_size=4)) + content[end:]
        elif way == "word":
            words = [m.span() for m in re.finditer(rb'[\w.-]+|"[^"\n]*"|\[[^][]*\]', content)]
            start, end = draw(st.sampled_from(words or [(0, 0)]))
            content = content[:start] + draw(st.sampled_from(TOKENS)).encode() + content[end:]
        else:
            lines = content.split(b"\n")
            other = draw(st.sampled_from(SHIPPED)).split(b"\n")
            start = draw(st.integers(0, len(lines) - 1))
            end = start + draw(st.integers(0, 2))
            lines[start:end] = draw(st.lists(st.sampled_from(lines + other), max_size=2))
            content = b"\n".join(lines)
    return content


@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(damaged())
def test_a_damaged_file_is_read_or_refused(content: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "damaged.toml"
        file.write_bytes(content)
        said = ""
        try:
            read_sequence_file(file)
        except InputError as error:
            said = str(error)
        assert all(character == "\n" or character.isprintable() for character in said)
