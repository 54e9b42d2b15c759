"""The primitive functions of the language as instructions, for any number of lanes.

None has a branch, so that all lanes are computed at once, and none calls a library, so that a value
is the same everywhere. Accuracies are of float64, in units in the last place.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping, Sequence

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
# sin and cos of a quarter: fdlibm, k_sin.c and k_cos.c
_SIN = (-1.66666666666666324348e-01, 8.33333333332248946124e-03, -1.98412698298579493134e-04,
        2.75573137070700676789e-06, -2.50507602534068634195e-08, 1.58969099521155010221e-10)  # fmt: skip
_COS = (4.16666666666666019037e-02, -1.38888888888741095749e-03, 2.48015872894767294178e-05,
        -2.75573143513906633035e-07, 2.08757232129817482790e-09, -1.13596475577881948265e-11)  # fmt: skip
_HALF_PI = (1.5707963267948966, 6.123233995736766e-17, -1.4973849048591833e-33)
# erf: numerator and denominator, in four ranges
_ERF_AT_ONE = 8.45062911510467529297e-01
_ERF_SMALL = (
    (1.28379167095512558561e-01, -3.25042107247001499370e-01, -2.84817495755985104766e-02,
     -5.77027029648944159157e-03, -2.37630166566501626084e-05),
    (1.0, 3.97917223959155352819e-01, 6.50222499887672944485e-02, 5.08130628187576562776e-03,
     1.32494738004321644526e-04, -3.96022827877536812320e-06),
)  # fmt: skip
_ERF_ONE = (
    (-2.36211856075265944077e-03, 4.14856118683748331666e-01, -3.72207876035701323847e-01,
     3.18346619901161753674e-01, -1.10894694282396677476e-01, 3.54783043256182359371e-02,
     -2.16637559486879084300e-03),
    (1.0, 1.06420880400844228286e-01, 5.40397917702171048937e-01, 7.18286544141962662868e-02,
     1.26171219808761642112e-01, 1.36370839120290507362e-02, 1.19844998467991074170e-02),
)  # fmt: skip
_ERF_LARGE = (
    (-9.86494403484714822705e-03, -6.93858572707181764372e-01, -1.05586262253232909814e+01,
     -6.23753324503260060396e+01, -1.62396669462573470355e+02, -1.84605092906711035994e+02,
     -8.12874355063065934246e+01, -9.81432934416914548592e+00),
    (1.0, 1.96512716674392571292e+01, 1.37657754143519042600e+02, 4.34565877475229228821e+02,
     6.45387271733267880336e+02, 4.29008140027567833386e+02, 1.08635005541779435134e+02,
     6.57024977031928170135e+00, -6.04244152148580987438e-02),
)  # fmt: skip
_ERF_LARGER = (
    (-9.86494292470009928597e-03, -7.99283237680523006574e-01, -1.77579549177547519889e+01,
     -1.60636384855821916062e+02, -6.37566443368389627722e+02, -1.02509513161107724954e+03,
     -4.83519191608651397019e+02),
    (1.0, 3.03380607434824582924e+01, 3.25792512996573918826e+02, 1.53672958608443695994e+03,
     3.19985821950859553908e+03, 2.55305040643316442583e+03, 4.74528541206955367215e+02,
     -2.24409524465858183362e+01),
)  # fmt: skip
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


def sin(fn: FunctionWriter, x: Value) -> Value:
    """Sine, off by less than 2 units, of numbers up to 2**50; NaN for infinities."""
    return _quarter(fn, x, 0)


def cos(fn: FunctionWriter, x: Value) -> Value:
    """Cosine, as `sin`."""
    return _quarter(fn, x, 1)


def erf(fn: FunctionWriter, x: Value) -> Value:
    """The error function, off by hardly more than a unit (Sun's fdlibm, s_erf.c)."""
    one, a = _number(fn, 1.0, x), absolute(fn, x)
    square = fn.mul(x, x)
    near = fn.fma(x, _ratio(fn, square, _ERF_SMALL), x)
    at_one = _ratio(fn, fn.sub(a, one), _ERF_ONE)
    middle = fn.add(_number(fn, _ERF_AT_ONE, x), at_one)
    inverse = fn.div(one, square)
    tail = fn.select(
        fn.compare("<", a, _number(fn, 1 / 0.35, x)),
        _ratio(fn, inverse, _ERF_LARGE),
        _ratio(fn, inverse, _ERF_LARGER),
    )
    short = fn.of_bits(fn.whole_of("and", fn.bits(a), -(2**32)))  # its square has no rounding
    first = exp(fn, fn.fma(fn.neg(short), short, _number(fn, -0.5625, x)))
    second = exp(fn, fn.fma(fn.sub(short, a), fn.add(short, a), tail))
    far = fn.sub(one, fn.div(fn.mul(first, second), a))
    far = fn.select(fn.compare(">", a, _number(fn, 6.0, x)), one, far)
    size = fn.select(fn.compare("<", a, _number(fn, 1.25, x)), middle, far)
    value = fn.select(
        fn.compare("<", a, _number(fn, 0.84375, x)), near, fn.intrinsic("copysign", size, x)
    )
    return _or_nan(fn, x, value)


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
    "cos": cos,
    "erf": erf,
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
    "sin": sin,
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


def _polynomial(fn: FunctionWriter, x: Value, terms: Sequence[float]) -> Value:
    """terms[0] + terms[1]·x + …"""
    value = _number(fn, terms[-1], x)
    for term in reversed(terms[:-1]):
        value = fn.fma(value, x, _number(fn, term, x))
    return value


def _ratio(fn: FunctionWriter, x: Value, terms: Sequence[Sequence[float]]) -> Value:
    return fn.div(*(_polynomial(fn, x, part) for part in terms))


def _quarter(fn: FunctionWriter, x: Value, more: int) -> Value:
    """The sine `more` quarters of a turn further on."""
    round_to = _number(fn, _ROUND, x)
    shifted = fn.fma(x, _number(fn, 2 / math.pi, x), round_to)
    n, r = fn.neg(fn.sub(shifted, round_to)), x
    for part in _HALF_PI:
        r = fn.fma(n, _number(fn, part, x), r)
    z = fn.mul(r, r)
    sine = fn.fma(fn.mul(z, r), _polynomial(fn, z, _SIN), r)
    rest = fn.mul(fn.mul(z, z), _polynomial(fn, z, _COS))
    cosine = fn.add(fn.fma(z, _number(fn, -0.5, x), _number(fn, 1.0, x)), rest)
    turn = fn.whole_of("add", fn.bits(shifted), more)
    odd = fn.to_numbers(fn.whole_of("and", turn, 1))
    second = fn.to_numbers(fn.whole_of("and", turn, 2))
    value = fn.select(fn.compare("==", odd, _number(fn, 0.0, x)), sine, cosine)
    value = fn.select(fn.compare("==", second, _number(fn, 0.0, x)), value, fn.neg(value))
    value = fn.select(fn.compare("==", x, _number(fn, 0.0, x)), value if more else x, value)
    return fn.select(fn.is_finite_lanes(x), value, _number(fn, math.nan, x))
