"""Uncertainty of small counts, as functions of the read model.

Belongs here: limits of one count and of the ratio of two. Does not belong here: which figures are compared
(`civic_assets.publish.profiles.baseline`).

A count of events is treated as one draw of a Poisson variable. If one event leads to others (several suspensions of one
pupil), the true uncertainty is larger than these limits.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from civic_assets.house_numbers.statistics import NORMAL_QUANTILE

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


_WILSON = """(n2 / (n1 + n2) + pow({z}, 2) / (2 * (n1 + n2)) {sign} {z} * sqrt(
    (n1 / (n1 + n2)) * (n2 / (n1 + n2)) / (n1 + n2) + pow({z} / (2 * (n1 + n2)), 2))) / (1 + pow({z}, 2) / (n1 + n2))"""

FUNCTIONS = {
    # Byar's approximation to the exact Poisson limits (Breslow and Day 1987, volume II, p. 69).
    "byar_lower(n)": f"CASE WHEN n = 0 THEN 0 ELSE n * pow(1 - 1 / (9 * n) - {NORMAL_QUANTILE} / (3 * sqrt(n)), 3) END",
    "byar_upper(n)": f"(n + 1) * pow(1 - 1 / (9 * (n + 1)) + {NORMAL_QUANTILE} / (3 * sqrt(n + 1)), 3)",
    # Given n1 + n2, the later count is binomial; Wilson's interval of its share, turned into a ratio of rates
    # (Price and Bonett 2000, Estimating the ratio of two Poisson rates). `base` is the denominator of each.
    "share_lower(n1, n2)": _WILSON.format(sign="-", z=NORMAL_QUANTILE),
    "share_upper(n1, n2)": _WILSON.format(sign="+", z=NORMAL_QUANTILE),
    "ratio_lower(n1, base1, n2, base2)": """quality.share_lower(n1, n2) / (1 - quality.share_lower(n1, n2))
        * base1 / base2""",
    "ratio_upper(n1, base1, n2, base2)": """quality.share_upper(n1, n2) / (1 - quality.share_upper(n1, n2))
        * base1 / base2""",
}
"""Signature -> expression, 95% limits. The ratio is that of the later rate to the earlier one."""


def create_functions(connection: DuckDBPyConnection) -> None:
    """Add the functions to the schema `quality`, where everyone who opens the read model finds them."""
    for signature, expression in FUNCTIONS.items():
        connection.execute(f"CREATE OR REPLACE MACRO quality.{signature} AS {expression}")
