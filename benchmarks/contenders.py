"""Everyone who trains a workload, and the proof that they all compute the same."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field

from ours import Ours, first_losses
from tasks import Workload
from timing import Clock, Contender, quickest

NUMPY, COMPILED = "NumPy", "compiled"
NUMPY_DRAWN, COMPILED_DRAWN = "NumPy, drawn before", "compiled, drawn before"
EAGER, TORCH_COMPILE = "PyTorch eager", "torch.compile"
JIT, SCAN = "JAX jit", "JAX lax.scan"
OURS = (NUMPY, COMPILED)
PEERS = (EAGER, TORCH_COMPILE, JIT, SCAN)

VERIFIED = 20  # updates whose losses are compared
AGREED = 1e-9  # the largest difference that rounding can explain


@dataclass(eq=False)
class Entry:
    """Who takes part in a row. differences: of the losses of the first updates from ours, largest.

    remarks: who does not take part and why, and which of several ways of writing it was quickest.
    """

    contenders: dict[str, Contender] = field(default_factory=dict)
    differences: dict[str, float] = field(default_factory=dict)
    remarks: dict[str, str] = field(default_factory=dict)


def enter(workload: Workload, peers: tuple[str, ...], compile_limit: float, clock: Clock) -> Entry:
    """Make all contenders of a row; who fails, or computes something else, is left out."""
    entry = Entry()
    expected = first_losses(workload, VERIFIED)
    for name in (*OURS, *peers):
        try:
            candidates = _candidates(name, workload, compile_limit, entry)
            _verify(entry, name, candidates, expected)
        except Exception as error:  # a peer that fails is a cell of the table, not the end of it
            entry.remarks[name] = f"{type(error).__name__}: {error}".partition("\n")[0][:160]
            continue
        best = quickest(candidates, clock=clock)
        if len(candidates) > 1:
            entry.remarks[name] = f"quickest with {best}"
        entry.contenders[name] = candidates[best]
    if workload.file.data.stream is not None:
        for name, before in ((NUMPY, NUMPY_DRAWN), (COMPILED, COMPILED_DRAWN)):
            if name in entry.contenders:
                entry.contenders[before] = Ours(workload, name == COMPILED, drawn=False)
    return entry


def _candidates(
    name: str, workload: Workload, compile_limit: float, entry: Entry
) -> Mapping[str, Contender]:
    """The ways of writing one contender. Peers are imported only where they are asked for."""
    if name in OURS:
        return {"": Ours(workload, name == COMPILED, drawn=True)}
    if name in (JIT, SCAN):
        from peers import jax as with_jax

        one, many = with_jax.one_call_an_update, with_jax.many_updates_a_call
        return one(workload) if name == JIT else many(workload)
    from peers import pytorch

    if name == EAGER:
        return pytorch.eager(workload)
    found, seconds = pytorch.compiled(workload, compile_limit)
    entry.remarks[name] = f"compiled in {seconds:.0f} s (less where PyTorch still had it)"
    return {"": found}


def _verify(
    entry: Entry, name: str, candidates: Mapping[str, Contender], expected: list[float]
) -> None:
    for one in candidates.values():
        updates = math.ceil(VERIFIED / one.unit) * one.unit
        losses = [float(loss) for loss in one.train(updates)[:VERIFIED]]
        difference = max(abs(a - b) for a, b in zip(losses, expected, strict=True))
        entry.differences[name] = max(difference, entry.differences.get(name, 0.0))
        if not difference <= AGREED:
            raise ArithmeticError(f"refused: losses differ by {difference:.1e}")
