"""Every optimiser, clip and schedule agrees with PyTorch over fifty updates of a recurrent network.

The reference is tests/reference/optimisers.json; make_optimisers.py beside it says how it was made.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.engine.training import Iteration, Trainer, TrainingState
from rnntui.models.optimisers import BEFORE, OPTIMIZERS
from rnntui.notation.formula import formula_text, to_formula
from rnntui.session.checks import start_training

Array = npt.NDArray[np.float64]

REFERENCE = json.loads(
    (Path(__file__).parent.parent / "reference" / "optimisers.json").read_text(encoding="utf-8")
)
CASES: dict[str, Any] = REFERENCE["cases"]
UPDATES = 50
RELATIVE = 1e-12


def written(value: Any) -> str:
    """A value as TOML has it."""
    if isinstance(value, dict):
        return "{ " + ", ".join(f"{key} = {written(v)}" for key, v in value.items()) + " }"
    return json.dumps(value)


def table(name: str, values: dict[str, Any]) -> str:
    return f"[{name}]\n" + "".join(f"{key} = {written(v)}\n" for key, v in values.items())


def begin(training: dict[str, Any], state: dict[str, Any] | None = None) -> Any:
    """The trainer of the reference's network, and the state before its first update."""
    tables = {key: REFERENCE[key] for key in ("data", "parameters")}
    tables |= {"training": training, "optimizer_state": state or {}}
    text = f"[model]\n{REFERENCE['model']}" + "".join(table(*item) for item in tables.items())
    return start_training(parse_sequence_file(text))


def run(trainer: Trainer, state: TrainingState, updates: int) -> list[Iteration]:
    found = []
    for _ in range(updates):
        found.append(trainer.iterate(state))
        assert found[-1].after is not None
        state = found[-1].after
    return found


@cache
def trained(name: str) -> list[Iteration]:
    case = CASES[name]
    return run(*begin(case["training"], case["optimizer_state"]), UPDATES)


def after(iteration: Iteration) -> TrainingState:
    assert iteration.after is not None
    return iteration.after


def update_of(iteration: Iteration) -> Any:
    assert iteration.update is not None
    return iteration.update


def bits(values: Any) -> dict[str, bytes]:
    return {key: value.tobytes() for key, value in values.items()}


def assert_close(found: Any, expected: dict[str, Any], relative: float = RELATIVE) -> None:
    """Each array, relative to its own largest component."""
    for key, value in expected.items():
        allowed = relative * np.max(np.abs(value))
        np.testing.assert_allclose(found[key], value, rtol=0, atol=allowed, err_msg=key)


@pytest.mark.parametrize("name", CASES)
class TestAgainstPyTorch:
    def test_the_parameters_after_one_and_after_fifty_updates(self, name: str) -> None:
        iterations = trained(name)
        assert_close(after(iterations[0]).parameters, CASES[name]["after_1"])
        assert_close(after(iterations[-1]).parameters, CASES[name]["after_50"])

    def test_the_learning_rate_of_the_last_update(self, name: str) -> None:
        rate = update_of(trained(name)[-1]).given["hyper(learning_rate)"]
        assert rate == pytest.approx(CASES[name]["learning_rate"], rel=RELATIVE, abs=1e-16)

    def test_what_the_optimiser_remembers_in_the_end(self, name: str) -> None:
        last = trained(name)[-1]
        # a moment of one number may all but cancel: what 50 roundings left is large beside it
        assert_close(update_of(last).values, CASES[name]["remembered"], 10 * RELATIVE)
        assert_close(after(last).memory, CASES[name]["remembered"], 10 * RELATIVE)

    def test_the_gradient_that_the_optimiser_gets(self, name: str) -> None:
        last, training = trained(name)[-1], CASES[name]["training"]
        clips = {"clip_norm": "clipped", "clip_value": "bounded"}
        step = next((clips[key] for key in reversed(clips) if key in training), None)
        found = last.gradients
        if step is not None:
            found = {k: update_of(last).values[f"{step}({k})"] for k in CASES[name]["gradients"]}
        assert_close(found, CASES[name]["gradients"])

    def test_going_on_from_any_state_gives_the_same_bits(self, name: str) -> None:
        iterations = trained(name)
        trainer, _ = begin(CASES[name]["training"], CASES[name]["optimizer_state"])
        for start in (31, 0, 48):
            for old, new in zip(
                iterations[start : start + 3],
                run(trainer, iterations[start].before, min(3, UPDATES - start)),
                strict=True,
            ):
                assert bits(after(new).parameters) == bits(after(old).parameters)
                assert bits(after(new).memory) == bits(after(old).memory)
                assert bits(update_of(new).values) == bits(update_of(old).values)


def test_every_optimiser_and_all_before_it_is_in_the_reference() -> None:
    given = [case["training"] for case in CASES.values()]
    assert {training["optimizer"] for training in given} == set(OPTIMIZERS)
    assert {rule.name for rule in BEFORE} <= {key for training in given for key in training}
    begun = {case["training"]["optimizer"] for case in CASES.values() if case["optimizer_state"]}
    assert begun == {name for name, rule in OPTIMIZERS.items() if rule.states}


class TestFixed:
    NAME = "fixed parameters take no part in the norm"

    def test_they_keep_their_bits_and_have_no_update(self) -> None:
        for iteration in trained(self.NAME):
            for key in ("V", "scale", "H0"):
                start = np.array(REFERENCE["parameters"][key])
                assert after(iteration).parameters[key].tobytes() == start.tobytes()
                assert iteration.gradients[key].any()
            keys = update_of(iteration).values
            free = ("W", "U", "b", "c")
            assert set(keys) == {f"{step}({key})" for key in free for step in ("clipped", "change")}

    def test_the_norm_is_of_the_others(self) -> None:
        iteration = trained(self.NAME)[0]
        squares = [np.sum(iteration.gradients[key] ** 2) for key in ("W", "U", "b", "c")]
        norm = update_of(iteration).given["hyper(gradient_norm)"]
        assert norm == pytest.approx(np.sqrt(np.sum(squares)), rel=1e-14)
        assert norm > 0.3  # so that something is clipped at all

    def test_all_may_be_fixed(self) -> None:
        fixed = list(REFERENCE["parameters"])
        (iteration,) = run(*begin({"optimizer": "adam", "clip_norm": 1, "fixed": fixed}), 1)
        assert bits(after(iteration).parameters) == bits(iteration.before.parameters)
        assert update_of(iteration).values == {}


def lines_of(training: dict[str, Any], parameter: str) -> list[str]:
    """The update of one parameter as it is read: `target = formula  # description`."""
    trainer, _ = begin(training)
    equations = [e.equation for e in trainer.optimiser.equations if e.parameter == parameter]
    return [
        f"{e.target} = {formula_text(to_formula(e.expression))}  # {e.description}"
        for e in equations
    ]


ADAM = [
    "m(U) = beta1 · m(U)[t−1] + (1 − beta1) · ∂L/∂U  # first moment",
    "v(U) = beta2 · v(U)[t−1] + (1 − beta2) · (∂L/∂U)²  # second moment",
    "m_hat(U) = m(U) / (1 − beta1^step)  # first moment, bias corrected",
    "v_hat(U) = v(U) / (1 − beta2^step)  # second moment, bias corrected",
    "change(U) = −learning_rate · m_hat(U) / (√(v_hat(U)) + epsilon)  # step",
    "U = U + ΔU  # new value",
]
RMSPROP = [
    "v(c) = alpha · v(c)[t−1] + (1 − alpha) · (∂L/∂c)²  # mean square",
    "change(c) = −learning_rate · ∂L/∂c / (√(v(c)) + epsilon)  # step",
    "c = c + Δc  # new value",
]


class TestText:
    """The update reads as equations."""

    def test_gradient_descent(self) -> None:
        assert lines_of({"optimizer": "sgd"}, "W") == [
            "change(W) = −learning_rate · ∂L/∂W  # step against the gradient",
            "W = W + ΔW  # new value",
        ]

    def test_momentum(self) -> None:
        assert lines_of({"optimizer": "momentum"}, "b") == [
            "velocity(b) = momentum · velocity(b)[t−1] + ∂L/∂b  # velocity",
            "change(b) = −learning_rate · velocity(b)  # step along the velocity",
            "b = b + Δb  # new value",
        ]

    def test_nesterov(self) -> None:
        assert lines_of({"optimizer": "nesterov"}, "b")[1] == (
            "change(b) = −learning_rate · (∂L/∂b + momentum · velocity(b))  # step, looking ahead"
        )

    def test_adam(self) -> None:
        assert lines_of({"optimizer": "adam"}, "U") == ADAM

    def test_adamw_decays_apart_from_the_gradient(self) -> None:
        lines = lines_of({"optimizer": "adamw", "weight_decay": 0.1}, "U")
        assert lines[0].startswith("decayed(U) = U − learning_rate · weight_decay · U")
        assert lines[1:5] == ADAM[:4]
        assert lines[5] == ADAM[4]
        assert lines[6] == ADAM[5].replace("= U +", "= decayed(U) +")

    def test_rmsprop(self) -> None:
        assert lines_of({"optimizer": "rmsprop"}, "c") == RMSPROP

    def test_adagrad(self) -> None:
        lines = lines_of({"optimizer": "adagrad"}, "c")
        assert lines == ["v(c) = v(c)[t−1] + (∂L/∂c)²  # sum of squares", *RMSPROP[1:]]

    def test_the_norm_the_value_the_penalty_then_the_optimiser(self) -> None:
        settings = {"weight_decay": 0.1, "clip_value": 0.5, "clip_norm": 1}
        lines = lines_of({"optimizer": "sgd", **settings}, "V")
        assert [line.split(" = ")[0] for line in lines] == [
            "clipped(V)",
            "bounded(V)",
            "regularised(V)",
            "change(V)",
            "V",
        ]
        assert "∂L/∂V" in lines[0]
        for before, line in zip(("clipped(V)", "bounded(V)", "regularised(V)"), lines[1:-1],
                                strict=True):  # fmt: skip
            assert before in line.split(" = ")[1]
            assert "∂L/∂V" not in line


class TestValues:
    """The values of the equations are in the update, as they are computed on paper."""

    def test_every_line_of_adam(self) -> None:
        first, second = trained("adam")[:2]
        for number, iteration in enumerate((first, second), start=1):
            values = update_of(iteration).values
            for key, gradient in iteration.gradients.items():
                m, v = (iteration.before.memory.get(f"{name}({key})", 0.0) for name in "mv")
                m = 0.9 * m + 0.1 * gradient
                v = 0.999 * v + 0.001 * gradient**2
                m_hat, v_hat = m / (1 - 0.9**number), v / (1 - 0.999**number)
                new = iteration.before.parameters[key] - 0.02 * m_hat / (np.sqrt(v_hat) + 1e-8)
                for name, value in (("m", m), ("v", v), ("m_hat", m_hat), ("v_hat", v_hat)):
                    np.testing.assert_allclose(values[f"{name}({key})"], value, rtol=1e-12)
                np.testing.assert_allclose(after(iteration).parameters[key], new, rtol=1e-12)

    def test_what_all_lines_share(self) -> None:
        given = update_of(trained("adam, all of it")[12]).given
        found = {key: float(value) for key, value in given.items() if "norm" not in key}
        assert found == {
            "hyper(learning_rate)": 0.025,
            "hyper(step)": 13,
            "hyper(beta1)": 0.9,
            "hyper(beta2)": 0.999,
            "hyper(epsilon)": 1e-8,
            "hyper(clip_value)": 0.1,
            "hyper(weight_decay)": 0.05,
        }

    def test_the_count_of_updates_goes_on_from_the_given_state(self) -> None:
        steps = [
            update_of(iteration).given["hyper(step)"]
            for iteration in trained("adam, begun before")[:3]
        ]
        assert steps == [8, 9, 10]

    def test_clipped_gradients_have_the_norm_asked_for(self) -> None:
        for iteration in trained("clipped by norm"):
            norm = float(update_of(iteration).given["hyper(gradient_norm)"])
            values = update_of(iteration).values
            squares = [np.sum(v**2) for key, v in values.items() if key.startswith("clipped")]
            clipped = np.sqrt(sum(squares))
            expected = norm * min(1.0, 0.5 / (norm + 1e-6))
            assert clipped == pytest.approx(expected, rel=1e-13)

    def test_values_cannot_be_written_to(self) -> None:
        with pytest.raises(ValueError, match="read-only"):
            update_of(trained("adam")[0]).values["m(W)"][0] = 1


class TestSchedules:
    def test_no_schedule_keeps_the_rate(self) -> None:
        rates = {float(update_of(i).given["hyper(learning_rate)"]) for i in trained("sgd")}
        assert rates == {0.2}

    def test_steps(self) -> None:
        rates = [
            float(update_of(i).given["hyper(learning_rate)"]) for i in trained("schedule in steps")
        ]
        assert rates[:7] == [0.3] * 7
        assert rates[7:14] == [0.3 * 0.6] * 7
        assert rates[49] == 0.3 * 0.6**7

    def test_a_cosine_ends_at_its_lowest_rate(self) -> None:
        rates = [
            float(update_of(i).given["hyper(learning_rate)"])
            for i in trained("a short cosine, and up again")
        ]
        assert rates[0] == rates[30] == 0.05
        assert rates[15] == pytest.approx(0.002, rel=1e-12)
        assert sorted(rates[:16], reverse=True) == rates[:16]

    def test_the_rate_of_an_iteration_does_not_depend_on_the_given_state(self) -> None:
        training = {"optimizer": "adam", "schedule": "step", "step_size": 2, "gamma": 0.5}
        (iteration,) = run(*begin(training, {"updates": 5}), 1)
        assert update_of(iteration).given["hyper(learning_rate)"] == 0.1
