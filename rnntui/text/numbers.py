"""Numbers as people read them: short or with all digits, NaN and infinity as what they are."""

from __future__ import annotations

import math


def format_number(value: float, digits: int = 2) -> str:
    """`value` with `digits` decimals, or in scientific notation where that would hide or drown it.

    >>> format_number(0.9640275), format_number(1.75e-26), format_number(-30.0)
    ('0.96', '1.8e-26', '-30.00')
    """
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    size = abs(value)
    if size != 0 and (size < 0.5 * 10.0**-digits or size >= 1e5):
        mantissa, exponent = f"{value:.{max(digits - 1, 0)}e}".split("e")
        return f"{mantissa}e{int(exponent)}"
    text = f"{value:.{digits}f}"
    return text[1:] if text.startswith("-") and float(text) == 0 else text


def format_exact(value: float) -> str:
    """`value` with all its digits; whole numbers without a point.

    >>> format_exact(30.0), format_exact(0.1)
    ('30', '0.1')
    """
    if math.isnan(value):
        return "nan"
    if math.isinf(value):
        return "inf" if value > 0 else "-inf"
    if value == int(value) and abs(value) < 1e16:
        return str(int(value)) if value != 0 or math.copysign(1, value) > 0 else "-0"
    return repr(float(value))
