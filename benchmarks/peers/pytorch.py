"""PyTorch: eager, and with torch.compile.

What makes it quick on such small networks, found by trying: one product for the inputs of all
timesteps; stacked gates; `addmv`; Adam's fused kernel; no `.item()` in the loop. The recurrence is
written in both ways that are usual, as torch.nn's module and as a loop, and the quicker one counts.
"""

from __future__ import annotations

import signal
import time
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
import torch
from tasks import Workload, padded, symbols
from torch.nn import functional

torch.set_num_threads(1)
Tensor = torch.Tensor
Sample = tuple[Tensor, ...]
Loss = Callable[..., Tensor]

_TOO_LONG: set[tuple[str, int]] = set()  # recurrence and length of graphs that were given up


class _Network:
    """Parameters as leaf tensors, and the loss of a sequence."""

    W_ih: Tensor
    W_hh: Tensor
    b_h: Tensor
    W_hy: Tensor
    b_y: Tensor
    H0: Tensor

    def __init__(self, workload: Workload) -> None:
        self.kind = workload.kind
        for key, value in workload.parameters.items():
            setattr(self, key, torch.tensor(value, requires_grad=True))
        self.parameters = [getattr(self, key) for key in workload.parameters]

    def states(self, x: Tensor) -> Tensor:
        """(T, H): the hidden state after each timestep, written as a loop."""
        bias = None if self.kind == "adder" else self.b_h
        inputs = functional.linear(x, self.W_ih, bias).unbind(0)
        W = self.W_hh
        states = []
        if self.kind == "lstm":
            h = c = x.new_zeros(W.shape[1])
            for z in inputs:
                i, f, g, o = torch.addmv(z, W, h).chunk(4)
                c = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
                h = torch.sigmoid(o) * torch.tanh(c)
                states.append(h)
            return torch.stack(states)
        activation = torch.tanh if self.kind == "srn" else torch.sigmoid
        h = torch.tanh(self.H0) if self.kind == "srn" else x.new_zeros(W.shape[1])
        for z in inputs:
            h = activation(torch.addmv(z, W, h))
            states.append(h)
        return torch.stack(states)

    def readout(self, states: Tensor) -> Tensor:
        """(T, O): logits, or the adder's output."""
        if self.kind == "adder":
            return torch.sigmoid(functional.linear(states, self.W_hy))
        return functional.linear(states, self.W_hy, self.b_y)

    def loss(self, x: Tensor, target: Tensor) -> Tensor:
        """The loss of a sequence."""
        y = self.readout(self.states(x))
        if self.kind == "adder":
            return 0.5 * torch.sum((y - target) ** 2)
        return functional.cross_entropy(y, target)

    def padded_loss(self, x: Tensor, target: Tensor, weight: Tensor) -> Tensor:
        """The same of a sequence that was filled up: beyond its end the weights are 0."""
        y = self.readout(self.states(x))
        if self.kind == "adder":
            return 0.5 * torch.sum(weight * torch.sum((y - target) ** 2, dim=1))
        return torch.sum(weight * functional.cross_entropy(y, target, reduction="none"))


class _ModuleNetwork(_Network):
    """The recurrence is torch.nn.RNN or torch.nn.LSTM; its second bias is kept at 0."""

    def __init__(self, workload: Workload) -> None:
        super().__init__(workload)
        layer = torch.nn.LSTM if workload.kind == "lstm" else torch.nn.RNN
        self.layer: Any = layer(self.W_ih.shape[1], self.W_hh.shape[1], dtype=torch.float64)
        self.layer.weight_ih_l0, self.layer.weight_hh_l0 = map(
            torch.nn.Parameter, (self.W_ih.detach(), self.W_hh.detach())
        )
        self.layer.bias_ih_l0 = torch.nn.Parameter(self.b_h.detach())
        self.layer.bias_hh_l0.requires_grad_(False).zero_()
        trained = [p for p in self.layer.parameters() if p.requires_grad]
        rest = [self.W_hy, self.b_y, *([self.H0] if workload.kind == "srn" else [])]
        self.parameters = [*trained, *rest]

    def states(self, x: Tensor) -> Tensor:
        """(T, H): the hidden state after each timestep."""
        if self.kind == "srn":
            return self.layer(x, torch.tanh(self.H0)[None])[0]
        return self.layer(x)[0]


class _Training:
    """The usual loop: zero_grad, loss, backward, step."""

    unit = 1

    def __init__(
        self, workload: Workload, network: _Network, loss: Loss, samples: Sequence[Sample]
    ) -> None:
        self.loss, self.samples = loss, samples
        settings = workload.file.training
        if settings.optimizer == "adam":
            self.optimiser: Any = torch.optim.Adam(
                network.parameters,
                lr=settings.learning_rate,
                weight_decay=settings.hyperparameters["weight_decay"],
                fused=True,
            )
        else:
            self.optimiser = torch.optim.SGD(
                network.parameters, lr=settings.learning_rate, fused=True
            )
        self.done = 0

    def train(self, updates: int) -> Sequence[Any]:
        """Goes on for some updates; their losses."""
        losses = []
        for number in range(self.done, self.done + updates):
            self.optimiser.zero_grad()
            loss = self.loss(*self.samples[number % len(self.samples)])
            loss.backward()
            self.optimiser.step()
            losses.append(loss.detach())
        self.done += updates
        return losses


def eager(workload: Workload) -> dict[str, _Training]:
    """The candidates, by what they are written with."""
    samples = [
        (torch.tensor(s.inputs), _target(workload, np.asarray(s.targets)))
        for s in workload.sequences
    ]
    networks = {"a loop": _Network(workload)}
    if workload.kind != "adder":  # torch.nn.RNN has no sigmoid
        name = "torch.nn.LSTM" if workload.kind == "lstm" else "torch.nn.RNN"
        networks[name] = _ModuleNetwork(workload)
    return {
        name: _Training(workload, network, network.loss, samples)
        for name, network in networks.items()
    }


def compiled(workload: Workload, limit: float) -> tuple[_Training, float]:
    """With torch.compile (inductor), and the seconds that compiling took.

    The loop is unrolled to the longest sequence and others are filled up: a graph for each length
    would be compiled anew again and again. (torch.nn's modules cannot be compiled, and compiling
    only one timestep's cell is slower than eager: a call of a compiled function costs more than
    such a cell.) Raises TimeoutError after `limit` seconds. PyTorch keeps what it compiled, so that
    the next time is much shorter.
    """
    form = (workload.kind, workload.longest)
    if form in _TOO_LONG:
        raise TimeoutError(f"not tried again: such a graph took more than {limit:.0f} s to compile")
    torch._dynamo.reset()  # earlier rows' graphs
    data = padded(workload)
    samples = [
        (torch.tensor(x), _target(workload, target, s.length), torch.tensor(weight))
        for x, target, weight, s in zip(
            data.inputs, data.targets, data.weights, workload.sequences, strict=True
        )
    ]
    network = _Network(workload)
    loss = torch.compile(network.padded_loss, fullgraph=True)
    start = time.perf_counter()
    try:
        with _limited(limit), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            loss(*samples[0]).backward()
    except TimeoutError:
        _TOO_LONG.add(form)
        raise
    seconds = time.perf_counter() - start
    return _Training(workload, network, loss, samples), seconds


class _TimeUp(BaseException):
    """Not an Exception, so that no compiler's `except Exception` holds it up."""


@contextmanager
def _limited(seconds: float) -> Iterator[None]:
    """Interrupts what runs within after so many seconds, with TimeoutError."""

    def interrupt(*_: Any) -> None:
        raise _TimeUp

    before = signal.signal(signal.SIGALRM, interrupt)
    signal.setitimer(signal.ITIMER_REAL, seconds)
    try:
        yield
    except _TimeUp:
        raise TimeoutError(f"took more than {seconds:.0f} s to compile") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


def _target(workload: Workload, targets: Any, length: int | None = None) -> Tensor:
    if workload.kind == "adder":
        return torch.tensor(targets)
    found = np.zeros(len(targets), dtype=np.int64)  # beyond the end any class will do
    found[:length] = symbols(targets[:length])
    return torch.tensor(found)
