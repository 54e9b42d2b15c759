"""JAX: jit with one call an update, and lax.scan over many updates in one call.

Every sequence is filled up to the longest, since each shape is compiled anew, and weighted 0 beyond
its end. What makes it quick here, found by trying: one product for the inputs of all timesteps;
stacked gates; buffers given away (`donate_argnums`); no asynchronous dispatch, whose other thread
has no core of its own; and, for the smallest networks, a scan with some timesteps unrolled.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import jax
import jax.numpy as jnp
from jax import lax
from tasks import Kind, Workload, padded

jax.config.update("jax_enable_x64", True)
jax.config.update("jax_cpu_enable_async_dispatch", False)

Parameters = dict[str, jax.Array]
Sample = tuple[jax.Array, jax.Array, jax.Array]
UNROLLED = (1, 4)  # timesteps in one turn of the inner loop


def _states(kind: Kind, p: Parameters, x: jax.Array, unroll: int) -> jax.Array:
    """(T, H): the hidden state after each timestep."""
    W = p["W_hh"]

    def lstm(state: Any, z: jax.Array) -> Any:
        h, c = state
        i, f, g, o = jnp.split(z + W @ h, 4)
        c = jax.nn.sigmoid(f) * c + jax.nn.sigmoid(i) * jnp.tanh(g)
        h = jax.nn.sigmoid(o) * jnp.tanh(c)
        return (h, c), h

    def simple(h: jax.Array, z: jax.Array) -> Any:
        activation = jnp.tanh if kind == "srn" else jax.nn.sigmoid
        h = activation(z + W @ h)
        return h, h

    inputs = x @ p["W_ih"].T
    zeros = jnp.zeros(W.shape[1])
    if kind == "adder":
        return lax.scan(simple, zeros, inputs, unroll=unroll)[1]
    inputs = inputs + p["b_h"]
    if kind == "srn":
        return lax.scan(simple, jnp.tanh(p["H0"]), inputs, unroll=unroll)[1]
    return lax.scan(lstm, (zeros, zeros), inputs, unroll=unroll)[1]


def _loss(kind: Kind, unroll: int, p: Parameters, sample: Sample) -> jax.Array:
    x, target, weight = sample
    states = _states(kind, p, x, unroll)
    if kind == "adder":
        y = jax.nn.sigmoid(states @ p["W_hy"].T)
        return 0.5 * jnp.sum(weight[:, None] * (y - target) ** 2)
    logits = states @ p["W_hy"].T + p["b_y"]
    return -jnp.sum(weight * jnp.sum(target * jax.nn.log_softmax(logits), axis=-1))


def _sgd(settings: Any, state: Any, gradients: Parameters) -> Any:
    (p,) = state
    return (jax.tree.map(lambda p, g: p - settings.learning_rate * g, p, gradients),)


def _adam(settings: Any, state: Any, gradients: Parameters) -> Any:
    p, m, v, step = state
    hyper = settings.hyperparameters
    beta1, beta2, epsilon = hyper["beta1"], hyper["beta2"], hyper["epsilon"]
    step = step + 1
    g = jax.tree.map(lambda g, p: g + hyper["weight_decay"] * p, gradients, p)
    m = jax.tree.map(lambda m, g: beta1 * m + (1 - beta1) * g, m, g)
    v = jax.tree.map(lambda v, g: beta2 * v + (1 - beta2) * g * g, v, g)
    correction1, correction2 = 1 - beta1**step, 1 - beta2**step
    rate = settings.learning_rate / correction1
    p = jax.tree.map(lambda p, m, v: p - rate * m / (jnp.sqrt(v / correction2) + epsilon), p, m, v)
    return p, m, v, step


class _Training:
    """One update as a function of state and sample; subclasses run it."""

    def __init__(self, workload: Workload, unroll: int) -> None:
        data = padded(workload)
        self.data: Sample = tuple(map(jnp.asarray, (data.inputs, data.targets, data.weights)))  # type: ignore[assignment]
        parameters = {key: jnp.array(value) for key, value in workload.parameters.items()}
        settings = workload.file.training
        adam = settings.optimizer == "adam"
        self.state: Any = (parameters,)
        if adam:
            zeros = partial(jax.tree.map, jnp.zeros_like)
            self.state = (parameters, zeros(parameters), zeros(parameters), jnp.zeros(()))
        gradient = jax.value_and_grad(partial(_loss, workload.kind, unroll))
        optimiser = partial(_adam if adam else _sgd, settings)

        def update(state: Any, sample: Sample) -> Any:
            loss, gradients = gradient(state[0], sample)
            return optimiser(state, gradients), loss

        self.update: Callable[..., Any] = update


class Jit(_Training):
    """One call of a compiled function an update."""

    unit = 1

    def __init__(self, workload: Workload, unroll: int = 1) -> None:
        super().__init__(workload, unroll)
        self.step = jax.jit(self.update, donate_argnums=0)
        self.samples = list(zip(*self.data, strict=True))
        self.done = 0

    def train(self, updates: int) -> Sequence[Any]:
        """Goes on for some updates; their losses."""
        losses = []
        for number in range(self.done, self.done + updates):
            self.state, loss = self.step(self.state, self.samples[number % len(self.samples)])
            losses.append(loss)
        self.done += updates
        jax.block_until_ready(self.state)
        return losses


class Scan(_Training):
    """All the sequences once in one call: nothing goes through Python in between."""

    def __init__(self, workload: Workload, unroll: int = 1) -> None:
        super().__init__(workload, unroll)
        self.unit = len(workload.sequences)
        self.pass_over = jax.jit(
            lambda state, data: lax.scan(self.update, state, data), donate_argnums=0
        )

    def train(self, updates: int) -> Sequence[Any]:
        """Goes on for some updates, a multiple of the unit; their losses."""
        losses: list[Any] = []
        for _ in range(updates // self.unit):
            self.state, found = self.pass_over(self.state, self.data)
            losses.extend(jax.device_get(found))
        return losses


def one_call_an_update(workload: Workload) -> dict[str, Jit]:
    """The candidates, by how the inner loop is unrolled."""
    return {"": Jit(workload)}


def many_updates_a_call(workload: Workload) -> dict[str, Scan]:
    """The candidates, by how the inner loop is unrolled."""
    return {f"unroll={unroll}": Scan(workload, unroll) for unroll in UNROLLED}
