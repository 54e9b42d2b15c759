"""Names → layout: W_ii with its index, h_{t−1}, ∂L/∂h_t, m̂ for m_hat, η for learning_rate."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection

from rnntui.language.keys import Key
from rnntui.notation.layout import (
    Accent,
    Fence,
    Fraction,
    FunctionName,
    Math,
    Numeral,
    Operator,
    Row,
    Script,
    Symbol,
)

Time = str | int | None  # a letter, a number, or no time at all

_ACCENTS = ("hat", "bar", "tilde")


def _greek_name(letter: str) -> str:
    name = unicodedata.name(letter).rpartition(" ")[2].replace("LAMDA", "LAMBDA")
    return name.lower() if letter.islower() else name.capitalize()


# by name; LaTeX has commands of the same names
GREEK = {_greek_name(letter): letter for letter in "αβγδεζηθικλμνξπρστυφχψωΓΔΘΛΞΠΣΥΦΨΩ"}


def typeset_name(
    key: str, timed: Collection[str], t: Time, shift: int = 0, inline: bool = False
) -> Math:
    """A quantity; `grad(h)` is ∂L/∂h_t, as a fraction, or `inline` with a slash.

    timed: the quantities that have an index t. shift: by how much it differs from t.
    """
    match Key(key):
        case Key(""):
            return _word(key, _time(t, shift) if key in timed and t is not None else ())
        case Key("hyper", of):  # a setting of the optimiser
            return _word("eta" if of == "learning_rate" else of, ())
        case Key("grad", of):
            d = Symbol("∂")
            over, under = Row((d, Symbol("L"))), Row((d, typeset_name(of, timed, t, shift)))
            return Row((over, Operator("/", "tight"), under)) if inline else Fraction(over, under)
        case Key(operator, of):
            short = {"pre": "pre", "weight": "w"}.get(operator)
            function = FunctionName(short) if short else _word(operator, ())
            return Row((function, Fence("(", typeset_name(of, timed, t, shift), ")")))


def _time(t: str | int, shift: int) -> tuple[Math, ...]:
    if isinstance(t, int):
        return (Numeral(str(t + shift)),)
    if not shift:
        return (Symbol(t),)
    sign = Operator("−" if shift < 0 else "+", "tight")
    return (Row((Symbol(t), sign, Numeral(str(abs(shift))))),)


def _word(key: str, index: tuple[Math, ...]) -> Math:
    """A name with what stands behind its underscores, or its digits, as an index: W_ii, h1, m_hat."""
    head, *tail = key.split("_") if not key.startswith("_") else [key]
    accents = [piece for piece in tail if piece in _ACCENTS]
    tail = [piece for piece in tail if piece and piece not in _ACCENTS]
    numbered = re.fullmatch(r"([^\W\d_]+)(\d+)", head)
    if numbered:
        head, tail = numbered[1], [numbered[2], *tail]
    base: Math = _letters(head, italic=1)
    for kind in accents:
        base = Accent(base, kind)
    below = [*(_letters(piece, italic=2) for piece in tail), *index]
    return Script(base, below=_separated(below)) if below else base


def _letters(text: str, italic: int) -> Math:
    """Letters of a name: Greek where they name one, slanted if they are few."""
    if text.isdecimal() and text.isascii():
        return Numeral(text)
    symbol = GREEK.get(text, text)
    return Symbol(symbol, "italic" if len(symbol) <= italic else "upright")


def _separated(items: list[Math]) -> Math:
    if len(items) == 1:
        return items[0]
    separated: list[Math] = []
    for item in items:
        separated += [Operator(",", "tight"), item] if separated else [item]
    return Row(tuple(separated))
