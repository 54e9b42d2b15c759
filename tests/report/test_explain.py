"""What a worked solution says, read as text: every number has its reason beside it."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from explain_files import HOSTILE, LARGE, SMALL, read

from rnntui.data.sequence_file import read_sequence_file
from rnntui.data.shipped import find_file
from rnntui.report import explain_build
from rnntui.report.explain_build import explain_document
from rnntui.report.explain_text import render_text
from rnntui.report.explain_walk import Walk
from rnntui.text.problems import InputError
from rnntui.text.terminal_cells import cell_width

BATCH = """
[model]
cell = "h = tanh(w * x + u * h[t-1])"
loss = "squared_error(h, target)"
initial = { h = "tanh(H0)" }
[parameters]
w = 0.5
u = -0.75
H0 = [0.3]
[data]
one_hot = "a"
sequences = ["a", "aaa"]
targets = [[[0.1]], [[0.1], [0.2], [0.3]]]
[training]
batch = "all"
reduction = "mean"
optimizer = "momentum"
"""


def text(source: str, iteration: int = 0, width: int = 80, **options: object) -> str:
    document = explain_document(read(source), iteration, **options)  # type: ignore[arg-type]
    return render_text(document, width)


def headings(solution: str) -> list[str]:
    lines = solution.split("\n")
    return [above for above, below in pairwise(lines) if re.match("[━─]", below)]


def test_the_order_is_the_order_of_computation() -> None:
    assert [line for line in headings(text(SMALL)) if not line.startswith(" ")] == [
        "The model",
        "Parameters",
        "Initial state",
        "Sequence",
        "Forward",
        "t = 1",
        "t = 2",
        "Loss",
        "Backward through time",
        "t = 2",
        "t = 1",
        "t = 0, the initial state",
        "Gradients of the parameters",
        "Update",
    ]


def test_each_equation_is_followed_by_its_numbers_and_its_value() -> None:
    working = "  h = w · x[0] + u · h[t−1]\n    = 1 · 2 + (−4) · 1\n    = 2 + (−4)\n    = −2\n"
    assert working in text(SMALL)


def test_the_losses_add_up() -> None:
    assert "  L = loss[1] + loss[2]\n    = 0.5000 + 4.5000\n    = 5\n" in text(SMALL)


def test_a_gradient_is_the_sum_over_the_timesteps_of_use() -> None:
    solution = text(SMALL)
    assert "  ∂L/∂w = ∂L/∂h · x[0] = (−3) · 2 = −6\n" in solution
    assert "  ∂L/∂w = ∂L/∂w[1] + ∂L/∂w[2] = 13 + (−6) = 7\n" in solution


def test_the_update_goes_from_the_old_value_to_the_new() -> None:
    assert "  w ← w + Δw\n    = 1 − 0.70\n    = 0.30\n" in text(SMALL).replace(
        "+ (−0.70)", "− 0.70"
    )
    assert "−learning_rate · ∂L/∂w\n" in text(SMALL)
    assert "\nu stays as it is.\n" in text(SMALL)


def test_the_next_iteration_starts_from_there() -> None:
    assert "  w = 0.30\n" in text(SMALL, iteration=1)
    assert re.search(r"^Iteration +1 \(after 1 update\)$", text(SMALL, 1), re.MULTILINE)


def test_worked_answers_stand_beside_their_step() -> None:
    solution = text(SMALL)
    assert "    = −2\n  ✓ worked answer for h: −2, right\n" in solution
    assert "✗ worked answer for h: 7, wrong, as announced; computed 1 (A slip.)\n" in solution
    assert "✗ worked answer for ∂L/∂w: 3, wrong; computed 7\n" in solution
    assert "1 right, 1 wrong as announced, 1 wrong\n" in solution


def test_only_some_timesteps() -> None:
    solution = headings(text(SMALL, t=2))
    assert [line for line in solution if line.startswith("t =")] == ["t = 2", "t = 2"]
    assert "Update" in solution
    both = headings(text(SMALL, t=range(2)))
    initial = "t = 0, the initial state"
    assert [line for line in both if line.startswith("t =")] == ["t = 1", "t = 1", initial]


def test_answers_by_the_timestep_of_a_loss_stand_with_its_terms() -> None:
    file = read_sequence_file(find_file("carousel"))
    solution = render_text(explain_document(file, t=1))
    assert "the same by the timestep whose loss it is\n" in solution
    assert "✓ worked answers by loss, t = 1 to 8, all 8 right\n" in solution


def test_a_batch_is_averaged() -> None:
    solution = text(BATCH, sequence=1)
    assert "Sequence   2 of 2, 3 timesteps, in a batch of 2\n" in solution
    assert "loss averaged over the batch\n" in solution
    assert solution.count("averaged over the sequences of the batch\n") == 3
    assert "  h = tanh(H0) = [0.29]\n" in solution
    assert "adds to their gradients\n\n  ∂L/∂H0 = ∂L/∂h ⊙ (1 − h²)" in solution
    assert "w(loss)[1] · loss[1] + w(loss)[2] · loss[2]" in solution
    assert "velocity(u) ← momentum · velocity(u)[t−1] + ∂L/∂u\n" in solution


def test_without_a_loss_it_is_the_forward_pass_alone() -> None:
    found = headings(text(SMALL.partition("[[expect]]")[0].replace("targets = [0, 1]", "")))
    assert found[-1] == "t = 2"
    assert "Loss" not in found


def test_numbers_that_are_none_are_shown_as_what_they_are() -> None:
    solution = text(HOSTILE)
    assert "nan" in solution
    assert "inf" in solution
    assert "Training stops here: " in solution


def test_digits() -> None:
    assert "= tanh(0.500 · [1]" in text(BATCH, digits=3)


def test_large_values_are_abbreviated() -> None:
    solution = text(LARGE, t=1, most=4)
    assert " … " in solution
    assert max(map(len, re.findall(r"\[[^\]]*\]", solution))) < 160


@pytest.mark.parametrize("width", [40, 80, 120])
@pytest.mark.parametrize("source", [SMALL, BATCH, LARGE, HOSTILE])
def test_no_line_is_too_wide_and_no_number_is_cut(source: str, width: int) -> None:
    wide, narrow = text(source, width=10_000, t=1), text(source, width=width, t=1)
    tables = re.compile(r"^  .*(?:─|   ).*$", re.MULTILINE)  # columns stay beside one another
    assert all(cell_width(line) <= width for line in tables.sub("", narrow).split("\n"))
    numbers = re.compile(r"\d[\d.e−]*")
    assert numbers.findall(narrow) == numbers.findall(wide)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"t": 3}, "there is no such timestep: the sequence has t = 1 … 2"),
        ({"t": range(5, 9)}, "there is no such timestep"),
        ({"sequence": 1}, "there is no sequence 2 in the batch; there is one"),
    ],
)
def test_what_is_not_there_is_refused(options: dict[str, object], message: str) -> None:
    with pytest.raises(InputError, match=re.escape(message)):
        text(SMALL, **options)  # type: ignore[arg-type]


def test_an_iteration_that_training_never_reaches_is_refused() -> None:
    with pytest.raises(InputError, match="training stops at iteration 0: h became"):
        text(HOSTILE, iteration=2)
    untrained = SMALL.partition("[[expect]]")[0].replace("targets = [0, 1]", "")
    with pytest.raises(InputError, match="training stops at iteration 0: there are no targets"):
        text(untrained, iteration=1)


LONG = LARGE.replace('"ABC"', f'"{"ABC" * 1000}"').replace("hidden = 24", "hidden = 2")


def test_more_equations_than_anybody_reads_are_refused_with_what_to_ask_for() -> None:
    told = "timesteps 0 to 2999 have 44,986 equations to work out, and 20,000 are the most; "
    with pytest.raises(
        InputError, match=re.escape(f"{told}ask for fewer timesteps, such as --t 1-50")
    ):
        text(LONG)
    with pytest.raises(InputError, match=r"timesteps 7 to 2999 have .* such as --t 7-56"):
        text(LONG, t=range(7, 5000))
    found = headings(text(LONG, t=range(7, 9)))
    times = [line[:5] for line in found if line.startswith("t =")]
    assert times == ["t = 7", "t = 8", "t = 8", "t = 7"]


def test_the_bound_is_of_the_equations_that_are_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    solution = text(SMALL)
    count = Walk(read(SMALL), 0, 0).count(range(3))
    monkeypatch.setattr(explain_build, "MOST_WORKED", count)
    assert text(SMALL) == solution
    monkeypatch.setattr(explain_build, "MOST_WORKED", count - 1)
    with pytest.raises(InputError, match=f"have {count} equations"):
        text(SMALL)
    monkeypatch.setattr(explain_build, "MOST_WORKED", 1)
    with pytest.raises(InputError, match=r"such as --t 1$"):
        text(SMALL)
    assert "t = 1" in headings(text(SMALL, t=1))
