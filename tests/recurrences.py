"""Recurrences of many kinds as people write them down: what the shipped models are not.

Several states, matrix states, states that are scalars, a hidden quantity that is no state, initial
values, gates made of scalars: each a whole sequence file.
"""

from __future__ import annotations

from textwrap import dedent

_NUMBERS = """
[data]
values = [[1.0, -0.5], [0.25, 0.75], [-1.0, 0.5]]
targets = [[0.5, 0.0], [-0.5, 1.0], [1.0, 0.25]]
"""
_SYMBOLS = """
[data]
one_hot = "abc"
sequence = "abcab"
"""
_READ = "readout = 'y = V @ h + c'\nloss = 'squared_error(y, target)'\n"
_KEYS = "q = W_q @ x\nr = W_k @ x\nk = r / sqrt(dot(r, r) + 0.01)\nv = W_v @ x"
_MATRIX = "[sizes]\nhidden = 2\n[model.shapes]\nS = ['hidden', 'hidden']\n"
_PAIR = "[sizes]\nhidden = 2\n"


def _file(cell: str, rest: str = _READ, tables: str = _PAIR, data: str = _NUMBERS) -> str:
    return f"[model]\ncell = '''{dedent(cell)}'''\n{rest}{tables}{data}"


def _matrix(cell: str) -> str:
    """A matrix state, with query, key and value made of the input."""
    return _file(_KEYS + dedent(cell), tables=_MATRIX)


RECURRENCES = {
    "linear attention": _matrix(
        """
        S = S[t-1] + outer(v, k)        # state: keys and values seen
        h = S @ q                       # hidden: what is read
        """
    ),
    "normalised linear attention": _file(
        """
        q = exp(W_q @ x)
        k = exp(W_k @ x)
        v = W_v @ x
        S = S[t-1] + outer(v, k)        # state: values by key
        z = z[t-1] + k                  # state: normaliser
        h = (S @ q) / dot(z, q)         # hidden: what is read
        """,
        tables=_MATRIX,
    ),
    "delta rule": _matrix(
        """
        beta = sigmoid(dot(w_beta, x))  # gate: how much is written
        S = S[t-1] + beta * outer(v - S[t-1] @ k, k)  # state: fast weights
        h = S @ q                       # hidden: what is read
        """
    ),
    "gated delta rule": _matrix(
        """
        a = sigmoid(dot(w_a, x) + b_a)  # gate: decay
        beta = sigmoid(dot(w_beta, x))  # gate: how much is written
        S = a * (S[t-1] - beta * outer(S[t-1] @ k, k)) + beta * outer(v, k)  # state: fast weights
        h = S @ q                       # hidden: what is read
        """
    ),
    "diagonal state space": _file(
        """
        s = exp(-exp(a)) * s[t-1] + B @ x   # state: channels, each for itself
        h = C @ s + D @ x                   # hidden: output
        """,
        tables=_PAIR + "[parameters]\nB = [[1, 0], [0.5, 1], [0, -1]]\n"
        "[shapes]\nC = [2, 3]\ns = [3]\n",
    ),
    "selective state space": _file(
        """
        delta = softplus(W_d @ x + b_d)                            # gate: step
        S = exp(outer(delta, A)) * S[t-1] + outer(delta * x, B @ x)  # state: one row a channel
        h = S @ (C @ x) + D * x                                    # hidden: output
        """,
        tables="[sizes]\nhidden = 2\n[model.shapes]\nS = [2, 3]\nA = [3]\nB = [3, 2]\nC = [3, 2]\n"
        "[parameters]\nA = [-1, -0.5, -0.1]\n",
    ),
    "weighted key values": _file(
        """
        r = sigmoid(W_r @ x)                        # gate: receptance
        k = W_k @ x
        v = W_v @ x
        wkv = (num[t-1] + exp(u + k) * v) / (den[t-1] + exp(u + k))  # candidate: weighted mean
        num = exp(-exp(w)) * num[t-1] + exp(k) * v  # state: numerator
        den = exp(-exp(w)) * den[t-1] + exp(k)      # state: denominator
        h = r * wkv                                 # hidden: output
        """
    ),
    "forward recursion of a hidden Markov model": _file(
        """
        alpha = (A.T @ alpha[t-1]) * (B @ x)  # state: joint probability
        h = alpha / sum(alpha)                # hidden: posterior
        """,
        rest="loss = '-log(sum(alpha))'\n",
        tables="[parameters]\nA = [[0.7, 0.3], [0.4, 0.6]]\n"
        "B = [[0.5, 0.4, 0.1], [0.1, 0.3, 0.6]]\n[initial]\nalpha = [0.6, 0.4]\n",
        data=_SYMBOLS,
    ),
    "minimal gated recurrent unit": _file(
        """
        z = sigmoid(W_z @ x)              # gate: update
        n = W_n @ x                       # candidate: candidate
        h = (1 - z) * h[t-1] + z * n      # hidden: hidden state
        """
    ),
    "exponential gates with a stabiliser": _file(
        """
        i = W_i @ x + R_i * h[t-1] + b_i             # gate: logarithm of the input gate
        f = W_f @ x + R_f * h[t-1] + b_f             # gate: logarithm of the forget gate
        z = tanh(W_z @ x + R_z * h[t-1] + b_z)       # candidate: cell input
        o = sigmoid(W_o @ x + R_o * h[t-1] + b_o)    # gate: output
        m = maximum(f + m[t-1], i)                   # state: stabiliser
        c = exp(f + m[t-1] - m) * c[t-1] + exp(i - m) * z  # state: cell
        n = exp(f + m[t-1] - m) * n[t-1] + exp(i - m)      # state: normaliser
        h = o * c / n                                # hidden: hidden state
        """
    ),
    "Hopfield network": _file(
        """
        s = tanh(beta * (W @ s[t-1]))               # state: pattern
        energy = -0.5 * dot(s, W @ s)
        """,
        rest="",
        tables="[parameters]\nW = [[0, 1, -1], [1, 0, -1], [-1, -1, 0]]\nbeta = 2\n"
        "[initial]\ns = [0.9, 0.1, -0.2]\n",
        data="[data]\nlength = 6\n",
    ),
    "scalar Kalman filter": _file(
        """
        prior = P[t-1] + Q                     # predicted variance
        K = prior / (prior + R)                # gate: gain
        m = m[t-1] + K * (x[0] - m[t-1])       # state: mean
        P = (1 - K) * prior                    # state: variance
        """,
        rest="loss = '0.5 * (m - target[0]) ** 2'\n",
        tables="[shapes]\nm = []\nP = []\n[parameters]\nQ = 0.1\nR = 1\n[initial]\nP = 1\n",
    ),
    "leaky spiking neurons": _file(
        """
        s = heaviside(u[t-1] - 1)                        # gate: spike
        u = 0.9 * u[t-1] * (1 - stop_gradient(s)) + W @ x  # state: membrane
        h = sigmoid(4 * (u - 1))                         # hidden: rate
        """
    ),
    "output fed back": _file(
        """
        h = tanh(W @ x + U @ y[t-1] + b)   # hidden: hidden state
        y = V @ h + c                      # readout: readout
        """,
        rest="loss = 'squared_error(y, target)'\n",
        tables="[sizes]\nhidden = 3\n[shapes]\ny = [2]\nh = [3]\n",
    ),
    "shift register": _file(
        """
        d = concat(x, d[t-1][:4])          # state: the last three inputs
        h = relu(W @ d + b)                # hidden: hidden state
        """,
        tables="[sizes]\nhidden = 2\n[shapes]\nd = [6]\nW = [2, 6]\n",
    ),
    "a counter": _file(
        "total = total[t-1] + x[0]\n",
        rest="",
        tables="[shapes]\ntotal = []\n",
        data="[data]\nvalues = [[1.0]]\n",
    ),
    "a scalar state that is read as a vector": _file(
        "total = total[t-1] + 1\nh = tanh(W @ h[t-1] + U @ x)\n", rest="loss = 'sum(total)'\n"
    ),
    "a batch of scalars": _file(
        "s = w * x[0] + s[t-1]   # state: sum\n",
        rest="readout = 'y = s'\nloss = '(y - target) ** 2'\n",
        tables="[shapes]\ns = []\n[training]\nbatch = 'all'\n[parameters]\nw = 1\n",
        data="[data]\nvalues = [[[1]], [[3]]]\ntargets = [[0], [0]]\n",
    ),
    "no state at all": _file(
        "a = W @ x\nh = tanh(a)  # hidden: hidden state\n",
        rest="",
        tables="[shapes]\nW = [2, 2]\n",
        data="[data]\nvalues = [[1.0, 2.0]]\n",
    ),
    "nothing but numbers": _file("a = 1 + 1\n", rest="", data="[data]\nlength = 2\n", tables=""),
}
