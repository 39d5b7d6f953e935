"""Limits of counts, shares and quantiles, exact where the rules ask for it, over what rounding to fives leaves open.

`effect` is the design effect: records that hang together tell as much as that many times fewer that do not.
"""

import bisect
import math
from functools import cache

Z95, TAIL998 = 1.959963984540054, 0.001
SLACK = 4


def gamma_lower(a: float, x: float) -> float:
    """P(a, x), the regularised lower incomplete gamma function: P(N >= a) for N Poisson with mean x."""
    if x <= 0:
        return 0.0
    front = math.exp(a * math.log(x) - x - math.lgamma(a))
    if x < a + 1:
        term = total = 1 / a
        k = a
        while abs(term) > abs(total) * 1e-16:
            k += 1
            term *= x / k
            total += term
        return front * total
    b, c = x + 1 - a, 1e300
    d = h = 1 / b
    for i in range(1, 10_000):
        an = -i * (i - a)
        b += 2
        d = 1 / (an * d + b)
        c = b + an / c
        h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return 1 - front * h


def beta_cdf(a: float, b: float, x: float) -> float:
    """I_x(a, b), the regularised incomplete beta function: P(X >= a) for X binomial(a + b - 1, x)."""
    if x <= 0 or x >= 1:
        return float(x >= 1)
    if x > (a + 1) / (a + b + 2):
        return 1 - beta_cdf(b, a, 1 - x)
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log1p(-x)) / a
    c, d = 1.0, 1 / (1 - (a + b) * x / (a + 1))
    h = d
    for m in range(1, 10_000):
        for an in (m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)), -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))):
            d = 1 / (1 + an * d)
            c = 1 + an / c
            h *= d * c
        if abs(d * c - 1) < 1e-15:
            break
    return front * h


def solve(f, low: float, high: float) -> float:
    """Where f, which rises, passes 0."""
    while high - low > 1e-11 * high:
        middle = (low + high) / 2
        low, high = (middle, high) if f(middle) < 0 else (low, middle)
    return (low + high) / 2


@cache
def poisson_limits(x: float, tail: float) -> tuple[float, float]:
    """The exact limits of a count."""
    bottom, top = max(0.0, x - 6 * math.sqrt(x) - 1), x + 6 * math.sqrt(x) + 20
    low = 0.0 if x == 0 else solve(lambda m: gamma_lower(x, m) - tail, bottom, x)
    return low, solve(lambda m: gamma_lower(x + 1, m) - (1 - tail), x, top)


@cache
def binomial_limits(x: float, n: float, tail: float) -> tuple[float, float]:
    """The exact limits of a share, outward to whole percents."""
    low = bisect.bisect_right(range(100), tail + 1e-12, key=lambda c: beta_cdf(x, n - x + 1, c / 100)) - 1 if x else 0
    high = bisect.bisect_left(range(100), 1 - tail - 1e-12, key=lambda c: beta_cdf(x + 1, n - x, c / 100)) if x < n else 100
    return low / 100, high / 100


def wilson(x: float, n: float) -> tuple[float, float]:
    z = Z95 * Z95
    root = Z95 * math.sqrt(z + 4 * x * (1 - x / n))
    return max(0.0, (2 * x + z - root) / (2 * (n + z))), min(1.0, (2 * x + z + root) / (2 * (n + z)))


@cache
def count_limits(x: float) -> tuple[float, float]:
    """95 %: exact Poisson below 10, no higher than Byar at 10, and Byar from there."""
    if x < 10:
        return poisson_limits(x, 0.025)
    byar = lambda k, sign: k * (1 - 1 / (9 * k) + sign * Z95 / (3 * math.sqrt(k))) ** 3
    return byar(x, -1), byar(x + 1, 1)


def around(published: float) -> range:
    """What may lie behind a published count: less than 5 away, and not below 0."""
    return range(max(0, int(published) - SLACK), int(published) + SLACK + 1)


@cache
def outer_count(published: float, effect: float = 1.0) -> tuple[float, float]:
    limits = [count_limits(x / effect) for x in around(published)]
    return min(low for low, _ in limits) * effect, max(high for _, high in limits) * effect


@cache
def outer_share(part: float, whole: float, effect: float = 1.0) -> tuple[float, float, float, float]:
    """The outermost 95 % and 99.8 % limits, outward to whole percents."""
    pairs = [(min(x, n), n) for n in around(whole) for x in around(part)]
    near = [wilson(x / effect, n / effect) for x, n in pairs]
    # The exact limits rise with x and fall with n.
    n_low, n_high = around(whole)[-1], around(whole)[0]
    low998 = binomial_limits(min(around(part)[0], n_low) / effect, n_low / effect, TAIL998)[0]
    high998 = binomial_limits(min(around(part)[-1], n_high) / effect, n_high / effect, TAIL998)[1]
    down = lambda v: math.floor(v * 100 + 1e-7) / 100
    up = lambda v: math.ceil(v * 100 - 1e-7) / 100
    return down(min(v for v, _ in near)), up(max(v for _, v in near)), low998, high998


@cache
def rank(n: int, p: float, tail: float) -> tuple[int, int]:
    """The ranks, from 1, of the order statistics that bound a quantile; 0 and n + 1 where there is none."""
    below = lambda k: 1 - beta_cdf(k, n - k + 1, p)  # P(B < k) for B binomial(n, p)
    ranks = range(1, n + 1)
    return bisect.bisect_right(ranks, tail + 1e-12, key=below), bisect.bisect_left(ranks, 1 - tail - 1e-12, key=below) + 1


def clustered_rank(n: int, p: float, tail: float, effect: float) -> tuple[int, int]:
    """The ranks for as many as tell something of their own, at the same part of the whole, outward."""
    fewer = int(n / effect)
    low, high = rank(fewer, p, tail)
    return low * (n + 1) // (fewer + 1), -(-high * (n + 1) // (fewer + 1))
