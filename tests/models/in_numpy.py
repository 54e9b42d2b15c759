"""Every shipped recurrence once more, with matrices as in its paper: nothing here reads its equations.

A function for each model, by the model's name: from the parameters and the inputs of all timesteps to
what each timestep computes, states and prediction at least. A shipped model without one fails a test.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping

import numpy as np
import numpy.typing as npt

Array = npt.NDArray[np.float64]
Parameters = Mapping[str, Array]
Steps = Iterator[dict[str, Array]]

RECURRENCES: dict[str, Callable[[Parameters, Iterable[Array]], Steps]] = {}


def recurrence(name: str) -> Callable[..., Callable[..., Steps]]:
    """What computes the model of this name."""

    def register(steps: Callable[[Parameters, Iterable[Array]], Steps]) -> Callable[..., Steps]:
        RECURRENCES[name] = steps
        return steps

    return register


def sigmoid(z: Array) -> Array:
    return 1 / (1 + np.exp(-z))


def softmax(z: Array) -> Array:
    return np.exp(z) / np.exp(z).sum()


def probabilities(p: Parameters, h: Array) -> Array:
    return softmax(p["W_hy"] @ h + p["b_y"])


def start(p: Parameters, key: str = "W_hh") -> Array:
    """A hidden state of zeros."""
    return np.zeros(p[key].shape[0])


def on_top(p: Parameters, name: str, gates: str) -> Array:
    """The matrices or biases of several gates on top of each other, as PyTorch keeps them."""
    return np.concatenate([p[name.format(gate)] for gate in gates])


# --- one state ---


@recurrence("carousel")
def carousel(p: Parameters, xs: Iterable[Array]) -> Steps:
    s = np.zeros(())
    for x in xs:
        s = p["w_s"] * s + np.array([p["w1"], p["w2"]]) @ x
        yield {"s": s, "y": sigmoid(p["w3"] * s)}


@recurrence("carousel-gated")
def carousel_gated(p: Parameters, xs: Iterable[Array]) -> Steps:
    s = np.zeros(())
    for x in xs:
        s = p["w_s"] * s + (np.array([p["w1"], p["w2"]]) @ x) * (p["w4"] + p["w5"] * np.prod(x))
        yield {"s": s, "y": sigmoid(p["w3"] * s)}


@recurrence("carousel-sigmoid-gate")
def carousel_sigmoid_gate(p: Parameters, xs: Iterable[Array]) -> Steps:
    s = np.zeros(())
    for x in xs:
        entering, gate = np.array([[p["w1"], p["w2"]], [p["w4"], p["w5"]]]) @ x
        s = p["w_s"] * s + entering * sigmoid(gate)
        yield {"s": s, "y": sigmoid(p["w3"] * s)}


@recurrence("perceptron")
def perceptron(p: Parameters, xs: Iterable[Array]) -> Steps:
    for x in xs:
        h = sigmoid(p["W_ih"] @ x + p["b_h"])
        yield {"h": h, "y": sigmoid(p["W_hy"] @ h + p["b_y"])}


@recurrence("srn")
def srn(p: Parameters, xs: Iterable[Array]) -> Steps:
    h = np.tanh(p["H0"])
    for x in xs:
        h = np.tanh(np.hstack([p["W_ih"], p["W_hh"]]) @ np.concatenate([x, h]) + p["b_h"])
        yield {"h": h, "y": probabilities(p, h)}


@recurrence("elman")
def elman(p: Parameters, xs: Iterable[Array]) -> Steps:
    h = start(p)
    for x in xs:
        h = np.tanh(x @ p["W_ih"].T + h @ p["W_hh"].T + (p["b_ih"] + p["b_hh"]))
        yield {"h": h, "y": probabilities(p, h)}


@recurrence("echo-state")
def echo_state(p: Parameters, xs: Iterable[Array]) -> Steps:
    h = start(p)
    out = np.hstack([p["b_y"][:, None], p["W_xy"], p["W_hy"]])  # acts on [1, x, h]
    for x in xs:
        new = np.tanh(p["W_hh"] @ h + p["W_ih"] @ x + p["b_h"])
        h = h + p["leak"] * (new - h)
        yield {"h": h, "y": out @ np.concatenate([[1], x, h])}


# --- gated units ---


@recurrence("gru")
def gru(p: Parameters, xs: Iterable[Array]) -> Steps:
    h = start(p, "W_hn")
    w, u = on_top(p, "W_i{}", "rzn"), on_top(p, "W_h{}", "rzn")
    b, c = on_top(p, "b_i{}", "rzn"), on_top(p, "b_h{}", "rzn")
    for x in xs:
        (ir, iz, new), (hr, hz, old) = np.split(w @ x + b, 3), np.split(u @ h + c, 3)
        z = sigmoid(iz + hz)
        n = np.tanh(new + sigmoid(ir + hr) * old)
        h = n + z * (h - n)
        yield {"z": z, "n": n, "h": h, "y": probabilities(p, h)}


@recurrence("gru-reset-before")
def gru_reset_before(p: Parameters, xs: Iterable[Array]) -> Steps:
    h = start(p, "W_hn")
    for x in xs:
        r, z = (sigmoid(p[f"W_i{g}"] @ x + p[f"W_h{g}"] @ h + p[f"b_{g}"]) for g in "rz")
        n = np.tanh(p["W_in"] @ x + p["W_hn"] @ (r * h) + p["b_n"])
        h = z * h + (1 - z) * n
        yield {"r": r, "n": n, "h": h, "y": probabilities(p, h)}


@recurrence("mgu")
def mgu(p: Parameters, xs: Iterable[Array]) -> Steps:
    forget = np.hstack([p["W_hf"], p["W_if"]])  # the paper's matrices act on [h, x]
    candidate = np.hstack([p["W_hn"], p["W_in"]])
    h = start(p, "W_hn")
    for x in xs:
        f = sigmoid(forget @ np.concatenate([h, x]) + p["b_f"])
        n = np.tanh(candidate @ np.concatenate([f * h, x]) + p["b_n"])
        h = (1 - f) * h + f * n
        yield {"f": f, "h": h, "y": probabilities(p, h)}


# --- long short-term memory ---


def memory_cells(
    p: Parameters, xs: Iterable[Array], biases: tuple[str, ...], layer: str = ""
) -> Steps:
    """PyTorch's LSTM: gates i, f, g, o on top of each other, with the biases of these names."""
    w, u = on_top(p, f"W_i{{}}{layer}", "ifgo"), on_top(p, f"W_h{{}}{layer}", "ifgo")
    b = sum(on_top(p, f"{name}{layer}", "ifgo") for name in biases)
    h = c = np.zeros(len(b) // 4)
    for x in xs:
        i, f, g, o = np.split(w @ x + u @ h + b, 4)
        c = sigmoid(f) * c + sigmoid(i) * np.tanh(g)
        h = sigmoid(o) * np.tanh(c)
        yield {f"c{layer}": c, f"h{layer}": h}


@recurrence("lstm")
def lstm(p: Parameters, xs: Iterable[Array]) -> Steps:
    for step in memory_cells(p, xs, ("b_i{}", "b_h{}")):
        yield {**step, "y": probabilities(p, step["h"])}


@recurrence("lstm-one-bias")
def lstm_one_bias(p: Parameters, xs: Iterable[Array]) -> Steps:
    for step in memory_cells(p, xs, ("b_{}",)):
        yield {**step, "y": probabilities(p, step["h"])}


@recurrence("lstm-stacked")
def lstm_stacked(p: Parameters, xs: Iterable[Array]) -> Steps:
    below = list(memory_cells(p, xs, ("b_i{}", "b_h{}"), "_l0"))
    above = memory_cells(p, [step["h_l0"] for step in below], ("b_i{}", "b_h{}"), "_l1")
    for lower, upper in zip(below, above, strict=True):
        yield {**lower, **upper, "y": probabilities(p, upper["h_l1"])}


@recurrence("lstm-peephole")
def lstm_peephole(p: Parameters, xs: Iterable[Array]) -> Steps:
    """Peepholes are diagonal, and the output gate sees the new cell."""
    h = c = np.zeros(p["w_ci"].shape)

    def gate(name: str, x: Array, seen: Array) -> Array:
        peephole = np.diag(p[f"w_c{name}"])
        return sigmoid(p[f"W_i{name}"] @ x + p[f"W_h{name}"] @ h + peephole @ seen + p[f"b_{name}"])

    for x in xs:
        i, f = gate("i", x, c), gate("f", x, c)
        c = f * c + i * np.tanh(p["W_ig"] @ x + p["W_hg"] @ h + p["b_g"])
        h = gate("o", x, c) * np.tanh(c)
        yield {"c": c, "h": h, "y": probabilities(p, h)}


@recurrence("lstm-1997")
def lstm_1997(p: Parameters, xs: Iterable[Array]) -> Steps:
    """The paper's g squashes to [-2, 2], its h to [-1, 1]; nothing is forgotten."""
    w, u, b = (on_top(p, name, "iog") for name in ("W_i{}", "W_h{}", "b_{}"))
    h = c = np.zeros(len(b) // 3)
    for x in xs:
        i, o, g = np.split(sigmoid(w @ x + u @ h + b), 3)
        c = c + i * (4 * g - 2)
        h = o * np.tanh(c / 2)
        yield {"c": c, "h": h, "y": probabilities(p, h)}
