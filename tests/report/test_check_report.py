"""The outcome of `check`: whole for programs, grouped for people."""

from __future__ import annotations

import json

import pytest

from rnntui.data.sequence_file import parse_sequence_file
from rnntui.report.checks import CheckReport, checks_json
from rnntui.session.checks import check_file

ELMAN = """
[model]
cell = "h = tanh(w * x + u * h[t-1])"
loss = "squared_error(h, target)"
[parameters]
w = 0.5
u = -0.75
[data]
values = [[1.0], [-0.5], [0.25]]
targets = [[0.5], [0.25], [-1.0]]
"""


def report(*tables: str) -> CheckReport:
    file = parse_sequence_file(ELMAN + "".join(f"\n[[expect]]\n{table}\n" for table in tables))
    return CheckReport("elman.toml", "An Elman network", tuple(check_file(file)))


class TestJson:
    def test_everything_about_each_value(self):
        (found,) = checks_json(
            [report('at = { t = 2 }\nvalues = { x = [1] }\nwrong = true\nnote = "a slip"')]
        )
        assert found["file"] == "elman.toml"
        assert found["title"] == "An Elman network"
        assert found["fine"] is True
        (value,) = found["expectations"]
        assert value == {
            "line": 12, "iteration": 0, "sequence": 1, "t": 2, "kind": "values", "name": "x",
            "expected": [1.0], "computed": [-0.5], "tolerance": [0.005], "error": 1.5,
            "status": "mistake", "note": "a slip",
        }  # fmt: skip

    def test_what_is_not_computed_is_null_and_its_error_nan(self):
        file = parse_sequence_file(
            ELMAN.replace("targets", "# targets")
            + "\n[[expect]]\nat = { iteration = 1, t = 1 }\nvalues = { x = [1] }"
        )
        checks = tuple(check_file(file))
        (found,) = checks_json([CheckReport("f", "", checks)])
        (value,) = found["expectations"]
        assert (value["computed"], value["error"], value["status"]) == (None, "nan", "unreachable")
        json.dumps(found, allow_nan=False)

    def test_no_files_no_entries(self):
        assert checks_json([]) == []


class TestGroups:
    def test_the_timesteps_of_one_quantity_are_one_group(self):
        found = report(
            'at = { t = "all" }\nvalues = { x = [[1.0], [-0.5], [0.25]] }',
            "at = { t = 2 }\nvalues = { x = [-0.5], target = [0.25] }",
        )
        assert [(g.what, g.where, g.status) for g in found.groups()] == [
            ("x", "iteration 0, t 1–3", "right"),
            ("x", "iteration 0, t 2", "right"),
            ("target", "iteration 0, t 2", "right"),
        ]

    @pytest.mark.parametrize(
        ("table", "what"),
        [
            ("at = { t = 1 }\ngradients = { h = [0] }", "∂L/∂h"),
            ("at = { t = 1 }\ngradients_by_loss = { w = 0 }", "∂L/∂w by loss"),
            ("at = { t = 1 }\ngradients_by_use = { w = 0 }", "∂L/∂w by use"),
            ("loss = 0", "loss"),
        ],
    )
    def test_kinds_are_told_apart(self, table, what):
        (group,) = report(table).groups()
        assert group.what == what

    def test_a_group_shows_its_worst_value(self):
        found = report('at = { t = "all" }\nvalues = { x = [[1.0], [-0.4], [0.75]] }')
        (group,) = found.groups()
        assert group.status == "wrong"
        assert group.telling.value.t == 3
        assert not found.fine

    def test_an_iteration_that_is_not_the_first(self):
        (group,) = report("at = { iteration = 2, t = 1 }\nvalues = { x = [1] }").groups()
        assert group.where == "iteration 2, t 1"
