"""Random expressions and random models of the language, for hypothesis.

`expressions` are trees that can be written down, whether or not their shapes make sense.
`models` make sense: shapes are known for every quantity, and values stay where every function
is defined, so that gradients can be held against finite differences.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import numpy as np
import numpy.typing as npt
from hypothesis import strategies as st

from rnntui.data.sequence import InputSequence
from rnntui.language.functions import FUNCTIONS
from rnntui.language.model import Model, check_model
from rnntui.language.parse import parse_equations, parse_expression
from rnntui.language.program import Program, bind
from rnntui.language.shapes import Shape
from rnntui.language.source_text import equation_text, to_text
from rnntui.language.tree import (
    Binary,
    Call,
    Compare,
    Equation,
    Expression,
    Index,
    Name,
    Negative,
    Number,
    Span,
    Transpose,
)
from rnntui.text.problems import InputError

Array = npt.NDArray[np.float64]

# --- any tree ---

KEYS = ("a", "h", "W_hh", "größe", "x", "grad(h)", "grad(pre(h))", "pre(h)", "weight(loss)", "e1")
COMPARISONS = ("<", "<=", ">", ">=", "==", "!=")

numbers = st.builds(
    Number,
    st.one_of(
        st.integers(0, 10**18).map(float),
        st.floats(0, allow_infinity=False, allow_nan=False).map(abs),
    ),
)
names = st.builds(Name, st.sampled_from(KEYS), st.sampled_from((0, 0, -1, 1)))
spans = st.builds(Span, st.none() | st.integers(-9, 9), st.none() | st.integers(-9, 9))
subscripts = st.lists(st.integers(-9, 9) | spans, min_size=1, max_size=2).map(tuple)


def _inner(values: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    def call(function: str, count: int) -> st.SearchStrategy[Expression]:
        arguments = [values] * count
        if FUNCTIONS[function].kind == "where":
            arguments[0] = _conditions(values)
        if FUNCTIONS[function].kind == "literal":
            arguments = [st.integers(0, 999).map(lambda n: Number(float(n)))] * count
        return st.tuples(*arguments).map(lambda found: Call(function, found))

    calls = [
        call(function.name, count)
        for function in FUNCTIONS.values()
        for count in range(function.least, (function.most or 3) + 1)
    ]
    return st.one_of(
        st.builds(Binary, st.sampled_from(("+", "-", "*", "/", "**", "@")), values, values),
        st.builds(Negative, values),
        st.builds(Index, values, subscripts),
        st.builds(Transpose, values),
        st.one_of(calls),
    )


def _conditions(values: st.SearchStrategy[Expression]) -> st.SearchStrategy[Expression]:
    return st.builds(Compare, st.sampled_from(COMPARISONS), values, values)


_values = st.recursive(numbers | names, _inner, max_leaves=20)
expressions = _values | _conditions(_values)

# --- models that make sense ---


def checked(model: Model) -> Model:
    """The model itself, if its equations make sense. Raises InputError with every problem."""
    problems = check_model(model)
    if problems:
        raise InputError(problems)
    return model


@dataclass(frozen=True, repr=False)
class RandomModel:
    """A model whose shapes are known: `shapes` of everything that its equations compute."""

    model: Model
    inputs: dict[str, Shape]
    parameters: dict[str, Shape]
    shapes: dict[str, Shape]
    length: int
    seed: int
    numeric: tuple[str, ...] = ()  # states that start at given numbers

    def __repr__(self) -> str:
        lines = [*map(equation_text, self.model.equations)]
        lines += [f"{key} at t = 0: {to_text(e)}" for key, e in self.model.initial.items()]
        rest = (self.inputs, self.parameters, self.shapes, self.length, self.seed, self.numeric)
        return "\n" + "\n".join(lines) + f"\n{rest}"

    def program(self, given: dict[str, Shape] | None = None) -> Program:
        """The program, for parameters of their own shapes or of those given."""
        shapes = self.parameters if given is None else given
        generator = np.random.default_rng(self.seed + 1)
        initial = {key: generator.uniform(-1, 1, self.shapes[key]) for key in self.numeric}
        return bind(self.model, self.inputs, {}, shapes, initial)

    def values(self, shapes: dict[str, Shape] | None = None) -> dict[str, Array]:
        """Values of the parameters, the same at each call."""
        generator = np.random.default_rng(self.seed)
        wanted = self.parameters if shapes is None else shapes
        return {key: generator.uniform(-1.2, 1.2, shape) for key, shape in wanted.items()}

    def sequence(self) -> InputSequence:
        """A sequence that fits the model; some timesteps' losses weigh nothing, or less."""
        generator = np.random.default_rng(self.seed + 2)
        drawn = {
            key: generator.uniform(-1, 1, (self.length, *shape))
            for key, shape in self.inputs.items()
        }
        mask = generator.choice([0.0, 0.5, 1.0, 1.0], self.length)
        mask[-1] = 1.0
        return InputSequence(drawn["x"], drawn.get("target"), mask)


@st.composite
def models(draw: st.DrawFn, smooth: bool = False) -> RandomModel:
    """Models of one to three equations and a loss. smooth: without kinks and stopped gradients."""
    builder = _Builder(draw, smooth)
    size = draw(st.integers(1, 3))
    builder.now["x"] = (size,)
    quantities = {
        key: draw(st.sampled_from(((), (2,), (3,), (1,), (2, 2), (2, 3))))
        for key in ("q", "h", "S")[: draw(st.integers(1, 3))]
    }
    builder.before.update(quantities)
    equations = []
    for key, shape in quantities.items():
        equations.append(Equation(key, builder.expression(shape, draw(st.integers(1, 3)))))
        builder.now[key] = shape
    inputs: dict[str, Shape] = {"x": (size,)}
    loss = builder.expression((), 2)
    last, shape = list(quantities.items())[-1]
    if len(shape) == 1 and draw(st.booleans()):
        inputs["target"] = shape
        loss = Binary("+", loss, Call("squared_error", (Name(last), Name("target"))))
    else:
        loss = Binary("+", loss, Call("mean", (Binary("*", Name(last), Name(last)),)))
    equations.append(Equation("loss", loss))

    # by way of the text, so that every node has its place
    model = Model("random", parse_equations("\n".join(map(equation_text, equations))))
    model = replace(model, shapes={key: quantities[key] for key in model.states})
    kinds = {key: draw(st.sampled_from(("zeros", "numbers", "formula"))) for key in model.states}
    builder.now, builder.before = {}, {}
    initial = {
        key: parse_expression(to_text(builder.expression(quantities[key], 1)))
        for key, kind in kinds.items()
        if kind == "formula"
    }
    model = checked(replace(model, initial=initial))
    return RandomModel(
        model=model,
        inputs=inputs,
        parameters={key: builder.parameters[key] for key in model.parameters},
        shapes={**quantities, "loss": ()},
        length=draw(st.integers(1, 4)),
        seed=draw(st.integers(0, 999)),
        numeric=tuple(key for key, kind in kinds.items() if kind == "numbers"),
    )


@dataclass
class _Builder:
    """Draws expressions of a wanted shape.

    now, before: the quantities that have a value at this and at the last timestep.
    parameters: those made so far; a new one is made where one is wanted.
    """

    draw: st.DrawFn
    smooth: bool
    now: dict[str, Shape] = field(default_factory=dict)
    before: dict[str, Shape] = field(default_factory=dict)
    parameters: dict[str, Shape] = field(default_factory=dict)

    def expression(self, shape: Shape, depth: int) -> Expression:
        """An expression of that shape, `depth` operations deep or less."""
        if depth == 0 or self.draw(st.integers(0, 9)) == 0:
            return self._leaf(shape)
        makers = [self._elementwise, self._elementwise, self._function, self._fraction]
        makers += {0: [self._reduced] * 3, 1: [self._vector] * 3, 2: [self._matrix] * 3}[len(shape)]
        makers += [] if self.smooth else [self._kinked]
        return self.draw(st.sampled_from(makers))(shape, depth - 1)

    def _one_of(self, *makers: Callable[[], Expression]) -> Expression:
        return self.draw(st.sampled_from(makers))()

    def _length(self) -> int:
        return self.draw(st.integers(1, 3))

    def _leaf(self, shape: Shape) -> Expression:
        places = [(Name(key), found) for key, found in self.now.items()]
        places += [(Name(key, -1), found) for key, found in self.before.items()]
        found = [lambda n=name: n for name, at in places if at == shape]
        found += [lambda n=n, at=at: self._part(n, at) for n, at in places if at and shape == ()]
        found += [
            lambda n=name, at=at: Index(n, (self.draw(st.integers(-at[0], at[0] - 1)),))
            for name, at in places
            if len(at) == 2 and shape == at[1:]
        ]
        found += [
            lambda n=name, at=at: self._slice(n, at[0], shape[0])
            for name, at in places
            if len(at) == len(shape) == 1 and at[0] > shape[0]
        ]
        found += [lambda: self._parameter(shape)] * 2
        if shape == ():
            found.append(lambda: Number(self.draw(st.sampled_from((0.5, 1.0, 2.0, 0.1)))))
        return self._one_of(*found)

    def _parameter(self, shape: Shape) -> Name:
        alike = [key for key, found in self.parameters.items() if found == shape]
        key = self.draw(st.sampled_from([*alike, f"p{len(self.parameters)}"]))
        self.parameters[key] = shape
        return Name(key)

    def _part(self, value: Expression, shape: Shape) -> Expression:
        return Index(value, tuple(self.draw(st.integers(-n, n - 1)) for n in shape))

    def _slice(self, value: Expression, length: int, wanted: int) -> Expression:
        start = self.draw(st.integers(0, length - wanted))
        stop = start + wanted
        starts = [start, start - length, *([None] if start == 0 else [])]
        stops = [stop, *([stop - length] if stop < length else [None])]
        return Index(
            value, (Span(self.draw(st.sampled_from(starts)), self.draw(st.sampled_from(stops))),)
        )

    def _elementwise(self, shape: Shape, depth: int) -> Expression:
        operands = self.draw(st.sampled_from(((shape, shape), (shape, ()), ((), shape))))
        left, right = (self.expression(operand, depth) for operand in operands)
        return self._one_of(
            lambda: Binary("+", left, right),
            lambda: Binary("-", left, right),
            lambda: Binary("*", left, right),
            lambda: Negative(Binary("*", left, right)),
        )

    def _function(self, shape: Shape, depth: int) -> Expression:
        name = self.draw(st.sampled_from(("sigmoid", "tanh", "softplus", "exp", "log", "sqrt")))
        if name in ("log", "sqrt"):
            return Call(name, (self._positive(shape, depth),))
        inner = self.expression(shape, depth)
        return Call(name, (Call("tanh", (inner,)) if name == "exp" else inner,))

    def _fraction(self, shape: Shape, depth: int) -> Expression:
        """Quotients and powers, where they are defined."""
        bounded = Call("tanh", (self.expression(shape, depth),))
        return self._one_of(
            lambda: Binary("/", self.expression(shape, depth), self._positive(shape, depth)),
            lambda: Binary("/", self.expression(shape, depth), self._positive((), depth)),
            lambda: Binary("/", self.expression((), depth), self._positive(shape, depth)),
            lambda: Binary("**", bounded, Number(self.draw(st.sampled_from((1.0, 2.0, 3.0))))),
            lambda: Binary("**", self._positive(shape, depth), Negative(Number(1.5))),
            lambda: Binary("**", self._positive(shape, depth), bounded),
            lambda: Binary("**", self._positive((), depth), bounded),
            lambda: Binary("**", Number(2.0), bounded),
        )

    def _positive(self, shape: Shape, depth: int) -> Expression:
        """An expression that stays above about a third."""
        inner = self.expression(shape, depth)
        return self._one_of(
            lambda: Call("exp", (Call("tanh", (inner,)),)),
            lambda: Binary("+", Call("sigmoid", (inner,)), Number(0.5)),
            lambda: Binary("+", Number(0.5), Binary("**", inner, Number(2.0))),
        )

    def _kinked(self, shape: Shape, depth: int) -> Expression:
        a, b = (
            self.expression(operand, depth)
            for operand in self.draw(st.sampled_from(((shape, shape), (shape, ()), ((), shape))))
        )
        sign = self.draw(st.sampled_from(COMPARISONS))
        one = self.expression(shape, depth)
        functions = ["relu", "abs", "sign", "heaviside", "stop_gradient"]
        return self._one_of(
            *(lambda name=name: Call(name, (one,)) for name in functions),
            lambda: Call("minimum", (a, b)),
            lambda: Call("maximum", (a, b)),
            lambda: Call("where", (Compare(sign, a, b), one, self.expression((), depth))),
            lambda: Call("where", (Compare(sign, self.expression((), 0), Number(0.5)), a, b)),
        )

    def _reduced(self, shape: Shape, depth: int) -> Expression:
        inner = self.draw(st.sampled_from(((), (2,), (3,), (2, 3))))
        vector = (self._length(),)

        def pair(wrapped: str = "") -> tuple[Expression, Expression]:
            a, b = (self.expression(vector, depth) for _ in range(2))
            return (Call(wrapped, (a,)), Call(wrapped, (b,))) if wrapped else (a, b)

        makers = [
            lambda: Call("sum", (self.expression(inner, depth),)),
            lambda: Call("mean", (self.expression(inner, depth),)),
            lambda: Call("norm", (self._positive(inner, depth),)),
            lambda: Call("dot", pair()),
            lambda: self._part(self.expression(vector, depth), vector),
            lambda: self._part(self.expression((2, 3), depth), (2, 3)),
            lambda: Call("squared_error", pair()),
            lambda: Call("mean_squared_error", pair()),
            lambda: Call("cross_entropy", pair("softmax")),
            lambda: Call("kl_divergence", pair("softmax")),
            lambda: Call("binary_cross_entropy", pair("sigmoid")),
            lambda: Call("binary_kl_divergence", pair("sigmoid")),
            lambda: Call("xdivy", (self.expression((), depth), self._positive((), depth))),
        ]
        return self._one_of(*makers)

    def _vector(self, shape: Shape, depth: int) -> Expression:
        n, k = shape[0], self._length()
        functions = ("softmax", "log_softmax", "layer_norm")
        makers = [
            lambda: Binary("@", self.expression((n, k), depth), self.expression((k,), depth)),
            lambda: Binary("@", self.expression((k,), depth), self.expression((k, n), depth)),
            lambda: Binary(
                "@", Transpose(self.expression((k, n), depth)), self.expression((k,), depth)
            ),
            lambda: Call(self.draw(st.sampled_from(functions)), (self.expression(shape, depth),)),
            lambda: self._slice(self.expression((n + k,), depth), n + k, n),
            lambda: Index(self.expression((2, n), depth), (self.draw(st.integers(-2, 1)),)),
            lambda: Index(self.expression((n, 2), depth), (Span(), self.draw(st.integers(0, 1)))),
            lambda: Index(
                self.expression((n + 1, 2), depth), (Span(1), self.draw(st.integers(-2, -1)))
            ),
            lambda: Call("ones", (Number(float(n)),)),
            lambda: Call("one_hot", (Number(float(n - 1)), Number(float(n)))),
        ]
        if n > 1:
            parts = self.draw(st.sampled_from((((), (n - 1,)), ((n - 1,), (1,)), ((1,), (n - 1,)))))
            makers.append(
                lambda: Call("concat", tuple(self.expression(part, depth) for part in parts))
            )
        else:
            makers.append(lambda: Call("concat", (self.expression((), depth),)))
        return self._one_of(*makers)

    def _matrix(self, shape: Shape, depth: int) -> Expression:
        m, n = shape
        k = self._length()
        return self._one_of(
            lambda: Call("outer", (self.expression((m,), depth), self.expression((n,), depth))),
            lambda: Binary("@", self.expression((m, k), depth), self.expression((k, n), depth)),
            lambda: Transpose(self.expression((n, m), depth)),
            lambda: Call("concat", tuple(self.expression((rows, n), depth)
                                         for rows in ((1, m - 1) if m > 1 else (1,)))),
            lambda: Index(self.expression((m + 1, n), depth), (Span(1),)),
            lambda: Index(self.expression((m + 1, n + 2), depth), (Span(0, -1), Span(1, -1))),
            lambda: Index(self.expression((m, n + 1), depth), (Span(), Span(None, n))),
            lambda: Call("zeros", (Number(float(m)), Number(float(n)))),
        )  # fmt: skip
