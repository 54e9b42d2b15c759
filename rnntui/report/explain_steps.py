"""Moments → steps of a document: formulas in both forms, and the worked answers beside them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import groupby
from typing import Any

import numpy as np

from rnntui.language.keys import Key, weight
from rnntui.language.program import Program
from rnntui.language.shapes import shape_of
from rnntui.language.tree import Expression, names
from rnntui.notation.formula import Token, format_value, name_symbol, to_formula
from rnntui.notation.layout import Fence, Math, Numeral, Operator, Row, Script, Sum, Symbol
from rnntui.notation.symbols import Time, typeset_name
from rnntui.notation.typeset import Style, typeset, typeset_value
from rnntui.report.explain_document import DocumentAnswer, DocumentFormula, WorkedLine, WorkedStep
from rnntui.session.checks import CheckedValue
from rnntui.session.explanation import Explanation, answers_here, explain
from rnntui.session.moment import Moment

_MOST_TERMS = 8  # terms of a sum that are written out
_MOST_DECIMALS = 8  # of a worked answer

_AT_A_TIMESTEP = ("values", "prediction", "gradients")
_VERDICTS = {
    "right": ("✓", "right"),
    "mistake": ("✗", "wrong, as announced"),
    "wrong": ("✗", "wrong"),
    "unexpectedly right": ("!", "announced as wrong, but right"),
    "unreachable": ("✗", "training stops before this"),
}


class Steps:
    """Makes steps. digits, most: decimals, and components shown of each axis of a value."""

    def __init__(self, program: Program, digits: int = 2, most: int = 6) -> None:
        self.digits, self.most = digits, most
        self._noted: set[int] = set()  # expectations whose note has been given
        model = program.model
        self._timed = frozenset((*(e.target for e in model.equations), "x", "target"))
        self._parameters = frozenset(model.parameters)

    def style(self, t: Time) -> Style:
        """How formulas at time t are written."""
        return Style(timed=self._timed, t=t, digits=self.digits, most=self.most)

    # --- formulas ---

    def name(self, key: str, t: Time = None) -> DocumentFormula:
        """A quantity; `grad(W)` of a parameter at a time is its use's share, ∂L/∂W |_t."""
        tokens = (Token(name_symbol(key), "name", key),)
        math = typeset_name(key, self._timed, t)
        if t is not None and Key(key).operator == "grad" and Key(key).of in self._parameters:
            at = Symbol(t) if isinstance(t, str) else Row((Symbol("t"), Operator("="), _whole(t)))
            math = Script(Fence("", math, "|"), below=at)
        return DocumentFormula(tokens, math)

    def value(self, value: Any, digits: int | None = None) -> DocumentFormula:
        """A value."""
        decimals = self.digits if digits is None else digits
        text = format_value(value, decimals, self.most)
        return DocumentFormula((Token(text, "value"),), typeset_value(value, decimals, self.most))

    def total(
        self, values: Sequence[Any], scale: float = 1.0, digits: int | None = None
    ) -> DocumentFormula:
        """The sum of values written out, the middle left out of a long one, times `scale`."""
        shown: list[Any] = list(values)
        if len(shown) > _MOST_TERMS:
            shown[_MOST_TERMS - 1 : -1] = [None]
        tokens: list[Token] = []
        items: list[Math] = []
        for value in shown:
            if items:
                tokens.append(Token(" + ", "sign"))
                items.append(Operator("+"))
            if value is None:
                tokens.append(Token("…", "sign"))
                items.append(Symbol("⋯", "upright"))
                continue
            formula = self.value(value, digits)
            loose = bool(items) and str(formula).startswith("−")
            text = f"({formula})" if loose else str(formula)
            tokens.append(Token(text, "value"))
            items.append(Fence("(", formula.math, ")") if loose else formula.math)
        if scale == 1:
            return DocumentFormula(tuple(tokens), Row(tuple(items)))
        factor = self.value(scale, min(_decimals(scale, self.digits), digits or self.digits))
        wrapped = (*factor.tokens, Token(" · (", "sign"), *tokens, Token(")", "sign"))
        inside = Fence("(", Row(tuple(items)), ")")
        return DocumentFormula(wrapped, Row((factor.math, Operator("·"), inside)))

    def series(self, key: str, first: int, last: int, weighted: bool = False) -> DocumentFormula:
        """Σ of a quantity over the timesteps: on one line of text, loss[1] + loss[2] + … ."""
        symbol = name_symbol(key)
        short = last - first < 4
        times = range(first, last + 1) if short else (first, first + 1, last)
        terms = [
            f"w({symbol})[{t}] · {symbol}[{t}]" if weighted else f"{symbol}[{t}]" for t in times
        ]
        if not short:
            terms.insert(2, "…")
        here: Math = self.name(key, "t").math
        if weighted:
            here = Row((typeset_name(weight(key), self._timed, "t"), Operator("·"), here))
        lower = Row((Symbol("t"), Operator("=", "tight"), _whole(first)))
        math = Row((Sum(lower, _whole(last)), Operator(""), here))
        return DocumentFormula((Token(" + ".join(terms), "name", key),), math)

    def initial(self, expression: Expression, program: Program) -> DocumentFormula:
        """The expression of an initial value."""
        style = replace(self.style(None), shape=lambda node: shape_of(node, program.all_shapes))
        tokens = to_formula(expression, program.all_shapes, digits=self.digits, most=self.most)
        return DocumentFormula(tuple(tokens), typeset(expression, style))

    # --- steps ---

    def symbols(self, moment: Moment) -> WorkedStep:
        """A forward equation at any time t, without numbers."""
        equation = moment.equation
        explanation = explain(moment, self.digits, self.most)
        math = typeset(equation.expression, self._shaped("t", explanation.parts))
        line = WorkedLine("=", "symbols", DocumentFormula(explanation.lines[0].tokens, math))
        return WorkedStep(equation.description, self.name(equation.target, "t"), (line,))

    def working(self, moment: Moment, brief: bool = False) -> WorkedStep:
        """The working of the equation at a moment, and the worked answers for it.

        brief: one of many of a kind, which needs no title of its own.
        """
        explanation = explain(moment, self.digits, self.most)
        update = moment.position.phase == "update"
        t = None if update else moment.position.t
        target = self.name(explanation.equation.target, t)
        lines = tuple(self._lines(explanation, t))
        # answers without a timestep, and those by loss and by use, stand with the sums over time
        here = [
            check
            for check in answers_here(moment)
            if update or (check.value.t == t and check.value.kind in _AT_A_TIMESTEP)
        ]
        answers = tuple(self.answers(here))
        title = (
            "" if brief or explanation.title == explanation.equation.target else explanation.title
        )
        return WorkedStep(title, target, lines, answers, brief)

    def _lines(self, explanation: Explanation, t: Time) -> Iterator[WorkedLine]:
        root = explanation.equation.expression
        # what replaces its own old value is assigned, not equal
        own = any(
            name.key == explanation.equation.target and not name.shift for name in names(root)
        )
        own_before = t is None and any(
            name.key == explanation.equation.target for name in names(root)
        )
        sign = "←" if own or own_before else "="
        style = self._shaped(t, explanation.parts)
        for line in explanation.lines:
            math = typeset(root, replace(style, collapse=line.collapse))
            yield WorkedLine(sign, line.kind, DocumentFormula(line.tokens, math))
            sign = "="

    def _shaped(self, t: Time, parts: Mapping[int, Any]) -> Style:
        """A style that knows every node's shape from its value."""

        def shape(node: Expression) -> tuple[int, ...] | None:
            return np.shape(parts[id(node)]) if id(node) in parts else None

        return replace(self.style(t), shape=shape)

    # --- worked answers ---

    def answers(self, checks: Sequence[CheckedValue]) -> Iterator[DocumentAnswer]:
        """Worked answers, each with what it is held against."""
        for check in checks:
            yield self._answer(check, f"worked answer for {check.subject}")

    def answers_over_time(
        self, checks: Sequence[CheckedValue], by: str
    ) -> Iterator[DocumentAnswer]:
        """Worked answers one a timestep: those that are right together, the others one by one."""
        for status, group in groupby(checks, lambda check: check.status):
            alike = list(group)
            if status != "right" or len(alike) == 1:
                for check in alike:
                    yield self._answer(check, f"worked answer {by}, t = {check.value.t}")
            else:
                span = f"t = {alike[0].value.t} to {alike[-1].value.t}"
                mark, _ = _VERDICTS[status]
                verdict, note = f"all {len(alike)} right", self._note(alike[0])
                yield DocumentAnswer(mark, verdict, True, f"worked answers {by}, {span}", note=note)

    def _answer(self, check: CheckedValue, what: str) -> DocumentAnswer:
        mark, verdict = _VERDICTS[check.status]
        digits = _decimals(check.value.expected, self.digits)
        off = check.status in ("wrong", "mistake") and check.computed is not None
        return DocumentAnswer(
            mark=mark,
            verdict=verdict,
            good=check.fine,
            what=what,
            expected=self.value(check.value.expected, digits),
            computed=self.value(check.computed, digits) if off else None,
            note=self._note(check),
        )

    def _note(self, check: CheckedValue) -> str:
        """The note of an expectation, with the first of its values alone."""
        key = id(check.expectation)
        note = "" if key in self._noted else " ".join(check.expectation.note.split())
        self._noted.add(key)
        return note


def _whole(number: int) -> Math:
    return Numeral(str(number))


def _decimals(expected: Any, least: int) -> int:
    """As many decimals as the answer was written with, and no fewer than `least`."""
    array = np.asarray(expected, dtype=np.float64)
    for digits in range(least, _MOST_DECIMALS):
        if np.array_equal(np.round(array, digits), array):
            return digits
    return _MOST_DECIMALS if np.all(np.abs(array) > 1e-4) else max(least, 3)
