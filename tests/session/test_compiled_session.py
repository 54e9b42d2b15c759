"""A session whose training changes over to a compiled kernel: the same states, whenever that was."""

from __future__ import annotations

import importlib.util
import time

import numpy as np
import pytest
from small_files import ELMAN, open_session

from rnntui.engine.engine import Engine
from rnntui.session.session import Session

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("llvmlite") is None, reason="llvmlite is an extra"
)


@pytest.fixture
def compiled() -> Engine:
    from rnntui.engine.compiled_engine import CompiledEngine

    return CompiledEngine(open_session(ELMAN).trainer)


def wait(session: Session, until) -> None:
    end = time.monotonic() + 120
    while not until(session):
        assert time.monotonic() < end, "it takes too long"
        time.sleep(0.01)


def test_from_when_it_took_over_all_states_are_the_kernels(compiled: Engine) -> None:
    start = compiled.trainer.start(open_session(ELMAN).moment.iteration.before.parameters)
    found = {}
    for steps in (0, 5, 90):  # taken with NumPy before it can take over
        session = open_session(ELMAN, compiled=True)
        for _ in range(steps):
            session.next_iteration()
        numpy = session.moment.iteration.before
        session.run(until=1000)
        wait(session, lambda s: not s.running and s.history.engine == "compiled")
        session.follow()
        found[steps] = [session.go_to(k).iteration.before for k in (1000, 700, 3, steps)]
        # what was seen before agrees but for rounding (which 150 iterations of this file blow up)
        for key, value in numpy.parameters.items():
            np.testing.assert_allclose(found[steps][-1].parameters[key], value, rtol=1e-9)
        session.close()
    expected = [compiled.train(start, k)[0] for k in (1000, 700, 3)]
    for states in found.values():
        for state, other in zip(states, expected, strict=False):
            assert state.iteration == other.iteration
            for key, value in other.parameters.items():
                assert state.parameters[key].tobytes() == value.tobytes()
