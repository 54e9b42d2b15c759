"""Sequence files small enough to know every number of, one for each kind of timeline."""

from __future__ import annotations

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.session.session import Session

ELMAN = """
[model]
cell = "h = tanh(w * x + u * h[t-1])  # hidden: hidden state"
loss = "squared_error(h, target)"
[parameters]
w = 0.5
u = -0.75
[data]
values = [[1.0], [-0.5], [0.25]]
targets = [[0.5], [0.25], [-1.0]]
"""

ONE_TIMESTEP = """
model = "perceptron"
[sizes]
hidden = 2
[data]
values = [[1, 0]]
targets = [1]
"""

LEARNED_START = """
[model]
cell = "h = tanh(w * x + u * h[t-1])"
loss = "squared_error(h, target)"
initial = { h = "tanh(H0)" }
[parameters]
w = 0.5
u = -0.75
H0 = [0.3]
[data]
values = [[1.0], [-0.5]]
targets = [[0.5], [0.25]]
"""

# without targets the loss falls away, and with it backward and update
NO_TARGETS = ELMAN.replace("targets = [[0.5], [0.25], [-1.0]]", "")

UNEVEN = """
[model]
cell = "h = tanh(w * x + u * h[t-1])"
loss = "squared_error(h, target)"
[parameters]
w = 0.5
u = -0.75
[data]
one_hot = "a"
sequences = ["a", "aaa", "aa"]
targets = [[[0.1]], [[0.1], [0.2], [0.3]], [[0.4], [0.5]]]
[training]
batch = 2
"""

EVEN = UNEVEN.replace('"a", "aaa", "aa"', '"aa", "aa", "aa"').replace(
    "[[[0.1]], [[0.1], [0.2], [0.3]], [[0.4], [0.5]]]",
    "[[[0.1], [0.9]], [[0.1], [0.2]], [[0.4], [0.5]]]",
)

LSTM = """
model = "lstm"
[sizes]
hidden = 2
[data]
one_hot = "ab"
sequence = "abba"
targets = "bbab"
"""

# the first update is finite but enormous, and what the second iteration computes is not
BLOWS_UP = """
[model]
cell = "h = w * x"
loss = "squared_error(h, target)"
[parameters]
w = 1
[data]
values = [[1.0], [2.0]]
targets = [[0.0], [0.0]]
[training]
learning_rate = 1e200
"""


def open_session(text: str, **options) -> Session:
    return Session(parse_sequence_file(text, "small.toml"), **{"compiled": False, **options})
