"""Keys of quantities: `h`, and what the language derives from it, as `grad(pre(h))` or `m(W)`.

A key is its text, so that mappings by key, files and users need nothing else; and it knows its
parts, so that nobody has to cut the text up:

    match key:
        case Key("grad", of): …    # ∂L/∂of
        case Key(""): …            # a name by itself
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

_KEPT = 1 << 14  # keys that are not taken apart again


class Key(str):
    """A key, parsed from its text: `Key("grad(pre(h))")`. What it is not made of does not matter.

    operator: what is applied, as `grad`; empty for a name by itself. of: what it is applied to; for
    a name, the name. The operators are those that have a function of their own below, and what an
    optimiser computes for each parameter, as `m` in `m(W)`.
    """

    __slots__ = ("_of", "operator")
    __match_args__ = ("operator", "of")

    operator: str
    _of: Key | None

    def __new__(cls, text: str) -> Key:
        """The same object, mostly, for the same text."""
        return text if type(text) is Key else _parsed(text)

    @property
    def of(self) -> Key:
        """What the operator is applied to."""
        return self if self._of is None else self._of

    @property
    def quantity(self) -> Key:
        """The name within: h for pre(h), grad(h) and grad(pre(h))."""
        return self if self._of is None else self._of.quantity

    def __reduce__(self) -> tuple[Any, ...]:
        return Key, (str(self),)


def derived(operator: str, of: str) -> Key:
    """`operator(of)`."""
    return _derived(operator, of)


def grad(of: str) -> Key:
    """∂L/∂of, L the total loss; in an update, averaged over the batch."""
    return _derived("grad", of)


def pre(of: str) -> Key:
    """The pre-activation of a quantity: what its outermost function is applied to."""
    return _derived("pre", of)


def weight(of: str) -> Key:
    """What the objective of each timestep counts in the total loss."""
    return _derived("weight", of)


def cotangent(of: str) -> Key:
    """The gradient that reaches a state at T from beyond the end of the sequence."""
    return _derived("cotangent", of)


def setting(of: str) -> Key:
    """A number that an update is given: a setting of the optimiser, `step` or `gradient_norm`."""
    return _derived("hyper", of)


@lru_cache(_KEPT)
def _parsed(text: str) -> Key:
    operator, bracket, rest = text.partition("(")
    if bracket and rest.endswith(")"):
        return _made(text, operator, Key(rest[:-1]))
    return _made(text, "", None)


@lru_cache(_KEPT)
def _derived(operator: str, of: str) -> Key:
    return _made(f"{operator}({of})", operator, Key(of))


def _made(text: str, operator: str, of: Key | None) -> Key:
    key = str.__new__(Key, text)
    key.operator = operator
    key._of = of
    return key
