"""The working of an equation, line by line: symbols → numbers → terms → pre-activation → value."""

from __future__ import annotations

import numpy as np
import pytest
from small_files import BLOWS_UP, ELMAN, LEARNED_START, LSTM, open_session

from rnntui.data.sequence_file import read_sequence_file
from rnntui.data.shipped import find_file, shipped_files
from rnntui.session.explanation import Explanation, explain
from rnntui.session.session import Session

KINDS = ["symbols", "numbers", "terms", "pre-activation", "value"]


def explained(session: Session, phase: str, t: int, target: str) -> Explanation:
    """Step to a place in this iteration and explain it."""
    moment = session.moment
    while (moment.position.phase, moment.position.t, moment.equation.target) != (phase, t, target):
        moment = session.next_equation()
        assert moment.position.iteration == 0, "there is no such place"
    return explain(moment)


def lines(explanation: Explanation) -> list[tuple[str, str]]:
    return [(line.kind, str(line)) for line in explanation.lines]


@pytest.fixture
def lstm() -> Session:
    """The LSTM by hand."""
    return Session(read_sequence_file(find_file("lstm-ab")))


class TestLSTM:
    def test_a_gate(self, lstm):
        found = explained(lstm, "forward", 2, "i")
        assert (found.title, found.target) == ("input gate", "i")
        assert lines(found) == [
            ("symbols", "σ(W_ii x + b_ii + W_hi h[t−1] + b_hi)"),
            ("numbers", "σ([30 0; 0 0] · [1 0] + [0 0] + [0 0; 60 0] · [0.76 0.00] + [0 −30])"),
            ("terms", "σ([30 0] + [0 0] + [0.00 45.70] + [0 −30])"),
            ("pre-activation", "σ([30.00 15.70])"),
            ("value", "[1.00 1.00]"),
        ]

    def test_the_cell_state(self, lstm):
        found = explained(lstm, "forward", 2, "c")
        assert (found.title, found.target) == ("cell state", "c")
        assert lines(found) == [
            ("symbols", "f ⊙ c[t−1] + i ⊙ g"),
            ("numbers", "[1.00 0.50] ⊙ [1.00 0.00] + [1.00 1.00] ⊙ [1 0]"),
            ("terms", "[1.00 0.00] + [1.00 0.00]"),
            ("value", "[2.00 0.00]"),
        ]

    def test_the_hidden_state(self, lstm):
        assert lines(explained(lstm, "forward", 2, "h")) == [
            ("symbols", "o ⊙ tanh(c)"),
            ("numbers", "[1.00 1.00] ⊙ tanh([2.00 0.00])"),
            ("terms", "[1.00 1.00] ⊙ [0.96 0.00]"),
            ("value", "[0.96 0.00]"),
        ]

    def test_the_loss(self, lstm):
        assert lines(explained(lstm, "forward", 1, "loss")) == [
            ("symbols", "CE(y, target)"),
            ("numbers", "CE([0.68 0.32], [1 0])"),
            ("value", "0.38"),
        ]

    def test_a_backward_equation(self, lstm):
        found = explained(lstm, "backward", 2, "grad(c)")
        assert (found.title, found.target) == ("gradient reaching cell state c", "∂L/∂c")
        assert lines(found) == [
            ("symbols", "∂L/∂h ⊙ o ⊙ (1 − tanh(c)²) + ∂L/∂c[t+1] ⊙ f[t+1]"),
            (
                "numbers",
                "[−0.28 0.28] ⊙ [1.00 1.00] ⊙ (1 − tanh([2.00 0.00])²) "
                "+ [0.32 −0.13] ⊙ [9.4e−14 0.50]",
            ),
            ("terms", "[−0.02 0.28] + [3.0e−14 −0.07]"),
            ("value", "[−0.02 0.21]"),
        ]

    def test_at_the_last_timestep_nothing_comes_from_the_future(self, lstm):
        found = explained(lstm, "backward", 7, "grad(c)")
        assert lines(found)[0] == ("symbols", "∂L/∂h ⊙ o ⊙ (1 − tanh(c)²)")

    def test_the_initial_state_hears_only_from_the_first_timestep(self, lstm):
        found = explained(lstm, "backward", 0, "grad(c)")
        assert found.title == "gradient reaching the initial cell state c"
        assert lines(found) == [
            ("symbols", "∂L/∂c[t+1] ⊙ f[t+1]"),
            ("numbers", "[−0.15 0.42] ⊙ [1.00 0.50]"),
            ("value", "[−0.15 0.21]"),
        ]

    def test_the_use_of_a_parameter(self, lstm):
        found = explained(lstm, "backward", 2, "grad(W_hg)")
        assert found.title == "what the use of W_hg at t = 2 adds to its gradient"
        assert lines(found) == [
            ("symbols", "∂L/∂pre(g) ⊗ h[t−1]"),
            ("numbers", "[0.00 0.21] ⊗ [0.76 0.00]"),
            ("value", "[0.00 0.00; 0.16 0.00]"),
        ]

    def test_an_update(self, lstm):
        step = explained(lstm, "update", 0, "change(b_ig)")
        assert (step.title, step.target) == ("update of b_ig: step against the gradient", "Δb_ig")
        assert lines(step) == [
            ("symbols", "−learning_rate · ∂L/∂b_ig"),
            ("numbers", "−0.1 · [0.43 0.21]"),
            ("terms", "(−0.10) · [0.43 0.21]"),
            ("value", "[−0.04 −0.02]"),
        ]
        found = explained(lstm, "update", 0, "b_ig")
        assert (found.title, found.target) == ("update of b_ig: new value", "b_ig")
        assert lines(found) == [
            ("symbols", "b_ig + Δb_ig"),
            ("numbers", "[0 0] + [−0.04 −0.02]"),
            ("value", "[−0.04 −0.02]"),
        ]

    def test_titles_of_what_else_there_is(self, lstm):
        titles = {
            target: explained(lstm, "backward", 3, target).title
            for target in ("grad(loss)", "grad(y)", "grad(pre(o))")
        }
        assert titles == {
            "grad(loss)": "weight of this timestep's loss in the total",
            "grad(y)": "gradient reaching prediction y",
            "grad(pre(o))": "gradient reaching the pre-activation of output gate o",
        }


class TestScalars:
    def test_a_recurrence_of_one_unit(self):
        session = open_session(ELMAN.replace("[[1.0], [-0.5], [0.25]]", "[1.0, -0.5, 0.25]"))
        assert lines(explained(session, "forward", 2, "h"))[0][1] in (
            "tanh(w · x + u · h[t−1])",
            "tanh(w ⊙ x + u ⊙ h[t−1])",
        )

    def test_negative_factors_stand_in_brackets(self):
        numbers = dict(lines(explained(open_session(ELMAN), "forward", 2, "h")))["numbers"]
        assert numbers == "tanh(0.50 · [−0.50] + (−0.75) · [0.46])"

    def test_a_learned_initial_state(self):
        found = explained(open_session(LEARNED_START), "backward", 0, "grad(H0)")
        assert lines(found)[0][1].startswith("∂L/∂h ⊙ (1 − ")

    def test_digits_and_how_many_components(self):
        session = open_session(LSTM.replace("hidden = 2", "hidden = 9"))
        value = str(explain(session.moment, digits=4, most=3).lines[-1])
        first, rest, last = value.strip("[]").split()
        assert rest == "…"
        assert len(first.partition(".")[2]) == len(last.partition(".")[2]) == 4

    def test_what_is_not_finite_is_written(self):
        session = open_session(BLOWS_UP)
        session.next_iteration()
        assert str(explain(session.next_equation()).lines[-1]) == "inf"


@pytest.mark.parametrize("name", [path.stem for path in shipped_files()])
def test_in_every_shipped_file_every_working_is_in_order_and_ends_in_the_value_computed(name):
    session = Session(read_sequence_file(find_file(name)))
    moment = session.moment
    while moment.position.iteration == 0 and moment.position.t <= 20:  # of long ones, the start
        found = explain(moment)
        kinds = [line.kind for line in found.lines]
        assert kinds[0] == "symbols"
        assert kinds == sorted(set(kinds), key=KINDS.index)
        assert len({str(line) for line in found.lines}) == len(found.lines), "no line twice"
        key, t = moment.equation.target, moment.position.t
        if moment.position.phase == "update" and key == moment.quantity:
            assert np.array_equal(found.result, moment.parameter(key))
        elif moment.position.phase == "update":  # what the optimiser remembers, m(W)
            assert np.array_equal(found.result, moment.iteration.update.values[key])
        elif moment.quantity not in moment.trace.parameters:
            assert np.allclose(found.result, moment.trace.lookup.value(key, t), rtol=1e-13, atol=0)
        previous, moment = moment.position, session.next_equation()
        assert moment.position != previous
