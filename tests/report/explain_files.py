"""Sequence files that ask everything of a worked solution, and the solutions in every format."""

from __future__ import annotations

from collections.abc import Callable

from rnntui.data.sequence_file import SequenceFile, parse_sequence_file
from rnntui.report.explain_document import Document
from rnntui.report.explain_html import render_html
from rnntui.report.explain_latex import render_latex
from rnntui.report.explain_markdown import render_markdown
from rnntui.report.explain_text import render_text

FORMATS: dict[str, Callable[[Document], str]] = {
    "txt": render_text,
    "md": render_markdown,
    "tex": render_latex,
    "html": render_html,
}

# every number can be told in the head: h₁ = 1, h₂ = −2
SMALL = """
title = "Small"
description = "Two timesteps."
[model]
cell = "h = w * x[0] + u * h[t-1]   # hidden: hidden state"
loss = "loss = squared_error(h, target)"
[shapes]
h = []
w = []
u = []
[data]
values = [1, 2]
targets = [0, 1]
[parameters]
w = 1
u = -4
[training]
fixed = ["u"]
[[expect]]
at = { t = 2 }
values = { h = -2 }
[[expect]]
at = { t = 1 }
values = { h = 7 }
wrong = true
note = "A slip."
[[expect]]
at = { iteration = 0 }
gradients = { w = 3 }
"""

# names of every shape, text that every format takes for its own, and numbers that are none
HOSTILE = r'''
title = "100% of $x_1 & #2 <b>bold</b> \\input{x} ~^| `code` *stars* \u001b[31m \u202e größe 中文"
description = "<script>alert(1)</script> & \\end{document} ``` $$ | 1. [link](x)"
[model]
cell = """
größe = exp(W_long_name @ x) * 1e6        # gate: <i>&amp; \\textbf{x} `y` $z$ %
h = log(größe - größe) + größe * h[t-1]   # | a | b |
"""
loss = "loss = sum(h) / (sum(h) - sum(h)) + 0 * squared_error(h, target)"
[shapes]
h = [2]
[data]
alphabet = { "<" = [1, 0], "|" = [0, 1], "\\" = [1, 1] }
sequence = ["<", "|", "\\"]
targets = [[0.5, 1], [0, 1], [1, 2]]
'''

EVERY_FUNCTION = """
title = "Every function of the language"
[initial]
h = [0.5, -0.5]
[model]
cell = '''
a = sigmoid(W @ x + b)
b1 = tanh(a) + relu(a - 0.5)
c = softplus(a) * exp(-a) + log(a + 1) - sqrt(abs(a) + 0.1)
d = sign(a - 0.5) + heaviside(a - 0.5)
e_hat = softmax(c) - log_softmax(c)
f = layer_norm(c) * mean(c) + sum(d) * norm(a)
k = dot(a, c) * v
M = outer(a, k) * 0.1 + 0.5 * M[t-1]
p = concat(a[0], k[1:], x)
q = minimum(a, c) - maximum(a, 0.5) + where(a < c, a, -c)
u = stop_gradient(a) + zeros(2) + ones(2) * one_hot(0, 2)
alpha = (a ** 2 - c ** -k) / (1 + a * a) / (a / (2 + a))
m = M.T @ a + a @ M + M[0, 1] + M[0, :] - (a - c) ** 3
w_long_name = p[0:2] * (1 - m)
h = tanh(U @ h[t-1] + b1 + e_hat + f + q + u + alpha + w_long_name)
'''
readout = "y = sigmoid(R @ h + r)"
loss = '''
loss = cross_entropy(y, target) + binary_cross_entropy(y, target) + kl_divergence(y, target) \
 + binary_kl_divergence(y, target) + squared_error(y, target) + mean_squared_error(y, target)
'''
[shapes]
v = [2]
h = [2]
[data]
values = [[1, 0.5]]
targets = [[0.2, 0.8]]
[training]
optimizer = "adam"
clip_norm = 1.0
"""

LARGE = """
title = "A large network"
model = "elman"
[sizes]
hidden = 24
[data]
one_hot = "ABCDEFGHIJ"
sequence = "ABC"
targets = "next"
[training]
reduction = "mean"
"""


def read(text: str) -> SequenceFile:
    return parse_sequence_file(text, "solution.toml")
