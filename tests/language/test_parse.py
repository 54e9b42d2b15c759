"""Text → tree: every construct of the language, and one clear message for all else."""

from __future__ import annotations

import warnings

import pytest
from strategies import checked

from rnntui.language.expression import Origin
from rnntui.language.functions import FUNCTIONS
from rnntui.language.model import Model
from rnntui.language.parse import parse_equations, parse_expression
from rnntui.language.tree import (
    Binary,
    Call,
    Compare,
    Equation,
    Index,
    Name,
    Negative,
    Number,
    Span,
    Transpose,
)
from rnntui.text.problems import InputError

a, b, c, x = Name("a"), Name("b"), Name("c"), Name("x")


def refusal(text: str, origin: Origin | None = None) -> str:
    with pytest.raises(InputError) as error:
        parse_equations(text, origin)
    return str(error.value)


def model_refusal(text: str) -> str:
    with pytest.raises(InputError) as error:
        checked(Model("own", parse_equations(text), objective=None))
    return str(error.value)


@pytest.mark.parametrize(
    ("text", "tree"),
    [
        ("2", Number(2.0)),
        ("0.5", Number(0.5)),
        ("1e-3", Number(0.001)),
        ("1_000.5", Number(1000.5)),
        ("0x10", Number(16.0)),
        ("a", a),
        ("a[t-1]", Name("a", -1)),
        ("a[ t - 1 ]", Name("a", -1)),
        ("a[t+1]", Name("a", 1)),
        ("pre(a)", Name("pre(a)")),
        ("grad(a)", Name("grad(a)")),
        ("grad(pre(a))[t+1]", Name("grad(pre(a))", 1)),
        ("weight(loss)", Name("weight(loss)")),
        ("-a", Negative(a)),
        ("--a", Negative(Negative(a))),
        ("+a", a),
        ("-2", Negative(Number(2.0))),
        ("a + b", Binary("+", a, b)),
        ("a - b", Binary("-", a, b)),
        ("a * b", Binary("*", a, b)),
        ("a / b", Binary("/", a, b)),
        ("a @ b", Binary("@", a, b)),
        ("a ** b", Binary("**", a, b)),
        ("a - b - c", Binary("-", Binary("-", a, b), c)),
        ("a - (b - c)", Binary("-", a, Binary("-", b, c))),
        ("a + b * c", Binary("+", a, Binary("*", b, c))),
        ("(a + b) * c", Binary("*", Binary("+", a, b), c)),
        ("a ** b ** c", Binary("**", a, Binary("**", b, c))),
        ("-a ** b", Negative(Binary("**", a, b))),
        ("a ** -b", Binary("**", a, Negative(b))),
        ("-a * b", Binary("*", Negative(a), b)),
        ("a < b", Compare("<", a, b)),
        ("a <= b", Compare("<=", a, b)),
        ("a > b", Compare(">", a, b)),
        ("a >= b", Compare(">=", a, b)),
        ("a == b", Compare("==", a, b)),
        ("a != b", Compare("!=", a, b)),
        ("x[0]", Index(x, (0,))),
        ("x[-1]", Index(x, (-1,))),
        ("x[1:3]", Index(x, (Span(1, 3),))),
        ("x[:-1]", Index(x, (Span(None, -1),))),
        ("x[:]", Index(x, (Span(),))),
        ("a[0, 1]", Index(a, (0, 1))),
        ("a[:, 1]", Index(a, (Span(), 1))),
        ("a[t-1][0]", Index(Name("a", -1), (0,))),
        ("a.T", Transpose(a)),
        ("(a @ b).T[0]", Index(Transpose(Binary("@", a, b)), (0,))),
        ("tanh(a)", Call("tanh", (a,))),
        ("where(a < b, a, 0)", Call("where", (Compare("<", a, b), a, Number(0.0)))),
        ("concat(a, b, c)", Call("concat", (a, b, c))),
        ("one_hot(1, 3)", Call("one_hot", (Number(1.0), Number(3.0)))),
        ("zeros(2, 3)", Call("zeros", (Number(2.0), Number(3.0)))),
        ("a\n + b", Binary("+", a, b)),
        ("a  # a comment", a),
        ("\ta\t+\tb\r", Binary("+", a, b)),
        ("größe_1", Name("größe_1")),
    ],
)
def test_constructs(text, tree):
    assert parse_expression(text) == tree


@pytest.mark.parametrize("name", FUNCTIONS)
def test_every_function_can_be_called(name):
    function = FUNCTIONS[name]
    arguments = {"literal": ["1"] * function.least, "where": ["a < b", "a", "b"]}.get(
        function.kind, ["a"] * function.least
    )
    found = parse_expression(f"{name}({', '.join(arguments)})")
    assert isinstance(found, Call)
    assert (found.function, len(found.arguments)) == (name, len(arguments))


class TestEquations:
    def test_one_a_line_in_order_without_blank_lines_and_comments(self):
        found = parse_equations("# a cell\n\na = x[0]  # first\n  b = a\n\n# end\n")
        assert found == (Equation("a", Index(x, (0,))), Equation("b", a))

    def test_a_comment_is_the_description(self):
        (found,) = parse_equations("a = b  # what it is: a # sign too ")
        assert (found.role, found.description) == ("", "what it is: a # sign too")

    @pytest.mark.parametrize("role", ["gate", "candidate", "state", "hidden", "readout", "loss"])
    def test_a_role_stands_before_a_colon(self, role):
        (found,) = parse_equations(f"a = b  #{role} :  what it is")
        assert (found.role, found.description) == (role, "what it is")

    def test_an_unknown_role_belongs_to_the_description(self):
        (found,) = parse_equations("a = b  # gates: what it is")
        assert (found.role, found.description) == ("", "gates: what it is")

    def test_an_open_bracket_carries_on_with_a_comment_on_each_line(self):
        (found, other) = parse_equations(
            "a = (b  # gate: the first\n"
            "     + c  # and the second\n"
            "     # nothing here\n"
            ")  # part\n"
            "b = c"
        )
        assert found == Equation("a", Binary("+", b, c))
        assert (found.role, found.description) == (
            "gate",
            "the first and the second nothing here part",
        )
        assert other.place.line == 5

    def test_a_backward_equation_is_an_equation(self):
        (found,) = parse_equations("grad(pre(h)) = grad(h)[t+1]")
        assert found == Equation("grad(pre(h))", Name("grad(h)", 1))

    def test_comparisons_do_not_look_like_assignments(self):
        (found,) = parse_equations("a=where(b==c,b,c)")
        assert found.target == "a"

    def test_names_are_normalised_alike_on_both_sides(self):
        # Python's parser reads the ligature as its two letters
        found = parse_equations("ﬁ = x[0]\ny = ﬁ + fi")
        assert found[0].target == "fi"
        assert found[1].expression == Binary("+", Name("fi"), Name("fi"))

    def test_every_node_has_the_place_where_it_begins_and_operators_their_own(self):
        (found,) = parse_equations("  ψ = ((φ)) * tanh(\n b[0])", Origin("own.toml", 7, 3))
        product = found.expression
        assert str(found.place) == "own.toml, line 7, column 5"
        assert str(product.place) == "own.toml, line 7, column 15"
        assert str(product.left.place) == "own.toml, line 7, column 11"
        assert str(product.right.arguments[0].place) == "own.toml, line 8, column 2"


SYNTAX = "this cannot be read as an expression"
FOREIGN = (
    "this is not in the language; an expression has numbers, names, + - * / ** @, comparisons, "
    "[ ], .T and functions"
)
NUMBERS = FOREIGN.partition("; ")[2]
DEEP = "this expression is nested too deeply; give its parts names on lines of their own"
SUBSCRIPT = "a subscript is a whole number or [t-1]; components count from 0: x[0]"


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("y = sigmod(a)", 5, "`sigmod` is not a function of the language; did you mean `sigmoid`?"),
        ("y = a + qqq(a)", 9, "`qqq` is not a function of the language"),
        ('y = __import__("os")', 5, "`__import__` is not a function of the language"),
        ("y = a.T(b)", 5, "only a function of the language can be called"),
        ("y = h[t-2]", 5, "`h[t-2]` looks back 2 timesteps, and a state keeps one; carry it over: "
                           "before = h[t-1], then before[t-1]"),
        ("y = h[t+2]", 5, "`h[t+2]` is in the future; a recurrence looks back: [t-1]"),
        ("y = h[t]", 5, "`h[t]` is this timestep's value; write `h` alone"),
        ("y = h[t-True]", 5, SUBSCRIPT),
        ("y = (a + b)[t-1]", 5, "only a name can be taken at another timestep; "
                                 "give this a line of its own"),
        ("h[t] = a", 1, "`h[t]` is this timestep's value; write `h` alone"),
        ("h[t-1] = a", 1, "`h[t-1]` cannot be assigned; left of = stands one name"),
        ("y = t", 5, "`t` is not a quantity; `t` stands only in [t-1]"),
        ("y = tanh + a", 5, "`tanh` is a function; write tanh(…)"),
        ("y = grad(tanh(a))", 5, "`grad` takes the name of one quantity; write grad(h)"),
        ("in = a", 1, "`in` is a reserved word of Python; choose another name"),
        ("y = in", 5, "`in` is a reserved word of Python"),
        ("y = a in b", 5, "a condition compares two values; write a < b"),
        ("y = a < b < c", 5, "a condition compares two values; write a < b"),
        ("y = a * (b < c)", 10, "a condition is not a number; choose with where(condition, a, b)"),
        ("y = tanh(a < b)", 10, "a condition is not a number; choose with where(condition, a, b)"),
        ("y = a and b", 5, "this is not in the language; choose with where(condition, a, b)"),
        ("y = a if b else c", 5, "this is not in the language; choose with where(condition, a, b)"),
        ("y = where(a, b, c)", 5, "`where` chooses by a condition: where(a < b, a, b)"),
        ("y = [a, b]", 5, "a list is not an expression; use concat(a, b)"),
        ("y = a, b", 5, "a list is not an expression; use concat(a, b)"),
        ("y = a.shape", 5, "`.shape` is not known; only .T is"),
        ("y = sum(a, axis=0)", 5, "`sum` takes no named arguments"),
        ("y = sum(*a)", 9, "`*` does not spread arguments here"),
        ("y = sum()", 5, "`sum` takes 1 argument, not 0"),
        ("y = zeros(1, 2, 3)", 5, "`zeros` takes 1 to 2 arguments, not 3"),
        ("y = concat()", 5, "`concat` takes at least 1 argument, not 0"),
        ("y = zeros(2.5)", 5, "`zeros` takes whole numbers"),
        ("y = zeros(9999, 9999)", 5, "`zeros` makes at most a million components"),
        ("y = ones(1e300, 1e300)", 5, "`ones` makes at most a million components"),
        ("y = lambda a: a", 5, FOREIGN),
        ("y = (a := 3)", 6, FOREIGN),
        ("y = a for a in b", 5, FOREIGN),
        ('y = f"{a}"', 5, FOREIGN),
        ("y = 'a'", 5, f"`'a'` is not a number; {NUMBERS}"),
        ("y = 1j", 5, f"`1j` is not a number; {NUMBERS}"),
        ("y = True", 5, f"`True` is not a number; {NUMBERS}"),
        ("y = a // b", 7, "this operator is not in the language; use + - * / ** @"),
        ("y = (a) % b", 9, "this operator is not in the language; use + - * / ** @"),
        ("y = (a + b", 5, "this `(` is never closed"),
        ("y = a + b)", 10, "this `)` closes nothing"),
        ("y = a) + (b", 6, "this `)` closes nothing"),
        ("y = (a]", 7, "this `]` closes nothing"),
        ("y = 1e999", 5, "this number is too large for float64; at most 1.8e308"),
        (f"y = a + {'9' * 400}", 9, "this number is too large for float64; at most 1.8e308"),
        (f"y = a + {'9' * 9000}", 9, "this number is too large for float64; at most 1.8e308"),
        ("y = x[0.5]", 5, SUBSCRIPT),
        ("y = x[-True]", 5, SUBSCRIPT),
        (f"y = x[0x{'f' * 6000}]", 5, SUBSCRIPT),
        ("y = x[::2]", 5, "a slice takes no step; write a[1:3]"),
        ("y = x[0, 1, 2]", 5, "one subscript for a vector, two for a matrix"),
        ("y = a \0 b", 7, "this character is not text"),
        ("y = a + \ud800", 9, "this character is not text"),
        ("y += a", 1, "an equation assigns with `=` alone; write name = expression"),
        ("y **= a", 1, "an equation assigns with `=` alone; write name = expression"),
        ("y == a", 1, "this is not an equation; write name = expression"),
        ("  tanh(a)", 3, "this is not an equation; write name = expression"),
        ("y = a = b", 5, "`=` stands once, after the name"),
        ("y =", 4, "an expression is missing"),
        ("y =  # nothing", 4, "an expression is missing"),
        ("= a", 1, "`` cannot be assigned; left of = stands one name"),
        ("y² = a", 1, "`y²` cannot be assigned; left of = stands one name"),
        ("a + b = c", 1, "`a + b` cannot be assigned; left of = stands one name"),
        ("x = a", 1, "`x` is given, not computed; choose another name"),
        ("tanh = a", 1, "`tanh` is a function; choose another name"),
        ("y = a +", 8, "the expression ends too early"),
        ("\ty =\ta +", 9, "the expression ends too early"),
        ("y = \ta qqq(b)", 6, SYNTAX),
        ("y = a \\", 7, "a backslash is not in the language; "
                         "an open bracket carries an expression on to the next line"),
        ("y = a; b", 6, SYNTAX),
        ("y = a $ b", 7, SYNTAX),
        ("y = 1if a else b", 5, SYNTAX),
        ("größe = ψ + ü * frob(a)", 17, "`frob` is not a function of the language"),
        ("ψ = a + ü $", 11, SYNTAX),
    ],
)  # fmt: skip
def test_refusals(text, column, message):
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        found = refusal(text).split("\n")
    assert found[0] == f"line 1, column {column}: {message}"
    shown = text.replace("\t", "\\t").replace("\0", "\\x00").replace("\ud800", "\\ud800").rstrip()
    before = text[: column - 1].replace("\t", "\\t")
    assert found[1] == f"    {shown[:76]}"
    assert found[2] == f"    {' ' * len(before)}^"


@pytest.mark.parametrize(
    "expression",
    [
        "(" * 10_000 + "a" + ")" * 10_000,
        " + ".join(["a"] * 20_000),
        " ** ".join(["a"] * 10_000),
        "-" * 10_000 + "a",
        "tanh(" * 60 + "a" + ")" * 60,
        "a" + "[0]" * 10_000,
        "a" + "[t-1]" * 900,
        "a" + ".T" * 10_000,
        "grad(" * 190 + "a" + ")" * 190,
    ],
    ids=lambda text: text[:12],
)
def test_what_is_nested_too_deeply_is_refused(expression):
    assert refusal(f"y = {expression}").startswith(f"line 1, column 5: {DEEP}\n")


def test_a_formula_as_long_as_people_write_them_is_accepted():
    terms = [f"w{k} * x[{k}]" for k in range(100)]
    (found,) = parse_equations(f"y = {' + '.join(terms)}")
    assert found.expression.right == parse_expression(terms[-1])


def test_the_caret_is_under_the_column_in_a_long_line():
    message = refusal(f"y = {'a + ' * 40}frob(b)").split("\n")
    assert message[0] == "line 1, column 165: `frob` is not a function of the language"
    assert message[1][message[2].index("^") :] == "frob(b)"


def test_wide_characters_take_two_cells_before_the_caret():
    message = refusal("門 = 門 + frob(b)").split("\n")
    assert message[0] == "line 1, column 9: `frob` is not a function of the language"
    assert message[2] == "    " + " " * 10 + "^"


def test_the_place_is_that_in_the_file():
    message = refusal("y = frob(a)\nz = brof(b)", Origin("own.toml", 4, 9))
    assert message == (
        "own.toml, line 4, column 13: `frob` is not a function of the language\n"
        "            y = frob(a)\n"
        "                ^\n"
        "own.toml, line 5, column 5: `brof` is not a function of the language\n"
        "    z = brof(b)\n"
        "        ^"
    )


def test_a_bracket_left_open_is_reported_where_it_opens():
    assert refusal("a = b\ny = (a +\nz = b").startswith(
        "line 2, column 5: this `(` is never closed\n"
    )


def test_an_expression_alone_cannot_assign_nor_be_empty():
    for text, message in (
        ("a = b", "line 1, column 1: `=` stands once, after the name"),
        (" # nothing", "line 1, column 1: an expression is missing"),
    ):
        with pytest.raises(InputError) as error:
            parse_expression(text)
        assert str(error.value).split("\n")[0] == message


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("a = x[0]\na = 2",
         "line 2, column 1: `a` is assigned twice (first in line 1); "
         "each quantity has one equation"),
        ("a = a + 1",
         "line 1, column 5: `a` is circular: `a` needs `a`; use last timestep's value, a[t-1]"),
        ("a = b\nb = c\nc = a",
         "line 1, column 5: `a` is circular: `a` needs `b` needs `c` needs `a`; "
         "use last timestep's value, b[t-1]"),
        ("b = a\na = 2",
         "line 1, column 5: `a` is used before the line that computes it; "
         "move that line up, or use a[t-1]"),
        ("a = b[t-1]",
         "line 1, column 5: `b` is a parameter, the same at every timestep; "
         "only what a line assigns has a value at t-1"),
        ("hidden = hiden[t-1]",
         "line 1, column 10: `hiden` is a parameter, the same at every timestep; "
         "did you mean `hidden`?"),
        ("a = x[t-1]",
         "line 1, column 5: `x` is an input; only what a line assigns has a value at t-1"),
        ("a = b\nc = a[t+1]",
         "line 2, column 5: `a[t+1]` is in the future; a recurrence looks back: [t-1]"),
        ("a = grad(b)", "line 1, column 5: `grad(b)` belongs to conditions, not to a model"),
        ("grad(a) = b", "line 1, column 1: `grad(a)` follows from the equations; "
                        "it cannot be assigned"),
    ],
)  # fmt: skip
def test_equations_that_make_no_sense_together(text, message):
    assert model_refusal(text).split("\n")[0] == message


def test_a_model_without_its_objective_names_a_near_line():
    with pytest.raises(InputError) as error:
        checked(Model("own", parse_equations("losss = x[0]")))
    assert str(error.value) == "no equation computes `loss`; did you mean `losss`?"


@pytest.mark.parametrize("expression", ["a if b else " * 3_000 + "c", "not " * 10_000 + "a"])
def test_what_is_not_in_the_language_is_refused_however_deep_it_is(expression):
    """Pythons differ in how deep they read; both answers are right."""
    choose = "this is not in the language; choose with where(condition, a, b)"
    expected = tuple(f"line 1, column 5: {message}\n" for message in (DEEP, choose))
    assert refusal(f"y = {expression}").startswith(expected)


@pytest.mark.parametrize("expression", ["t'{a}'", "[*a for a in b]", "{**a for a in b}"])
def test_what_only_a_newer_python_can_write_is_refused_by_each(expression):
    assert refusal(f"y = {expression}").startswith("line 1, column ")
