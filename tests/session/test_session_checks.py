"""Worked answers held against the computation: right, wrong, and wrong as announced."""

from __future__ import annotations

import numpy as np
import pytest
from small_files import BLOWS_UP, ELMAN, UNEVEN, open_session

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.session.checks import check_file

H1 = float(np.tanh(0.5))


def expecting(text: str, *tables: str) -> str:
    return text + "".join(f"\n[[expect]]\n{table}\n" for table in tables)


def statuses(text: str) -> list[str]:
    return [check.status for check in check_file(parse_sequence_file(text))]


class TestStatus:
    @pytest.mark.parametrize(
        ("value", "wrong", "status"),
        [
            (H1, False, "right"),
            (H1 + 0.004, False, "right"),
            (H1 + 0.006, False, "wrong"),
            (H1 + 0.006, True, "mistake"),
            (H1, True, "unexpectedly right"),
        ],
    )
    def test_by_tolerance_and_announcement(self, value, wrong, status):
        table = f"at = {{ t = 1 }}\nvalues = {{ h = [{value}] }}\nwrong = {str(wrong).lower()}"
        (check,) = check_file(parse_sequence_file(expecting(ELMAN, table)))
        assert check.status == status
        assert check.fine == (status in ("right", "mistake"))
        assert check.computed == [H1]
        assert check.error == pytest.approx(abs(value - H1))

    @pytest.mark.parametrize(
        ("off", "status"), [(0, "right"), (0.9e-6, "right"), (1.1e-6, "wrong")]
    )
    def test_a_relative_tolerance_is_relative_to_what_is_expected(self, off, status):
        table = "at = { t = 1 }\ntolerance = 0\nrelative_tolerance = 1e-6\n"
        table += f"values = {{ h = [{H1 * (1 + off)}] }}"
        assert statuses(expecting(ELMAN, table)) == [status]

    def test_one_component_off_is_wrong(self):
        table = 'at = { t = "all" }\nvalues = { x = [[1.0], [-0.5], [0.3]] }'
        assert statuses(expecting(ELMAN, table)) == ["right", "right", "wrong"]

    def test_what_training_never_reaches_is_unreachable(self):
        tables = [f"at = {{ iteration = {n} }}\nvalues = {{ w = 1 }}" for n in (0, 2, 1, 9)]
        found = list(check_file(parse_sequence_file(expecting(BLOWS_UP, *tables))))
        # in order of iterations; the second iteration is computed, but has no update
        assert [check.status for check in found] == ["right", "wrong", "unreachable", "unreachable"]
        assert [check.expectation.iteration for check in found] == [0, 1, 2, 9]
        assert found[-1].computed is None
        assert np.isnan(found[-1].error)
        assert not found[-1].fine

    def test_a_file_without_worked_answers_has_no_checks(self):
        assert statuses(ELMAN) == []

    def test_where_the_computed_value_is_not_finite_it_is_wrong(self):
        table = "at = { iteration = 1, t = 1 }\nvalues = { loss = 0 }\ntolerance = 1e300"
        assert statuses(expecting(BLOWS_UP, table)) == ["wrong"]


class TestKinds:
    def test_everything_that_can_be_expected_is_looked_up(self):
        moment = open_session(ELMAN).moment
        trace, t = moment.trace, 2
        table = "\n".join(
            [
                f"at = {{ t = {t} }}",
                "tolerance = 1e-15",
                f"loss = {trace.loss!r}",
                f"values = {{ h = [{float(trace.values['h'][t][0])!r}], w = 0.5 }}",
                f"gradients = {{ h = [{float(trace.gradients['h'][t][0])!r}], "
                f"w = {float(trace.parameter_gradients['w'])!r} }}",
                f"gradients_by_loss = {{ w = {float(moment.by_loss['w'][t - 1])!r} }}",
                f"gradients_by_use = {{ u = {float(moment.by_use['u'][t - 1])!r} }}",
            ]
        )
        assert statuses(expecting(ELMAN, table)) == ["right"] * 7

    def test_a_pre_activation_and_the_initial_state(self):
        tables = [
            'at = { t = 1 }\nvalues = { "pre(h)" = [0.5] }',
            "at = { t = 0 }\nvalues = { h = [0] }",
        ]
        assert statuses(expecting(ELMAN, *tables)) == ["right", "right"]

    def test_a_sequence_counts_from_one(self):
        tables = [
            f"at = {{ t = 2, sequence = {n} }}\nvalues = {{ target = [0.2] }}" for n in (2, 3)
        ]
        assert statuses(expecting(UNEVEN, *tables)) == ["right", "wrong"]


class TestInTheSession:
    TEXT = expecting(
        ELMAN,
        f"at = {{ t = 1 }}\nvalues = {{ h = [{H1}] }}",
        "at = { iteration = 2, t = 1 }\nvalues = { h = [9] }",
    )

    def test_a_moment_has_the_checks_of_its_iteration(self):
        session = open_session(self.TEXT)
        assert [check.status for check in session.moment.checks] == ["right"]
        assert session.next_iteration().checks == ()
        assert [check.status for check in session.next_iteration().checks] == ["wrong"]
        session.previous_iteration()
        assert [check.status for check in session.previous_iteration().checks] == ["right"]

    def test_a_moment_has_the_checks_of_its_sequence(self):
        table = "at = { t = 1, sequence = 2, iteration = 0 }\nvalues = { x = [1] }"
        session = open_session(expecting(UNEVEN, table))
        assert session.moment.checks == ()
        while session.position.sequence == 0:
            session.next_equation()
        assert [check.status for check in session.moment.checks] == ["right"]
