"""Shapes are inferred from what the operators require; what clashes is shown where it stands."""

from __future__ import annotations

import pytest
from strategies import checked

from rnntui.language.model import Model
from rnntui.language.parse import parse_equations, parse_expression
from rnntui.language.program import bind
from rnntui.language.shapes import describe, infer_shapes, shape_of
from rnntui.models.library import load_model
from rnntui.text.problems import InputError


def shapes(text, hidden=None, **known):
    return infer_shapes(parse_equations(text), known, hidden)


def refusal(text, hidden=None, **known):
    with pytest.raises(InputError) as error:
        shapes(text, hidden, **known)
    return str(error.value)


class TestFirmRules:
    """What the operators require."""

    @pytest.mark.parametrize(
        ("text", "known", "found"),
        [
            ("y = 3", {}, {"y": ()}),
            ("y = W @ x", {"W": (2, 3), "y": (2,)}, {"x": (3,)}),
            ("y = W @ x", {"x": (3,), "y": (2,)}, {"W": (2, 3)}),
            ("y = x @ W", {"W": (3, 2), "y": (2,)}, {"x": (3,)}),
            ("y = x @ W", {"x": (3,), "y": (2,)}, {"W": (3, 2)}),
            ("y = A @ B", {"A": (2, 3), "y": (2, 4)}, {"B": (3, 4)}),
            ("y = A @ B", {"B": (3, 4), "y": (2, 4)}, {"A": (2, 3)}),
            ("y = W.T @ x", {"W": (2, 3), "y": (3,)}, {"x": (2,)}),
            ("y = W.T @ x", {"x": (2,), "y": (3,)}, {"W": (2, 3)}),
            ("y = outer(a, b)", {"a": (2,), "b": (3,)}, {"y": (2, 3)}),
            ("y = outer(a, b)", {"y": (2, 3)}, {"a": (2,), "b": (3,)}),
            ("y = dot(a, b)", {"a": (4,)}, {"b": (4,), "y": ()}),
            ("y = cross_entropy(a, b)", {"b": (4,)}, {"a": (4,), "y": ()}),
            ("y = tanh(a)", {"y": (2, 3)}, {"a": (2, 3)}),
            ("y = softmax(a)", {"y": (3,)}, {"a": (3,)}),
            ("y = sum(a) + norm(a) + mean(a)", {"a": (2, 3)}, {"y": ()}),
            ("y = concat(a, b, c)", {"a": (2,), "b": (), "c": (3,)}, {"y": (6,)}),
            ("y = concat(A, B)", {"A": (2, 3), "B": (1, 3)}, {"y": (3, 3)}),
            ("y = a[0]", {"a": (2,)}, {"y": ()}),
            ("y = A[0]", {"A": (2, 3)}, {"y": (3,)}),
            ("y = A[-2, 1]", {"A": (2, 3)}, {"y": ()}),
            ("y = A[:, 1]", {"A": (2, 3)}, {"y": (2,)}),
            ("y = A[1:, :-1]", {"A": (2, 3)}, {"y": (1, 2)}),
            ("y = a[1:9]", {"a": (4,)}, {"y": (3,)}),
            ("y = where(a < 0, a, 0)", {"a": (3,)}, {"y": (3,)}),
            ("y = where(s < 0, a, b)", {"s": (), "a": (3,), "b": ()}, {"y": (3,)}),
            ("y = where(a < b, 1, 0)", {"a": (3,), "b": ()}, {"y": (3,)}),
            ("y = a * s", {"a": (3,), "s": ()}, {"y": (3,)}),
            ("y = a ** 2 / 3 - 1", {"a": (3,)}, {"y": (3,)}),
            ("y = minimum(a, 1)", {"a": (2, 2)}, {"y": (2, 2)}),
            ("y = one_hot(1, 4)", {}, {"y": (4,)}),
            ("y = zeros(2, 3) + ones(2, 3)", {}, {"y": (2, 3)}),
        ],
    )
    def test_examples(self, text, known, found):
        assert shapes(text, **known) == {**known, **found}

    def test_a_single_open_operand_beside_scalars_has_the_shape_of_the_result(self):
        assert shapes("y = 2 * a", y=(3,))["a"] == (3,)

    def test_shapes_travel_against_the_order_of_the_lines(self):
        text = "a = tanh(b)\nh = W @ h[t-1] + a\ny = V @ h"
        found = shapes(text, W=(4, 4), V=(2, 4), y=(2,))
        assert {key: found[key] for key in "hab"} == {"h": (4,), "a": (4,), "b": (4,)}


class TestAssumptions:
    """Where the rules leave something open, the least surprising is assumed."""

    def test_a_state_has_the_hidden_size(self):
        found = shapes("h = tanh(W @ x + U @ h[t-1] + b)", 5, x=(3,))
        assert found == {"x": (3,), "h": (5,), "W": (5, 3), "U": (5, 5), "b": (5,)}

    def test_a_given_parameter_tells_more_than_the_hidden_size(self):
        found = shapes("h = tanh(W @ x + U @ h[t-1])", 5, x=(3,), W=(2, 3))
        assert (found["h"], found["U"]) == ((2,), (2, 2))

    def test_operands_of_a_sum_are_alike(self):
        found = shapes("a = W @ x + b\ny = c * a - d", x=(3,), W=(2, 3))
        assert {key: found[key] for key in "bcd"} == {"b": (2,), "c": (2,), "d": (2,)}

    def test_what_nothing_constrains_is_a_scalar(self):
        assert shapes("s = w * s[t-1] + v * x[0]", x=(2,)) == {
            "s": (), "w": (), "v": (), "x": (2,)
        }  # fmt: skip

    def test_a_declared_scalar_keeps_its_factors_scalars_whatever_the_hidden_size(self):
        found = shapes("s = w * s[t-1] + v * x[0]", 7, x=(2,), s=())
        assert (found["s"], found["w"], found["v"]) == ((), (), ())


class TestMatrixStates:
    def test_linear_attention(self):
        text = """
            q = W_q @ x
            k = W_k @ x
            v = W_v @ x
            S = S[t-1] + outer(v, k)
            y = S @ q
        """
        found = shapes(text, x=(3,), W_k=(4, 3), W_v=(2, 3), q=(4,))
        assert (found["S"], found["W_q"], found["y"]) == ((2, 4), (4, 3), (2,))
        assert shapes(text, x=(3,), S=(2, 4), y=(2,)) == found

    def test_a_delta_rule(self):
        text = "S = S[t-1] + outer(v - S[t-1] @ k, k)\ny = S @ k"
        found = shapes(text, v=(2,), k=(3,))
        assert (found["S"], found["y"]) == ((2, 3), (2,))

    def test_declared_by_the_names_of_sizes(self):
        model = checked(
            Model(
                "own",
                parse_equations("S = a * S[t-1] + outer(x, x @ W)\nloss = sum(S @ S.T)"),
                shapes={"S": ("input", "memory")},
            )
        )
        found = bind(model, {"x": (3,)}, {"memory": 4}, {}).shapes
        assert (found["S"], found["W"]) == ((3, 4), (3, 4))


class TestShippedModels:
    @pytest.mark.parametrize("name", ["elman", "lstm", "gru"])
    def test_the_sizes_of_data_and_hidden_state_tell_all(self, name):
        model = load_model(name)
        found = bind(model, {"x": (3,), "target": (2,)}, {"hidden": 4}, {}).shapes
        for key in model.parameters:
            recurrent = key.startswith("W_h") and key != "W_hy"
            expected = {"W_hy": (2, 4), "b_y": (2,)}.get(key)
            expected = expected or ((4,) if key[0] == "b" else (4, 4) if recurrent else (4, 3))
            assert found[key] == expected, key

    def test_a_pre_activation_has_the_shape_of_its_quantity(self):
        found = bind(load_model("gru"), {"x": (3,), "target": (2,)}, {"hidden": 4}, {}).shapes
        assert found["pre(r)"] == found["r"] == (4,)
        assert found["loss"] == ()


ALIKE = "takes two of one shape, or a scalar"
MATRIX = {"W": (2, 3), "x": (3,), "a": (2,), "b": (3,), "s": (), "M": (3, 3)}


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("y = a + b", 7, f"`a` is a vector of 2 but `b` is a vector of 3; `+` {ALIKE}"),
        ("y = W * x", 7, f"`W` is a 2×3 matrix but `x` is a vector of 3; `*` {ALIKE}"),
        ("y = minimum(a, b)", 5,
         f"`a` is a vector of 2 but `b` is a vector of 3; `minimum` {ALIKE}"),
        ("y = where(a < b, 1, 0)", 11,
         f"`a` is a vector of 2 but `b` is a vector of 3; `<` {ALIKE}"),
        ("y = W @ a", 7,
         "`W` has 3 columns but `a` has 2 components; in A @ b they must be equally many"),
        ("y = a @ M", 7,
         "`a` has 2 components but `M` has 3 rows; in A @ b they must be equally many"),
        ("y = 1 + W @ W", 11,
         "`W` has 3 columns but `W` has 2 rows; in A @ b they must be equally many"),
        ("y = s @ x", 7,
         "`s` is a scalar; a matrix product takes vectors and matrices; "
         "a scalar multiplies with *"),
        ("y = a @ b", 7,
         "`a` and `b` are both vectors; @ takes a matrix; their scalar product is dot(a, b)"),
        ("y = dot(a, b)", 5,
         "`a` is a vector of 2 but `b` is a vector of 3; `dot` takes two of one shape"),
        ("y = dot(2, 3)", 9, "`2` is a scalar, where a vector of ? is needed"),
        ("y = squared_error(a, b)", 5,
         "`a` is a vector of 2 but `b` is a vector of 3; `squared_error` takes two of one shape"),
        ("y = softmax(W)", 5, "`W` is a 2×3 matrix; `softmax` takes a vector"),
        ("y = layer_norm(s + 1)", 5, "`s + 1` is a scalar; `layer_norm` takes a vector"),
        ("y = outer(W, x)", 11, "`W` is a 2×3 matrix, where a vector of ? is needed"),
        ("y = outer(2, x)", 11, "`2` is a scalar, where a vector of ? is needed"),
        ("y = concat(W, a)", 15, "`a` is a vector of 2, where a ?×3 matrix is needed"),
        ("y = concat(W, 1)", 15, "`1` is a scalar, where a ?×3 matrix is needed"),
        ("y = x.T @ b", 5, "`x` is a vector of 3, where a ?×? matrix is needed"),
        ("y = x[3]", 5, "`x` has no component 3; its 3 components count from 0 to 2"),
        ("y = x[-4]", 5, "`x` has no component -4; its 3 components count from 0 to 2"),
        ("y = x[0, 1]", 5, "`x` is a vector of 3; it has no such component"),
        ("y = s[0]", 5, "`s` is a scalar; it has no such component"),
        ("y = x[2:1]", 5, "`x[2:1]` is empty; there are 3, counted from 0"),
        ("y = x + one_hot(3, 3)", 9, "one_hot(k, n) needs k below n"),
        ("y = zeros(0)", 5, "`zeros(0)` is empty"),
        ("h = tanh(W @ x + W @ h[t-1])", 20,
         "`W` has 3 columns but `h[t-1]` has 2 components; in A @ b they must be equally many"),
    ],
)  # fmt: skip
def test_clashes(text, column, message):
    found = refusal(text, **MATRIX).split("\n")
    assert found == [
        f"line 1, column {column}: {message}", f"    {text}", f"    {' ' * (column - 1)}^"
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("h = tanh(W @ x + U @ h[t-1])\ny = V @ h",
         "line 1, column 1: the shape of `h` cannot be told; give [sizes] hidden = …"),
        ("a = w * x + b\ny = tanh(ba) @ V",
         "line 2, column 10: the shape of `ba` cannot be told; give `ba` a value, or a shape; "
         "or did you mean `a`?"),
        ("a = w * x + b\ny = tanh(zz) @ V",
         "line 2, column 10: the shape of `zz` cannot be told; give `zz` a value, or a shape"),
    ],
)  # fmt: skip
def test_what_cannot_be_told(text, message):
    assert refusal(text, x=(3,)).split("\n")[0] == message


class TestBinding:
    def bind(self, text, shapes=None, given=None, **sizes):
        model = checked(Model("own", parse_equations(text), shapes=shapes or {}))
        return bind(model, {"x": (3,)}, sizes, given or {})

    def refusal(self, *arguments, **keywords):
        with pytest.raises(InputError) as error:
            self.bind(*arguments, **keywords)
        return str(error.value)

    def test_an_objective_that_is_no_scalar(self):
        assert self.refusal("loss = x * x") == (
            "line 1, column 1: `loss` is a vector of 3; "
            "what training minimises is a scalar: take its sum or mean\n"
            "    loss = x * x\n"
            "    ^"
        )

    def test_a_size_that_is_not_given(self):
        found = self.refusal("loss = sum(w * x)", {"w": ("imput",)})
        assert found == "the size `imput` of `w` is not given; did you mean `input`?"
        found = self.refusal("loss = sum(w)", {"w": ("memory",)})
        assert found == "the size `memory` of `w` is not given; give [sizes] memory = …"

    def test_a_given_value_against_its_declared_shape(self):
        found = self.refusal("loss = sum(w * x)", {"w": ("input",)}, {"w": (2,)})
        assert found == "`w` is a vector of 2, where a vector of 3 is declared"

    def test_a_shape_of_what_is_in_no_equation(self):
        found = self.refusal("loss = sum(w * x)", {"ww": ()})
        assert found == "`ww` has a shape but is in no equation; did you mean `w`?"


def test_a_sum_of_many_vectors_takes_no_longer_than_it_is_long():
    text = " + ".join(f"w{k} * x" for k in range(100))
    assert shape_of(parse_expression(text), {"x": (3,)} | {f"w{k}": () for k in range(100)}) == (3,)
    found = shapes(f"y = {text}", x=(3,))
    assert {found[f"w{k}"] for k in range(100)} == {(3,)}


def test_shapes_in_words():
    assert [describe(shape) for shape in ((), (3,), (2, 3), (None, 3))] == [
        "a scalar", "a vector of 3", "a 2×3 matrix", "a ?×3 matrix"
    ]  # fmt: skip
