"""Views: what each panel says is what the trace has, frozen, and plain data for whoever wants it."""

from __future__ import annotations

import json
import pkgutil
from collections.abc import Callable, Iterator
from dataclasses import fields, is_dataclass
from importlib import import_module

import numpy as np
import pytest
from small_files import BLOWS_UP, ELMAN, LEARNED_START, LSTM, NO_TARGETS, UNEVEN, open_session

from rnntui.data.sequence_file import read_sequence_file
from rnntui.data.shipped import find_file, shipped_files
from rnntui.language.keys import grad
from rnntui.notation.formula import formula_text
from rnntui.session import views
from rnntui.session.moment import Moment
from rnntui.session.session import Session
from rnntui.session.views.plain import plain

_MODULES = [
    import_module(f"{views.__name__}.{module.name}")
    for module in pkgutil.iter_modules(views.__path__)
]
VIEWS: dict[str, Callable[[Moment], object]] = {
    module.__name__.rpartition(".")[2]: module.view
    for module in _MODULES
    if hasattr(module, "view")
}
SMALL = {
    "elman": ELMAN,
    "learned start": LEARNED_START,
    "lstm": LSTM,
    "no targets": NO_TARGETS,
    "uneven batch": UNEVEN,
    "blows up": BLOWS_UP,
}


def session(name: str) -> Session:
    if name in SMALL:
        return open_session(SMALL[name])
    return Session(read_sequence_file(find_file(name)), compiled=False)


def moments(name: str) -> Iterator[Moment]:
    """Some of each phase, of the first iteration and of the second."""
    here = session(name)
    for _ in range(2):
        yield here.next_equation()
        yield here.next_timestep()
        yield here.to_end()
        moment, seen = here.next_timestep(), 0
        while moment.position.phase == "backward" and seen < 40:
            yield moment
            moment, seen = here.next_timestep(), seen + 1
            moment = here.next_equation() if seen % 3 == 0 else moment
        for _ in range(3):
            yield moment
            moment = here.next_equation()
        yield here.select_next()
        yield here.select("")
        here.next_iteration()
        here.to_start()


FILES = pytest.mark.parametrize("name", [*SMALL, *(path.stem for path in shipped_files())])


def arrays(value: object) -> Iterator[np.ndarray]:
    """Every array in a view, lists and other dataclasses within it."""
    if isinstance(value, np.ndarray):
        yield value
    elif isinstance(value, tuple):
        for item in value:
            yield from arrays(item)
    elif is_dataclass(value):
        for field in fields(value):
            if not field.name.startswith("_") and not field.name.endswith("version"):
                yield from arrays(getattr(value, field.name))


@FILES
def test_a_view_is_plain_data_and_nothing_can_be_written_to_it(name):
    for moment in moments(name):
        for view in VIEWS.values():
            said = view(moment)
            assert json.loads(json.dumps(plain(said), allow_nan=False))
            assert not any(array.flags.writeable for array in arrays(said))
            with pytest.raises(AttributeError):
                said.version = None  # type: ignore[attr-defined]


@FILES
class TestNumbersAreTheTraces:
    def test_sequence(self, name):
        for moment in moments(name):
            said, trace = views.sequence.view(moment), moment.trace
            rows = {row.name: row for row in said.rows}
            assert said.length == trace.length
            assert 1 <= said.t <= trace.length
            model = moment.program.model
            assert ("loss" in rows) == (model.objective is not None)
            if "loss" in rows:
                assert np.array_equal(
                    rows["loss"].values, trace.values[model.objective][1:], equal_nan=True
                )
                assert rows["loss"].known == moment.known_range(model.objective)
            assert ("input" in rows) == (
                bool(moment.sequence.symbols) or moment.sequence.inputs is not None
            )
            steps = range(1, trace.length + 1)
            for row in said.rows:
                texts = row.texts(steps)
                assert len(texts) == trace.length
                assert texts[-1:] == row.texts(steps[-1:])
            if moment.sequence.symbols:
                assert rows["input"].texts(steps) == list(moment.sequence.symbols)
            if "predicted" in rows and rows["predicted"].symbols:
                alphabet = list(moment.file.data.target_alphabet)
                best = [alphabet[int(np.argmax(y))] for y in trace.values["y"][1:]]
                assert rows["predicted"].texts(steps) == best
                assert rows["predicted"].symbols[-1] == best[-1]

    def test_equation(self, name):
        for moment in moments(name):
            said = views.equation.view(moment)
            assert said.equations[said.cursor].symbol == said.symbol
            assert formula_text(list(said.working[0].tokens)) == formula_text(
                list(said.equations[said.cursor].tokens)
            )
            assert said.working[0].kind == "symbols"
            for answer in said.answers:
                close = np.all(np.abs(answer.computed - answer.expected) <= answer.tolerance)
                assert answer.status in ("right", "unexpectedly right") if close else True
                assert bool(answer.correction) == (answer.status in ("wrong", "mistake"))

    def test_quantities(self, name):
        for moment in moments(name):
            said, trace = views.quantities.view(moment), moment.trace
            assert said.gradients == (moment.position.phase == "backward")
            computed = trace.gradients if said.gradients else trace.values
            assert [q.key for q in said.quantities] == [
                e.target for e in moment.program.model.equations
            ]
            for quantity in said.quantities:
                nothing = np.zeros((trace.length + 1, *quantity.shape))
                wanted = computed.get(quantity.key, nothing)
                assert np.array_equal(quantity.history, wanted, equal_nan=True)
                key = grad(quantity.key) if said.gradients else quantity.key
                assert quantity.known == moment.known_range(key)
                if quantity.statuses is not None:
                    assert quantity.statuses.shape == quantity.shape
                if quantity.low is not None and not said.gradients:
                    assert not np.any(quantity.history[1:] < quantity.low)
                if quantity.high is not None and not said.gradients:
                    assert not np.any(quantity.history[1:] > quantity.high)
            current = [quantity.key for quantity in said.quantities if quantity.current]
            keys = [quantity.key for quantity in said.quantities]
            assert current == ([moment.quantity] if moment.quantity in keys else [])

    def test_weights(self, name):
        for moment in moments(name):
            said = views.weights.view(moment)
            assert [p.key for p in said.parameters] == list(moment.program.model.parameters)
            for parameter in said.parameters:
                assert np.array_equal(parameter.values, moment.parameter(parameter.key))
            used = {parameter.key for parameter in said.parameters if parameter.used}
            if moment.selected in moment.program.model.parameters:
                assert used == {moment.selected}

    def test_gradients(self, name):
        here = session(name)
        moment = here.to_end()
        said = views.gradients.view(moment)
        assert bool(said.gradients) == (moment.program.model.objective is not None)
        assert not said.terms, "nobody has asked for them"
        for gradient in said.gradients:
            wanted = moment.iteration.gradients[gradient.key]
            assert np.array_equal(gradient.gradient, wanted, equal_nan=True)
            if not gradient.is_scalar:
                assert gradient.value == pytest.approx(np.linalg.norm(wanted.ravel()), nan_ok=True)
        if not said.gradients or moment.trace.length > 60:
            return
        said.compute()
        assert said.is_computed
        assert views.gradients.view(here.next_timestep()).terms, "they serve all moments of a trace"
        of_sequence = moment.trace.parameter_gradients[said.chosen]
        for terms in said.terms:
            assert terms.values.shape == (moment.trace.length,)
            if np.isfinite(of_sequence).all() and said.chosen not in initial_parameters(moment):
                size = np.sum(of_sequence) if of_sequence.ndim == 0 else np.linalg.norm(of_sequence)
                assert terms.total == pytest.approx(float(size), rel=1e-9, abs=1e-12)

    def test_loss(self, name):
        for moment in moments(name):
            said, objective = views.loss.view(moment), moment.program.model.objective
            assert said.objective == objective
            assert said.loss == moment.iteration.loss
            if objective is not None:
                values = moment.trace.values[objective]
                assert np.array_equal(said.at_each_t, values[1:], equal_nan=True)
                known = moment.known(objective, moment.t) and moment.t >= 1
                here = pytest.approx(values[moment.t], nan_ok=True)
                assert said.loss_at_t == (here if known else None)

    def test_hidden_space(self, name):
        for moment in moments(name):
            said = views.hidden_space.view(moment)
            path = said.path
            count = len(path.points)
            assert len(path.labels) == len(path.steps) == count <= views.hidden_space.MOST_POINTS
            assert path.groups is None or len(path.groups) == count
            if path.current is not None:
                for axis, place in zip(
                    said.axes[::-1], path.points[path.current][::-1], strict=False
                ):
                    value = moment.trace.values[axis.key][(moment.t, *axis.index)]
                    assert np.array_equal(value, place, equal_nan=True)
            elif said.axes:
                assert not all(moment.known(axis.key, moment.t) for axis in said.axes) or not (
                    all(axis.key in moment.program.model.states for axis in said.axes) or moment.t
                )

    def test_status(self, name):
        for moment in moments(name):
            said, position = views.status.view(moment), moment.position
            assert (said.iteration, said.phase) == (position.iteration, position.phase)
            assert said.equation == position.equation + 1 <= said.equations
            assert said.t == (None if position.phase == "update" else position.t)
            assert said.loss == moment.iteration.loss


def initial_parameters(moment: Moment) -> set[str]:
    """Parameters of initial values, whose gradient has a term of its own there."""
    return {equation.of for equation in moment.program.backward_initial}


class TestVersions:
    """Panels keep what they made by these."""

    def test_the_same_within_a_trace(self):
        here = session("lstm")
        one, other = here.next_equation(), here.next_timestep()
        for module in (views.sequence, views.quantities, views.gradients, views.loss):
            assert module.view(one).version == module.view(other).version
        assert (
            views.equation.view(one).listing_version == views.equation.view(other).listing_version
        )
        assert (
            views.equation.view(one).working_version != views.equation.view(other).working_version
        )

    def test_another_in_another_iteration_and_back(self):
        here = session("lstm")
        one, other = here.moment, here.next_iteration()
        for module in (
            views.sequence,
            views.quantities,
            views.gradients,
            views.loss,
            views.hidden_space,
        ):
            assert module.view(one).version != module.view(other).version

    def test_parameters_are_the_same_arrays_as_long_as_they_are_the_same_numbers(self):
        here = session("lstm")
        one = views.weights.view(here.moment)
        assert [p.values for p in one.parameters]
        same = views.weights.view(here.next_timestep())
        assert all(
            a.values is b.values for a, b in zip(one.parameters, same.parameters, strict=True)
        )
        other = views.weights.view(here.next_iteration())
        assert not any(
            a.values is b.values for a, b in zip(one.parameters, other.parameters, strict=True)
        )

    def test_nothing_of_them_is_in_plain_data(self):
        said = plain(views.equation.view(session("lstm").moment))
        assert list(said) == ["cursor", "title", "symbol", "working", "answers", "equations"]


def test_numbers_that_are_not_finite_are_words():
    here = session("blows up")
    here.next_iteration()
    said = plain(views.sequence.view(here.to_end()))
    assert {row["name"]: row["values"] for row in said["rows"]}["loss"] == ["inf", "inf"]


def test_what_has_no_plain_form_is_refused():
    with pytest.raises(TypeError, match="no plain form of set"):
        plain({1})


class TestChosenParameter:
    def test_what_is_picked_out_then_the_cursor_then_what_was_chosen_before(self):
        here = session("lstm")
        moment = here.moment
        assert views.gradients.view(moment).chosen == "W_ii"
        assert views.gradients.view(moment, "b_hf").chosen == "b_hf"
        assert views.gradients.view(here.select("W_hy"), "b_hf").chosen == "W_hy"
        here.select("")
        here.to_end()
        moment = here.next_timestep()
        while moment.quantity not in moment.program.model.parameters:
            moment = here.next_equation()
        assert views.gradients.view(moment, "b_hf").chosen == moment.quantity


HIDDEN = """
[model]
cell = '''{cell}'''
[data]
values = [[1.0, 2.0], [0.5, 1.0], [-1.0, 0.0]]
"""


class TestHiddenSpace:
    @pytest.mark.parametrize(
        ("cell", "names", "of", "first"),
        [
            ("S = 0.9 * S[t-1] + x\nh = 2 * S  # hidden: it", ["h[0]", "h[1]"], 2, 1),
            ("S = 0.9 * S[t-1] + outer(x, x)", ["S[0,0]", "S[0,1]"], 4, 0),
            ("S = 0.9 * S[t-1] + outer(x, x)\nh = S @ x  # hidden: it", ["h[0]", "h[1]"], 2, 1),
            (
                "h = S[t-1] @ x  # hidden: it\nS = 0.9 * S[t-1] + outer(x, x)",
                ["h[0]", "h[1]"],
                2,
                1,
            ),
            ("a = a[t-1] + x[0]\nb = b[t-1] * x[1]", ["a", "b"], 1, 0),
            ("a = a[t-1] + x[0]", ["a"], 1, 0),
            ("a = a[t-1] + x[0]  # hidden: it\nb = 2 * a  # hidden: it", ["a", "b"], 1, 1),
            ("a = a[t-1] + x[0]\nh = 2 * a  # hidden: it", ["h"], 1, 1),
            ("h = x[0:1]  # hidden: it", ["h"], 1, 1),
            ("h = tanh(h[t-1] + x)\ny = sum(h)", ["h[0]", "h[1]"], 2, 0),
        ],
    )
    def test_wherever_the_hidden_quantity_is(self, cell, names, of, first):
        here = open_session(HIDDEN.format(cell=cell))
        moment, seen = here.moment, set()
        while moment.position not in seen:
            seen.add(moment.position)
            said = views.hidden_space.view(moment)
            assert [axis.name for axis in said.axes] == names
            assert {axis.of for axis in said.axes} == {of}
            last = min(moment.known_range(axis.key).stop for axis in said.axes)
            assert said.known == range(first, max(last, first))
            columns = [moment.trace.values[axis.key] for axis in said.axes]
            for t, point in zip(said.known, said.path.points, strict=True):
                wanted = [c[(t, *a.index)] for c, a in zip(columns, said.axes, strict=True)]
                assert list(point) == (wanted if len(wanted) == 2 else [t, *wanted])
            moment = here.next_equation()
        assert len(seen) >= 3

    def test_a_model_without_anything_hidden_has_no_axes(self):
        said = views.hidden_space.view(open_session(HIDDEN.format(cell="a = 2 * x")).to_end())
        assert said.axes == ()
        assert len(said.path.points) == 0
        assert said.path.current is None
