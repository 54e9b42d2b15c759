"""What holds for every expression and every model, tried on random ones."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
from gradient_matrix import gradient_matrix
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from strategies import RandomModel, expressions, models

from rnntui.data.sequence import InputSequence
from rnntui.engine.decomposition import gradients_by_loss, gradients_by_use
from rnntui.engine.trace import Trace, compute_trace
from rnntui.language.evaluate import evaluate, evaluate_parts
from rnntui.language.model import Model, check_model
from rnntui.language.parse import parse_equations, parse_expression
from rnntui.language.program import Program
from rnntui.language.shapes import Shape
from rnntui.language.source_text import equation_text, to_text
from rnntui.language.tree import Binary, Call, Compare, names, walk
from rnntui.text.problems import InputError, Problem

SLOW = [HealthCheck.too_slow, HealthCheck.filter_too_much, HealthCheck.data_too_large]
FEW = settings(max_examples=60, deadline=None, suppress_health_check=SLOW)
MANY = settings(max_examples=300, deadline=None, suppress_health_check=SLOW)

REDUCTIONS = st.sampled_from(("sum", "mean"))
# text that is nearly of the language, and text that is anything
WORDS = "t-1 t+1 [t-1] .T ** sum where( concat( grad( pre( zeros( if in not lambda f' 1e999 0x 1_0"
SIGNS = "()[]{}+-*/@<>=!.,:;#'\"\\ \n\t\r\0\f\u2028\ud80001239axtThé²ﬁ…"
PIECES = st.lists(
    st.sampled_from([*SIGNS, *WORDS.split(), "y = ", "loss = ", "# gate: ", "lambda "]), max_size=25
).map("".join)
ANYTHING = st.text(max_size=40) | PIECES


def traced(random: RandomModel, reduction: str = "sum") -> Trace:
    """A trace whose values are all of moderate size."""
    trace = compute_trace(random.program(), random.sequence(), random.values(), reduction)
    assume(trace.fault() is None)
    assume(all(np.abs(value).max() < 1e4 for value in trace.values.values()))
    return trace


def refused(parse: Callable[[str], object], text: str) -> tuple[Problem, ...]:
    """What is wrong with a text, or nothing."""
    try:
        parse(text)
    except InputError as error:
        return error.problems
    return ()


def bound(
    random: RandomModel, shapes: dict[str, Shape]
) -> tuple[Program | None, tuple[Problem, ...]]:
    """The program of a model whose parameters have these shapes, or why there is none."""
    try:
        return random.program(shapes), ()
    except InputError as error:
        return None, error.problems


class TestTextAndTree:
    @MANY
    @given(expressions)
    def test_an_expression_written_down_is_the_same_tree_again(self, expression):
        assert parse_expression(to_text(expression)) == expression

    @FEW
    @given(models())
    def test_a_backward_equation_written_down_is_the_same_again(self, random):
        program = random.program()
        equations = [e.equation(last) for e in program.backward for last in (False, True)]
        equations += [e.equation(last=True) for e in program.backward_initial]
        for equation in equations:
            assert parse_equations(equation_text(equation)) == (equation,)
            for name in names(equation.expression):
                assert name.shift == 0 or name.key not in random.parameters

    @MANY
    @given(ANYTHING)
    def test_no_text_does_anything_but_parse_or_be_refused(self, text):
        for parse in (parse_expression, parse_equations):
            for problem in refused(parse, text):
                assert problem.place is not None
                assert 1 <= problem.place.line <= text.count("\n") + 1
                assert 1 <= problem.place.column <= len(problem.place.text) + 1

    @MANY
    @given(st.lists(st.tuples(st.sampled_from("abc"), expressions), min_size=1, max_size=4))
    def test_no_equations_do_anything_but_make_sense_or_be_refused(self, lines):
        text = "\n".join(f"{target} = {to_text(expression)}" for target, expression in lines)
        model = Model("own", parse_equations(text), objective=None)
        for problem in check_model(model):
            assert problem.place.line >= 1
        with contextlib.suppress(InputError):
            RandomModel(model, {"x": (3,)}, {}, {}, 1, 0).program({"W_hh": (2, 2)})


class TestShapes:
    @FEW
    @given(models())
    def test_the_shapes_found_are_those_that_the_model_was_built_with(self, random):
        found = random.program().shapes
        assert {key: found[key] for key in random.shapes} == random.shapes
        trace = compute_trace(random.program(), random.sequence(), random.values())
        for key, shape in random.shapes.items():
            assert trace.values[key].shape == (random.length + 1, *shape)

    @FEW
    @given(models(), st.data())
    def test_a_parameter_of_another_shape_is_refused_with_a_place_or_fits(self, random, data):
        assume(random.parameters)
        key = data.draw(st.sampled_from(sorted(random.parameters)))
        old = random.parameters[key]
        new = data.draw(st.sampled_from([(), (7,), (7, 7), (1,), (*old, 2), old[1:], old[::-1]]))
        given_shapes = random.parameters | {key: new[:2]}
        program, problems = bound(random, given_shapes)
        assert all(problem.place is not None for problem in problems)
        if program is None:
            return
        trace = compute_trace(program, random.sequence(), random.values(given_shapes))
        assert all(trace.values[name].shape[1:] == program.shapes[name] for name in trace.values)
        assert trace.parameter_gradients[key].shape == given_shapes[key]

    @FEW
    @given(models())
    def test_without_any_given_shape_inference_ends_in_shapes_that_compute(self, random):
        program, problems = bound(random, {})
        assert all(problem.place is not None for problem in problems)
        if program is None:
            return
        shapes = {key: program.shapes[key] for key in program.model.parameters}
        trace = compute_trace(program, random.sequence(), random.values(shapes))
        assert all(trace.values[key].shape[1:] == program.shapes[key] for key in trace.values)


def agree(a: object, b: object, scale: float) -> bool:
    """Equal but for rounding; scale: how large the numbers are that may have cancelled."""
    a, b = np.asarray(a, dtype=np.float64), np.asarray(b, dtype=np.float64)
    close = np.allclose(a, b, rtol=1e-12, atol=1e-13 * scale, equal_nan=True)
    return a.shape == b.shape and close


def scale_of(trace) -> float:
    arrays = [*trace.values.values(), *trace.gradients.values(), *trace.parameters.values()]
    largest = max(float(np.max(np.abs(array), initial=1.0)) for array in arrays)
    return largest * trace.length


class TestEvaluation:
    """One equation at one timestep gives what the code that runs whole sequences gives.

    That code computes what it can for all timesteps at once, which rounds otherwise, no more.
    """

    @FEW
    @given(models())
    def test_forward(self, random):
        trace = traced(random)
        for t in range(1, trace.length + 1):
            for assignment in trace.program.assignments:
                value = evaluate(assignment.expression, trace.lookup.at(t))
                assert agree(value, trace.values[assignment.target][t], scale_of(trace))

    @FEW
    @given(models(), REDUCTIONS)
    def test_backward(self, random, reduction):
        trace = traced(random, reduction)
        for equation in trace.program.backward:
            if equation.of in trace.parameters:
                continue
            for t in range(1, trace.length + 1):
                expression = equation.equation(last=t == trace.length).expression
                value = evaluate(expression, trace.lookup.at(t))
                expected = trace.gradients[equation.of][t]
                assert agree(np.broadcast_to(value, expected.shape), expected, scale_of(trace))
            if equation.following is not None:
                value = evaluate(equation.initial().expression, trace.lookup.at(0))
                assert agree(value, trace.gradients[equation.of][0], scale_of(trace))

    @FEW
    @given(models(), REDUCTIONS)
    def test_gradients_of_parameters(self, random, reduction):
        trace = traced(random, reduction)
        totals = {key: np.zeros(shape) for key, shape in random.parameters.items()}
        for t in range(trace.length, 0, -1):
            for equation in trace.program.backward:
                if equation.of in totals:
                    expression = equation.equation(last=t == trace.length).expression
                    totals[equation.of] += evaluate(expression, trace.lookup.at(t))
        for equation in trace.program.backward_initial:
            totals[equation.of] += evaluate(equation.within, trace.lookup.at(0))
        for key in trace.program.model.parameters:
            assert agree(totals[key], trace.parameter_gradients[key], scale_of(trace))

    @FEW
    @given(models(), st.data())
    def test_a_sequence_in_two_pieces(self, random, data):
        """The second goes on from the first, and what reaches its start comes back to the first."""
        assume(random.length > 1)
        whole = traced(random)
        split = data.draw(st.integers(1, random.length - 1))
        sequence, values = random.sequence(), random.values()
        pieces = [
            InputSequence(
                sequence.inputs[part],
                None if sequence.targets is None else sequence.targets[part],
                sequence.mask[part],
            )
            for part in (slice(split), slice(split, None))
        ]
        states = whole.program.model.states
        end = {state: whole.values[state][split] for state in states}
        second = compute_trace(whole.program, pieces[1], values, initial=end)
        back = {key: second.gradients[key][0] for key in states if key in second.gradients}
        first = compute_trace(whole.program, pieces[0], values, cotangents=back)
        for ours, theirs in ((first.values, whole.values), (first.gradients, whole.gradients)):
            for key in theirs:
                assert agree(ours[key][1:], theirs[key][1 : split + 1], scale_of(whole))
        for key, total in whole.parameter_gradients.items():
            both = first.parameter_gradients[key] + second.parameter_gradients[key]
            assert agree(both, total, 10 * scale_of(whole))


def perturbed(array: np.ndarray, index: tuple[int, ...], by: float) -> np.ndarray:
    moved = array.copy()
    moved[index] += by
    return moved


def slope(loss, array: np.ndarray, index: tuple[int, ...]) -> tuple[float, float]:
    """The derivative of loss(array) by central differences, and about how far it may be off."""
    step = 1e-4
    wide, narrow = (
        (loss(perturbed(array, index, h)) - loss(perturbed(array, index, -h))) / (2 * h)
        for h in (2 * step, step)
    )
    assume(np.isfinite(wide))
    assume(np.isfinite(narrow))
    return (4 * narrow - wide) / 3, abs(narrow - wide)


def assert_slope(loss, array: np.ndarray, gradient: np.ndarray, scale: float) -> None:
    for index in np.ndindex(array.shape):
        expected, error = slope(loss, array, index)
        assume(error < 0.01 * (1 + abs(expected)))
        assert abs(gradient[index] - expected) <= error + 1e-7 * (abs(expected) + scale)


def assert_gradients(random: RandomModel, reduction: str) -> None:
    trace = traced(random, reduction)
    values, sequence, program = random.values(), random.sequence(), random.program()
    assume(not any(near_kink(trace)))
    scale = 1 + abs(trace.loss)

    def loss(program: Program, changed: dict[str, np.ndarray]) -> float:
        return compute_trace(program, sequence, {**values, **changed}, reduction).loss

    for key in program.model.parameters:
        assert_slope(
            lambda v, key=key: loss(program, {key: v}),
            values[key],
            trace.parameter_gradients[key],
            scale,
        )
    for key, start in program.initial_values.items():
        zeros = np.zeros((random.length + 1, *random.shapes[key]))
        assert_slope(
            lambda v, key=key: loss(
                replace(program, initial_values={**program.initial_values, key: v}), {}
            ),
            start,
            trace.gradients.get(key, zeros)[0],
            scale,
        )


def near_kink(trace: Trace) -> Iterator[bool]:
    """Whether any function that has a kink is used close to it."""
    for t in range(1, trace.length + 1):
        for assignment in trace.program.assignments:
            yield from _kinks(
                assignment.expression, evaluate_parts(assignment.expression, trace.lookup.at(t))
            )
    for expression in trace.program.model.initial.values():
        yield from _kinks(expression, evaluate_parts(expression, trace.lookup.at(0)))


def _kinks(expression, values) -> Iterator[bool]:
    for node in walk(expression):
        match node:
            case Call(function="relu" | "abs" | "sign" | "heaviside", arguments=(argument,)):
                yield np.abs(values[id(argument)]).min() < 0.01
            case Call(function="minimum" | "maximum", arguments=(a, b)) | Compare(left=a, right=b):
                yield np.abs(values[id(a)] - values[id(b)]).min() < 0.01
            case Call(function="stop_gradient"):
                yield True


class TestGradients:
    """The gradients are the slopes of the loss."""

    @settings(FEW, max_examples=80)
    @given(models(smooth=True), REDUCTIONS)
    def test_of_smooth_models(self, random, reduction):
        assert_gradients(random, reduction)

    @FEW
    @given(models(), REDUCTIONS)
    def test_away_from_kinks(self, random, reduction):
        assert_gradients(random, reduction)

    @FEW
    @given(models())
    def test_none_flow_through_stop_gradient(self, random):
        *cell, loss = random.model.equations
        stopped = replace(loss, expression=Call("stop_gradient", (loss.expression,)))
        trace = traced(replace(random, model=replace(random.model, equations=(*cell, stopped))))
        assert all(not gradient.any() for gradient in trace.parameter_gradients.values())

    @FEW
    @given(models(), st.sampled_from((2.0, 0.25, 1024.0)))
    def test_scale_with_the_loss(self, random, factor):
        *cell, loss = random.model.equations
        scaled = replace(
            loss, expression=Binary("*", loss.expression, parse_expression(f"{factor}"))
        )
        first = traced(random)
        second = traced(replace(random, model=replace(random.model, equations=(*cell, scaled))))
        for key, gradient in first.parameter_gradients.items():
            np.testing.assert_allclose(
                second.parameter_gradients[key], factor * gradient, rtol=1e-9, atol=1e-9 * factor
            )


class TestDecomposition:
    @FEW
    @given(models(), REDUCTIONS)
    def test_the_parts_of_a_gradient_add_up_to_it(self, random, reduction):
        trace = traced(random, reduction)
        by_loss, by_use = gradients_by_loss(trace), gradients_by_use(trace)
        for key, gradient in trace.parameter_gradients.items():
            tolerance = {"rtol": 1e-9, "atol": 1e-9 * (1 + np.abs(gradient).max())}
            initial = by_use.initial.get(key, np.zeros_like(gradient))
            matrix = gradient_matrix(trace, key)
            np.testing.assert_allclose(by_loss[key].sum(axis=0), gradient, **tolerance)
            np.testing.assert_allclose(
                by_use.by_use[key].sum(axis=0) + initial, gradient, **tolerance
            )
            np.testing.assert_allclose(matrix.sum(axis=0), by_use.by_use[key], **tolerance)
            np.testing.assert_allclose(
                matrix.sum(axis=(0, 1)) + initial, by_loss[key].sum(axis=0), **tolerance
            )
            if key not in by_use.initial:
                np.testing.assert_allclose(matrix.sum(axis=1), by_loss[key], **tolerance)

    @FEW
    @given(models())
    def test_no_loss_depends_on_a_later_use(self, random):
        trace = traced(random)
        later = np.triu_indices(trace.length, 1)  # row k − 1 is a loss, column t − 1 a use
        for key in trace.program.model.parameters:
            assert not gradient_matrix(trace, key)[later].any()
