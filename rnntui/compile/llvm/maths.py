"""The primitive functions of the language as instructions, for any number of lanes.

None has a branch, so that all lanes are computed at once, and none calls a library, so that a value
is the same everywhere. Accuracies are of float64, in units in the last place.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping

from rnntui.compile.llvm.writer import FunctionWriter, Value

_ROUND = 6755399441055744.0  # 1.5·2**52: adding it leaves the nearest whole number in the low bits
_ROUND_BITS = struct.unpack(">q", struct.pack(">d", _ROUND))[0]
_LOG2_E = 1.4426950408889634
_LN_2 = (6.93147180369123816490e-1, 1.90821492927058770002e-10)  # in two parts, the first short
_LARGEST, _SMALLEST = 710.0, -746.0  # beyond these exp is inf and 0
_NORMAL = 708.0  # up to here exp(-z) is no subnormal number
_SATURATED = 20.0  # from here on tanh is 1 in float64
_TAYLOR = tuple(1.0 / math.factorial(k) for k in range(14))  # enough for |r| ≤ ln 2 / 2
# log: Sun's fdlibm, e_log.c
_LOG = (
    6.666666666666735130e-01,
    3.999999999940941908e-01,
    2.857142874366239149e-01,
    2.222219843214978396e-01,
    1.818357216161805012e-01,
    1.531383769920937332e-01,
    1.479819860511658591e-01,
)
_ROOT_HALF_BITS = 0x3FE6A09E00000000
_ONE_BITS = 0x3FF0000000000000
_MANTISSA = 0x000FFFFFFFFFFFFF
_SMALLEST_NORMAL = 2.2250738585072014e-308


def exp(fn: FunctionWriter, z: Value) -> Value:
    """exp(z), off by hardly more than a unit; inf where it overflows."""
    r, n = _reduced(fn, _clamped(fn, z, _SMALLEST, _LARGEST))
    half = fn.whole_of("ashr", n, 1)  # two factors, so that neither overflows before the product
    value = fn.mul(fn.add(_number(fn, 1.0, z), _expm1_of_small(fn, r)), _power_of_two(fn, half))
    return fn.mul(value, _power_of_two(fn, fn.lanewise("sub", n, half)))


def expm1(fn: FunctionWriter, z: Value) -> Value:
    """exp(z) - 1, off by less than 2 units."""
    c = _clamped(fn, z, -50.0, _LARGEST)
    r, n = _reduced(fn, c)
    one = _number(fn, 1.0, z)
    small = _expm1_of_small(fn, r)
    half = fn.whole_of("ashr", n, 1)
    low, high = _power_of_two(fn, half), _power_of_two(fn, fn.lanewise("sub", n, half))
    scale = fn.mul(low, high)
    value = fn.add(fn.mul(fn.mul(small, low), high), fn.sub(scale, one))
    large = fn.mul(fn.mul(fn.add(one, small), low), high)  # where the 1 is below the last place
    value = fn.select(fn.compare(">", c, _number(fn, 60.0, z)), large, value)
    return fn.select(fn.compare("==", z, _number(fn, 0.0, z)), z, value)


def sigmoid(fn: FunctionWriter, z: Value) -> Value:
    """1 / (1 + exp(-z)), off by less than 2 units; 0 where exp(-z) is beyond 2**1023.5."""
    one = _number(fn, 1.0, z)
    r, n = _reduced(fn, _clamped(fn, fn.neg(z), -_NORMAL, _LARGEST))
    scale = _power_of_two(fn, n)  # 2**1024 is inf
    return fn.div(one, fn.add(one, fn.fma(scale, _expm1_of_small(fn, r), scale)))


def tanh(fn: FunctionWriter, z: Value) -> Value:
    """Hyperbolic tangent, off by less than 3 units: e / (e + 2) with e = exp(2|z|) - 1."""
    two, limit = _number(fn, 2.0, z), _number(fn, _SATURATED, z)
    a = absolute(fn, z)
    r, n = _reduced(fn, fn.select(fn.compare("<", limit, a), limit, a), times=2.0)
    scale = _power_of_two(fn, n)
    e = fn.fma(scale, _expm1_of_small(fn, r, times=2.0), fn.sub(scale, _number(fn, 1.0, z)))
    return fn.intrinsic("copysign", fn.div(e, fn.add(e, two)), z)


def log(fn: FunctionWriter, x: Value) -> Value:
    """Natural logarithm, off by less than a unit; -inf at 0, NaN below."""
    zero, one = _number(fn, 0.0, x), _number(fn, 1.0, x)
    tiny = fn.compare("<", x, _number(fn, _SMALLEST_NORMAL, x))
    scaled = fn.select(tiny, fn.mul(x, _number(fn, 2.0**54, x)), x)
    bits = fn.whole_of("add", fn.bits(scaled), _ONE_BITS - _ROOT_HALF_BITS)
    exponent = fn.to_numbers(fn.whole_of("add", fn.whole_of("ashr", bits, 52), -1023))
    k = fn.sub(exponent, fn.select(tiny, _number(fn, 54.0, x), zero))
    mantissa = fn.whole_of("add", fn.whole_of("and", bits, _MANTISSA), _ROOT_HALF_BITS)
    value = _log_of(fn, fn.sub(fn.of_bits(mantissa), one), k)
    value = fn.select(fn.compare("==", x, _number(fn, math.inf, x)), x, value)
    value = fn.select(fn.compare("==", x, zero), _number(fn, -math.inf, x), value)
    value = fn.select(fn.compare("<", x, zero), _number(fn, math.nan, x), value)
    return _or_nan(fn, x, value)


def log1p(fn: FunctionWriter, x: Value) -> Value:
    """log(1 + x), off by less than 2 units: the log of u = 1 + x, and what u has lost of it."""
    one = _number(fn, 1.0, x)
    u = fn.add(one, x)
    lost = fn.sub(x, fn.sub(u, one))
    value = fn.add(log(fn, u), fn.div(lost, u))
    small = fn.compare("==", u, one)
    value = fn.select(small, x, value)
    infinite = fn.compare("==", x, _number(fn, math.inf, x))
    value = fn.select(infinite, x, value)
    least = fn.compare("==", x, _number(fn, -1.0, x))
    return fn.select(least, _number(fn, -math.inf, x), value)


def sqrt(fn: FunctionWriter, x: Value) -> Value:
    """Square root, rounded correctly; NaN below 0."""
    return fn.intrinsic("sqrt", x)


def absolute(fn: FunctionWriter, x: Value) -> Value:
    """Absolute value."""
    return fn.intrinsic("fabs", x)


def floor(fn: FunctionWriter, x: Value) -> Value:
    """The largest whole number that is not larger."""
    return fn.intrinsic("floor", x)


def sign(fn: FunctionWriter, x: Value) -> Value:
    """-1, 0 or 1; NaN for NaN."""
    zero, one = _number(fn, 0.0, x), _number(fn, 1.0, x)
    up = fn.select(fn.compare(">", x, zero), one, zero)
    value = fn.select(fn.compare("<", x, zero), _number(fn, -1.0, x), up)
    return _or_nan(fn, x, value)


def heaviside(fn: FunctionWriter, x: Value) -> Value:
    """0 below 0, 1 above, 1/2 at 0; NaN for NaN."""
    zero, one = _number(fn, 0.0, x), _number(fn, 1.0, x)
    up = fn.select(fn.compare(">", x, zero), one, _number(fn, 0.5, x))
    return _or_nan(fn, x, fn.select(fn.compare("<", x, zero), zero, up))


def minimum(fn: FunctionWriter, a: Value, b: Value) -> Value:
    """The smaller; NaN if either is."""
    smaller = fn.select(fn.compare("<", a, b), a, b)
    return fn.select(fn.compare("!=", a, a), a, smaller)


def maximum(fn: FunctionWriter, a: Value, b: Value) -> Value:
    """The larger; NaN if either is."""
    larger = fn.select(fn.compare(">", a, b), a, b)
    return fn.select(fn.compare("!=", a, a), a, larger)


def general_power(fn: FunctionWriter, base: Value, exponent: Value) -> Value:
    """base ** exponent: exp(exponent · log |base|), off by about |log of the value| units."""
    zero, one = _number(fn, 0.0, base), _number(fn, 1.0, base)
    size = exp(fn, fn.mul(exponent, log(fn, absolute(fn, base))))
    half = fn.mul(exponent, _number(fn, 0.5, base))
    whole = fn.compare("==", exponent, floor(fn, exponent))
    even = fn.compare("==", half, floor(fn, half))
    signed = fn.select(even, size, fn.neg(size))
    below = fn.select(whole, signed, _number(fn, math.nan, base))
    value = fn.select(fn.compare("<", base, zero), below, size)
    value = fn.select(fn.compare("==", base, one), one, value)
    return fn.select(fn.compare("==", exponent, zero), one, value)


def power(fn: FunctionWriter, base: Value, exponent: float) -> Value:
    """base ** a number that is known; small whole ones by products."""
    if exponent == 0.5:
        return sqrt(fn, base)
    if exponent != int(exponent) or abs(exponent) > 16:
        return general_power(fn, base, _number(fn, exponent, base))
    product, factor, left = _number(fn, 1.0, base), base, abs(int(exponent))
    while left:
        if left % 2:
            product = fn.mul(product, factor)
        left //= 2
        factor = fn.mul(factor, factor) if left else factor
    return product if exponent >= 0 else fn.div(_number(fn, 1.0, base), product)


def identity(fn: FunctionWriter, x: Value) -> Value:
    """What it is given."""
    return x


FUNCTIONS: Mapping[str, Callable[..., Value]] = {
    "abs": absolute,
    "exp": exp,
    "expm1": expm1,
    "floor": floor,
    "heaviside": heaviside,
    "log": log,
    "log1p": log1p,
    "maximum": maximum,
    "minimum": minimum,
    "sigmoid": sigmoid,
    "sign": sign,
    "sqrt": sqrt,
    "stop_gradient": identity,
    "tanh": tanh,
}
"""By the name that the language gives them."""


def _number(fn: FunctionWriter, value: float, like: Value) -> Value:
    return fn.splat(fn.number(value), like.lanes)


def _clamped(fn: FunctionWriter, z: Value, least: float, most: float) -> Value:
    """Between two bounds; NaN stays NaN."""
    low, high = _number(fn, least, z), _number(fn, most, z)
    below = fn.select(fn.compare("<", high, z), high, z)
    return fn.select(fn.compare(">", low, below), low, below)


def _or_nan(fn: FunctionWriter, z: Value, value: Value) -> Value:
    return fn.select(fn.compare("==", z, z), value, z)


def _reduced(fn: FunctionWriter, z: Value, times: float = 1.0) -> tuple[Value, Value]:
    """r and n with times · z = n·ln 2 + times · r and |times · r| ≤ ln 2 / 2; times: a power of two."""
    round_to = _number(fn, _ROUND, z)
    shifted = fn.fma(z, _number(fn, times * _LOG2_E, z), round_to)
    n = fn.sub(shifted, round_to)
    r = fn.fma(n, _number(fn, -_LN_2[0] / times, z), z)
    r = fn.fma(n, _number(fn, -_LN_2[1] / times, z), r)
    return r, fn.whole_of("sub", fn.bits(shifted), _ROUND_BITS)


def _expm1_of_small(fn: FunctionWriter, r: Value, times: float = 1.0) -> Value:
    """exp(times · r) - 1 for |times · r| ≤ ln 2 / 2: Taylor's sum, in pairs that do not wait for
    each other."""
    terms = [_number(fn, value * times**k, r) for k, value in enumerate(_TAYLOR)]
    s = fn.mul(r, r)
    q = fn.mul(s, s)
    pairs = [fn.fma(terms[k + 1], r, terms[k]) for k in range(2, 14, 2)]
    low, middle, high = (fn.fma(s, pairs[k + 1], pairs[k]) for k in (0, 2, 4))
    first = r if times == 1.0 else fn.mul(terms[1], r)
    return fn.fma(s, fn.fma(q, fn.fma(q, high, middle), low), first)


def _power_of_two(fn: FunctionWriter, n: Value) -> Value:
    """2**n for -1022 ≤ n ≤ 1023."""
    return fn.of_bits(fn.whole_of("shl", fn.whole_of("add", n, 1023), 52))


def _log_of(fn: FunctionWriter, f: Value, k: Value) -> Value:
    """log(2**k · (1 + f))."""
    half = _number(fn, 0.5, f)
    s = fn.div(f, fn.add(_number(fn, 2.0, f), f))
    z = fn.mul(s, s)
    w = fn.mul(z, z)
    c = [_number(fn, value, f) for value in _LOG]
    even = fn.mul(w, fn.fma(w, fn.fma(w, c[5], c[3]), c[1]))
    odd = fn.mul(z, fn.fma(w, fn.fma(w, fn.fma(w, c[6], c[4]), c[2]), c[0]))
    square = fn.mul(half, fn.mul(f, f))
    rest = fn.fma(s, fn.add(square, fn.add(even, odd)), fn.mul(k, _number(fn, _LN_2[1], f)))
    inner = fn.sub(fn.sub(square, rest), f)
    return fn.fma(k, _number(fn, _LN_2[0], f), fn.neg(inner))
