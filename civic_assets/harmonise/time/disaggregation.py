"""Long periods split into short ones with the help of an indicator: a model, on request, never a published figure.

Belongs here: Denton-Cholette and Chow-Lin (with Fernandez), also for totals that overlap as rolling years do. Does not
belong here: what is exact (`civic_assets.harmonise.time.aggregation`, `derolling`).

Libraries for this assume totals that do not overlap; here the matrix C of totals is built from the periods themselves,
one row for each total and a one for each part inside it. n rolling years leave three free parameters in n + 3 quarters,
so that the totals alone never decide: the indicator does, and the result is as good as it is.

Sources: Denton (1971) in the form of Cholette (1984), proportional first differences; Chow and Lin (1971);
Fernandez (1981).
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.figures.modelled import CannotModel, Modelled
from civic_assets.harmonise.time.alignment import not_one_whole
from civic_assets.values.periods import Period

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

    Array = npt.NDArray[np.float64]

ZERO_STANDS_FOR = 0.5
"""Added to every zero of an indicator, which must be positive to be divided by (house rule: half a count)."""

_LARGEST_RHO = 0.999
_CAUTION = "Modelled from an indicator: within a total the split is an estimate, only the totals are published figures."

Total = tuple[Period, float | None]


def denton_cholette(
    parts: Sequence[Period], indicator: Sequence[float | None], totals: Sequence[Total]
) -> Modelled[Period]:
    """Splits totals so that the ratio to the indicator moves as little as possible from part to part.

    Minimises sum_t (x_t/p_t - x_(t-1)/p_(t-1))^2 subject to C x = y.

    Args:
        parts: Short periods, in order and without gaps, e.g. months.
        indicator: One figure for each part, e.g. the police's own monthly count; not negative. Zeros are taken as 0.5.
        totals: Long periods, each made up of whole parts, with their figures; they may overlap.

    Returns:
        Values that add up to every total (relative error below 1e-9). They can be negative where totals and indicator
        contradict each other; how many are is among the parameters.

    Raises:
        CannotModel: A figure is missing or negative, a total is not made up of parts, or totals repeat each other.
    """
    import numpy as np

    c, y, p = _inputs(parts, indicator, totals)
    zeros = int((p == 0).sum())
    p = np.where(p == 0, ZERO_STANDS_FOR, p)
    # In ratios u = x/p, scaled so that an average total has ratios near one.
    a = c * p
    n, m = len(p), len(y)
    d = np.diff(np.eye(n), axis=0)
    system = np.block([[d.T @ d, a.T / a.sum()], [a / a.sum(), np.zeros((m, m))]])
    u = _solve(system, np.r_[np.zeros(n), y / a.sum()])[:n]
    x = _on_the_totals(c, y, u * p)
    return _modelled(parts, x, "denton_cholette", {"zeros_taken_as_0.5": zeros})


def chow_lin(
    parts: Sequence[Period],
    indicator: Sequence[float | None],
    totals: Sequence[Total],
    *,
    rho: float | None = None,
    fernandez: bool = False,
) -> Modelled[Period]:
    """Splits totals by a regression on the indicator, with residuals spread along an autoregression.

    V_ij = rho^|i-j|, W = (C V C')^-1, beta = (Z'C'W C Z)^-1 Z'C'W y, x = Z beta + V C' W (y - C Z beta), with Z a
    constant and the indicator; rho by maximum likelihood over [0, 0.999].

    Args:
        parts: As in `denton_cholette`.
        indicator: As there; zeros are left as they are.
        totals: As there; more than two, which are what the regression has to fit.
        rho: Given instead of estimated.
        fernandez: V = (D'D)^-1 instead, a random walk of the residuals; there is no rho.

    Raises:
        CannotModel: As there; or there are too few totals, or the indicator does not vary between them.
    """
    import numpy as np
    from scipy.optimize import minimize_scalar

    c, y, p = _inputs(parts, indicator, totals)
    z = np.c_[np.ones(len(p)), p]
    if len(y) <= z.shape[1]:
        raise CannotModel(
            f"{len(y)} totals are too few for a regression with two coefficients; give at least three, or use "
            "Denton-Cholette."
        )
    if np.linalg.matrix_rank(c @ z) < z.shape[1]:
        raise CannotModel(
            "The indicator is the same in every total, so that its coefficient can not be told; use Denton-Cholette."
        )
    chosen = rho
    if chosen is None and not fernandez:
        found = minimize_scalar(
            lambda r: -_fit(_autoregression(len(p), r), c, y, z)[2],
            bounds=(0.0, _LARGEST_RHO),
            method="bounded",
        )
        chosen = float(found.x)
    v = _random_walk(len(p)) if fernandez else _autoregression(len(p), float(chosen or 0.0))
    beta, x, _ = _fit(v, c, y, z)
    parameters: dict[str, float | str] = {"constant": float(beta[0]), "coefficient": float(beta[1])}
    if not fernandez:
        parameters["rho"] = float(chosen or 0.0)
    return _modelled(parts, _on_the_totals(c, y, x), "fernandez" if fernandez else "chow_lin", parameters)


def _inputs(
    parts: Sequence[Period], indicator: Sequence[float | None], totals: Sequence[Total]
) -> tuple[Array, Array, Array]:
    """C, y and p; refuses what a model must not paper over."""
    import numpy as np

    if len(parts) != len(indicator) or not totals:
        raise CannotModel(
            f"{len(parts)} parts come with {len(indicator)} figures of the indicator and {len(totals)} totals; "
            "each part needs one figure, and there must be a total."
        )
    p = np.array([_number(value, period) for period, value in zip(parts, indicator, strict=True)])
    y = np.array([_number(value, period) for period, value in totals])
    rows = []
    for whole, _ in totals:
        inside = [part for part in parts if whole.start <= part.start and part.end <= whole.end]
        why = not_one_whole(inside, whole)
        if why:
            raise CannotModel(f"The total {whole} is not made up of whole parts: {why[0]}.")
        rows.append([1.0 if part in inside else 0.0 for part in parts])
    c = np.array(rows)
    if np.linalg.matrix_rank(c) < len(y):
        raise CannotModel(
            "The totals repeat each other (one follows from the others), so that they decide nothing more; leave out "
            "the totals that are sums or repeats of others."
        )
    return c, y, p


def _number(value: float | None, period: Period) -> float:
    if value is None or math.isnan(value):
        raise CannotModel(f"The figure of {period} is missing; a status is not turned into a number here.")
    if value < 0:
        raise CannotModel(
            f"The figure of {period} is {value:g}; a model of counts can not start from less than zero."
        )
    return float(value)


def _autoregression(n: int, rho: float) -> Array:
    import numpy as np

    steps = np.abs(np.subtract.outer(np.arange(n), np.arange(n)))
    return np.asarray(np.power(rho, steps), dtype=float)


def _random_walk(n: int) -> Array:
    """(D'D)^-1 with D square: first differences, and the first value itself."""
    import numpy as np

    places = np.arange(1, n + 1, dtype=float)
    return np.asarray(np.minimum.outer(places, places), dtype=float)


def _fit(v: Array, c: Array, y: Array, z: Array) -> tuple[Array, Array, float]:
    """Coefficients, values and log-likelihood (up to a constant) for one covariance of the residuals."""
    import numpy as np

    covariance = c @ v @ c.T
    cz = c @ z
    weighted = _solve(covariance, np.c_[cz, y])
    wz, wy = weighted[:, :-1], weighted[:, -1]
    beta = _solve(cz.T @ wz, cz.T @ wy)
    residual = y - cz @ beta
    w_residual = wy - wz @ beta
    x = z @ beta + v @ c.T @ w_residual
    spread = max(float(residual @ w_residual) / len(y), 1e-300)
    _, log_determinant = np.linalg.slogdet(covariance)
    return beta, x, -0.5 * (len(y) * float(np.log(spread)) + float(log_determinant))


def _solve(a: Array, b: Array) -> Array:
    import numpy as np

    try:
        return np.asarray(np.linalg.solve(a, b), dtype=float)
    except np.linalg.LinAlgError:
        raise CannotModel(
            "The totals and the indicator together do not determine the parts; give totals of other periods."
        ) from None


def _on_the_totals(c: Array, y: Array, x: Array) -> Array:
    """`x` moved the shortest way on to C x = y, which takes away what rounding left (twice, for its own rounding)."""
    for _ in range(2):
        x = x + c.T @ _solve(c @ c.T, y - c @ x)
    return x


def _modelled(
    parts: Sequence[Period], x: Any, model: str, parameters: dict[str, float | str]
) -> Modelled[Period]:
    parameters = {**parameters, "negative_values": int((x < 0).sum())}
    return Modelled(tuple(parts), tuple(map(float, x)), "disaggregated", model, parameters, _CAUTION)
