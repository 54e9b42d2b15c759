"""Numbers as text of one width: aligned, and never cut in the middle."""

from __future__ import annotations

import math

from rnntui.text.numbers import format_number


def fitted_number(value: float, digits: int, width: int) -> str:
    """`value` at the right of `width` cells, with as many of `digits` decimals as fit.

    One that does not fit without any becomes scientific, and one that still does not is shown as
    `…`: a cut number would be read as another number.
    """
    for decimals in range(digits, -1, -1):
        text = format_number(value, decimals)
        if len(text) <= width and not _hides(value, text):
            return text.rjust(width)
    if math.isfinite(value):
        mantissa, exponent = f"{value:.0e}".split("e")
        text = f"{mantissa}e{int(exponent)}"
        if len(text) <= width:
            return text.rjust(width)
    return "…".rjust(width) if width > 0 else ""


def _hides(value: float, text: str) -> bool:
    """Whether `text` shows nothing where there is something: 0.5 without decimals is `0`."""
    return value != 0 and math.isfinite(value) and float(text) == 0
