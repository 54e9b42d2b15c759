"""Random models through both printers: what the compiled kernel computes is what NumPy does."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strategies import RandomModel, models

from rnntui.data.training_settings import TrainingSettings
from rnntui.engine.training import Trainer
from rnntui.models.optimisers import OPTIMIZERS

pytestmark = pytest.mark.skipif(
    importlib.util.find_spec("llvmlite") is None, reason="llvmlite is an extra"
)


@settings(max_examples=100, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    random=models(),
    optimizer=st.sampled_from(sorted(OPTIMIZERS)),
    truncate=st.sampled_from((None, 2)),
)
def test_one_iteration_is_numpys(random: RandomModel, optimizer: str, truncate: int | None) -> None:
    from rnntui.engine.compiled_engine import CompiledEngine

    given_ = {key: 0.5 if v is None else v for key, v in OPTIMIZERS[optimizer].settings.items()}
    training = TrainingSettings(
        optimizer=optimizer, learning_rate=0.01, hyperparameters=given_, batch=2, truncate=truncate
    )
    trainer = Trainer(random.program(), [random.sequence()] * 2, training)
    assume(random.parameters)
    start = trainer.start(random.values())
    first = trainer.iterate(start)
    assume(first.after is not None)
    gradients = [
        np.abs(trace.parameter_gradients[k]) for trace in first.traces for k in random.parameters
    ]
    largest = max([1.0, *(float(np.max(g, initial=0.0)) for g in gradients)])
    assume(largest < 1e6)  # beyond this rounding is what is seen
    found, losses = CompiledEngine(trainer).train(start, 1)
    np.testing.assert_allclose(losses, [first.loss], rtol=1e-10, atol=1e-10)
    if optimizer in ("sgd", "momentum", "nesterov"):  # others divide by what may be near 0
        for key, value in first.after.parameters.items():
            np.testing.assert_allclose(
                found.parameters[key], value, rtol=1e-9, atol=1e-12 * largest, err_msg=key
            )
