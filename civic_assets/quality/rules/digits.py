"""Rules about how precisely counts are written: favourite digits, undeclared rounding, decimals without cover.

Belongs here: V-20. Does not belong here: sums of rounded figures (V-13) and rates against their counts (V-17), both
`accounting_rules`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from civic_assets.house_numbers.arithmetic import ROUNDING_BASES
from civic_assets.house_numbers.listing import CELLS_OF_A_FINDING
from civic_assets.house_numbers.statistics import (
    DIGITS_FEWEST_COUNTS,
    DIGITS_FEWEST_ROUNDED,
    DIGITS_NOTABLE_EFFECT,
    DIGITS_SIGNIFICANCE,
    DIGITS_SMALLEST_COUNT,
)
from civic_assets.quality.equations.edits import edits_of
from civic_assets.quality.framework.in_sql import in_sql
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import (
    counted,
    figure,
    kind_name,
    measure_name,
    period_name,
    table_name,
)

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.model import Contract, Rule

# Chi-square that chance exceeds once in 1,000 times; below it nothing is significant, and scipy need not be loaded.
_UNREMARKABLE = 27.877


@rule(
    "V-20",
    "False precision, mixed rounding",
    dimension="accuracy",
    layer="validated",
    severity="info",
    statement="The last digits of at least 50 counts of three digits or more are equally frequent (chi-square, 9 df, p "
    "< 0.001, and an effect of 0.1); no table mixes rounding that the contract does not declare; no rate has "
    "more decimals than the rounding of its counts supports.",
    cannot_tell="genuine round numbers, and favourite digits of small counts",
    guidance="Ask the publisher how the figures are rounded, and add `rounding` to the contract if they are.",
)
def digits(release: ReleaseView) -> RuleOutcome:
    """V-20: one finding for each measure and fault."""
    import pyarrow.compute as pc

    large = pc.sum(pc.greater_equal(release.observations["value"], DIGITS_SMALLEST_COUNT)).as_py() or 0
    if large < DIGITS_FEWEST_ROUNDED:
        return not_evaluated("no_input", f"fewer than {DIGITS_FEWEST_ROUNDED} figures have three digits")
    names = ["table_id", "measure", "area_type", "unit", "statistic", "value", "value_text", "locator", "area_code",
             "period_start", "period_end", "breakdown", "row_number"]  # fmt: skip
    with in_sql(o=release.observations.select(names)) as connection:
        groups = [_Group(*row) for row in connection.execute(_DIGITS).fetchall()]
        imprecise = list(_imprecise(connection, release))
    declared = _declared(release.contract)
    tested = [group for group in groups if group.n >= DIGITS_FEWEST_COUNTS and group.base == 1]
    rounded = [*_rounded(release)]
    findings = [*_heaped(release, tested), *rounded, *_mixed(release, groups, declared | _told(release))]
    findings += [finding for _, finding in imprecise if finding is not None]
    checked = len(tested) + sum(number for number, _ in imprecise)
    if not checked and not findings:
        return not_evaluated(
            "no_input", f"no measure has {DIGITS_FEWEST_COUNTS} unrounded counts of three digits"
        )
    return outcome_of(
        checked,
        findings,
        f"last digits of {counted(len(tested), 'group')} of counts, none more frequent than expected",
    )


@dataclass(frozen=True, slots=True)
class _Group:
    """Counts of one measure and kind of area in one table."""

    table: str
    measure: str
    area_type: str
    n: int
    base: int
    chi_square: float
    zeros_and_fives: float
    locator: str

    @property
    def effect(self) -> float:
        return float((self.chi_square / self.n) ** 0.5)


_MULTIPLE = " ".join(f"WHEN bool_and(value % {base} = 0) THEN {base}" for base in ROUNDING_BASES)
_TIMES = ", ".join(f"count(*) FILTER (digit = {digit})" for digit in range(10))
_DIGITS = f"""
WITH counts AS (
    SELECT table_id, measure, area_type, value::BIGINT AS value, value::BIGINT % 10 AS digit, locator, row_number
    FROM o WHERE unit = 'count' AND statistic <> 'change' AND value >= {DIGITS_SMALLEST_COUNT} AND value = round(value)
),
digits AS (
    SELECT table_id, measure, area_type, count(*) AS n, CASE {_MULTIPLE} ELSE 1 END AS base,
        [{_TIMES}] AS times,
        count(*) FILTER (digit IN (0, 5)) / count(*) AS round_share, min_by(locator, row_number) AS locator
    FROM counts GROUP BY ALL
)
SELECT table_id, measure, area_type, n, base, list_sum([pow(t - n / 10, 2) / (n / 10) FOR t IN times]), round_share,
    locator
FROM digits ORDER BY table_id, measure, area_type"""


def _probability(group: _Group) -> float:
    """Of a chi-square as large by chance, with 9 degrees of freedom."""
    if group.chi_square < _UNREMARKABLE:
        return 1.0
    from scipy.special import chdtrc

    return float(chdtrc(9, group.chi_square))


def _heaped(release: ReleaseView, groups: list[_Group]) -> Iterator[Finding]:
    """Measures whose last digits are not equally frequent, the most uneven kind of area of each."""
    worst: dict[str, _Group] = {}
    for group in groups:
        if group.effect > DIGITS_NOTABLE_EFFECT and _probability(group) * len(groups) < DIGITS_SIGNIFICANCE:
            known = worst.get(group.measure)
            if known is None or group.effect > known.effect:
                worst[group.measure] = group
    for group in worst.values():
        message = (
            f"{group.locator}: the last digits of {counted(group.n, 'count')} of "
            f"{measure_name(release.contract, group.measure)} ({_which(release, group)}) are not equally "
            f"frequent: chi-square {group.chi_square:.0f} with 9 degrees of freedom (p < {DIGITS_SIGNIFICANCE:g}); "
            f"{group.zeros_and_fives:.0%} end in 0 or 5, where 20% are expected."
        )
        yield Finding(
            "V-20", message, group.locator, [group.locator], severity="info", measure=group.measure,
            observed=f"{group.chi_square:.1f}", expected="a chi-square of about 9",
            evidence={"fault": "heaping", "n": group.n, "area_type": group.area_type,
                      "effect": round(group.effect, 3), "ends_in_0_or_5": round(group.zeros_and_fives, 4)},
        )  # fmt: skip


def _declared(contract: Contract) -> set[tuple[str, str]]:
    """Measures and kinds of area of which the contract says that they are rounded; `*` is every kind."""
    found = {
        (column.measure, "*") for table in contract.tables for column in table.figures if column.rounding
    }
    for table in contract.tables:
        for entry in table.options.get("rounding", ()):
            measures = entry.get("measures") or [column.measure for column in table.figures]
            found |= {(measure, kind) for measure in measures for kind in entry.get("area_types", ["*"])}
    return found | _declared_by_rules(contract.rules)


def _declared_by_rules(rules: Iterable[Rule]) -> set[tuple[str, str]]:
    """The same, as far as some rules say it."""
    found: set[tuple[str, str]] = set()
    for one in rules:
        options: Mapping[str, Any] = one.options
        if not options.get("rounding") and not options.get("total_rounding"):
            continue
        terms = [options[name] for name in ("total", "numerator", "denominator") if name in options]
        for name in ("parts", "measures"):  # of a parent `parts` is their number
            terms += options[name] if isinstance(options.get(name), list) else []
        kinds = list(options.get("where", {}).get("area_types", ["*"]))
        # Of a rounded parent its contract names the kind of the parts.
        kinds += ["region", "sub_region", "country"] if one.kind == "parent" else []
        found |= {(_term(term)[0], kind) for term in terms for kind in kinds}
    return found


def _mixed(release: ReleaseView, groups: list[_Group], declared: set[tuple[str, str]]) -> Iterator[Finding]:
    """Measures that are rounded where others of their table are not, and no contract says so."""
    exact = {group.table for group in groups if group.base == 1 and group.n >= DIGITS_FEWEST_ROUNDED}
    reported: set[str] = set()
    for group in groups:
        rounded = group.base > 1 and group.n >= DIGITS_FEWEST_ROUNDED and group.table in exact
        known = declared & {(group.measure, group.area_type), (group.measure, "*")}
        if not rounded or known or group.measure in reported:
            continue
        reported.add(group.measure)
        message = (
            f"{group.locator}: all {group.n:,} counts of {measure_name(release.contract, group.measure)} "
            f"({_which(release, group)}) are multiples of {group.base} and other counts of the table are not, but "
            "the contract does not say that they are rounded."
        )
        yield Finding(
            "V-20", message, group.locator, [group.locator], severity="info", measure=group.measure,
            observed=f"multiples of {group.base}", expected="one rounding base in a table, or a declared one",
            evidence={"fault": "mixed rounding", "n": group.n, "area_type": group.area_type, "base": group.base},
        )  # fmt: skip


def _which(release: ReleaseView, group: _Group) -> str:
    """Kind of area and table of a group of counts, as words."""
    return f"{kind_name(group.area_type, plural=True)}, {table_name(release.contract, group.table)}"


def _told(release: ReleaseView) -> set[tuple[str, str]]:
    """Measures and kinds of area that `_rounded` reports."""
    return {(measure, one.area_type) for one in release.derived(edits_of).rounded for measure in one.measures}


def _rounded(release: ReleaseView) -> Iterator[Finding]:
    """Levels whose counts are evidently rounded: their sums and rates are tested as intervals, and this says so."""
    import pyarrow as pa

    for one in release.derived(edits_of).rounded:
        declared = _declared_by_rules(r for r in release.contract.rules if r.table == one.table)
        measures = [m for m in one.measures if not declared & {(m, one.area_type), (m, "*")}]
        if not measures:
            continue
        row = release.observations.slice(one.first, 1).to_pylist()[0]
        others = release.observations["locator"].take(pa.array(one.exceptions, pa.int64())).to_pylist()
        names = ", ".join(measure_name(release.contract, measure) for measure in measures)
        but = f" but {counted(len(others), 'count')} ({', '.join(others[:4])})" if others else ""
        message = (
            f"{row['locator']}: the counts of {kind_name(one.area_type, plural=True)} in "
            f"{table_name(release.contract, one.table)} ({names}; {period_name(*one.periods)}) appear to be rounded "
            f"to {one.base}: all {one.number:,}{but} are multiples of it, and the chance of that without rounding is "
            f"{one.chance:.0e}. Sums and rates that use them are tested within that rounding."
        )
        yield Finding(
            "V-20", message, row["locator"], [row["locator"], *others[:CELLS_OF_A_FINDING]], severity="info",
            observed=f"multiples of {one.base}", expected="a rounding that the contract states",
            evidence={"fault": "evident rounding", "base": one.base, "area_type": one.area_type,
                      "table": one.table, "measures": measures, "n": one.number,
                      "exceptions": others[:CELLS_OF_A_FINDING], "chance": one.chance},
        )  # fmt: skip


def _imprecise(connection: DuckDBPyConnection, release: ReleaseView) -> Iterator[tuple[int, Finding | None]]:
    """Rates of rounded counts whose last decimal is finer than the rounding: 100 (b/2) / D > half of it."""
    for one in (*release.declared("V-13"), *release.declared("V-17")):
        base = one.options.get("rounding")
        if one.kind != "ratio" or not base or base <= 1:
            # Whole counts are not rounded to hide anything, and a share may be computed from averages before they
            # are printed as whole numbers.
            continue
        options: Mapping[str, Any] = one.options
        (rate, of), (over, all_of) = (_term(options[name]) for name in ("rate", "denominator"))
        bearing = {
            "rate": rate, "of": of, "denominator": over, "all_of": all_of, "per": float(options["per"]),
            "base": float(base), "kinds": list(options.get("where", {}).get("area_types", [])),
            "table": one.table,
        }  # fmt: skip
        rows = connection.execute(_DECIMALS, bearing).fetchall()
        false = [row for row in rows if row[0]]
        if not false:
            yield len(rows), None
            continue
        _, locator, text, denominator = false[0]
        message = (
            f"{locator}: {len(false):,} of the {counted(len(rows), 'rate')} of "
            f"{measure_name(release.contract, rate)} {'has' if len(false) == 1 else 'have'} more decimals than counts "
            f"rounded to {base:g} can support (for example {text!r}, with a denominator of {figure(denominator)})."
        )
        yield (
            len(rows),
            Finding(
                "V-20", message, locator, [row[1] for row in false[:CELLS_OF_A_FINDING]], severity="info",
                measure=rate, observed=text, expected="fewer decimals",
                evidence={"fault": "false precision", "rates": len(false), "base": base},
            ),
        )  # fmt: skip


def _term(named: Any) -> tuple[str, str | None]:
    """Measure of a term, and its breakdown where the contract gives one."""
    return (named["measure"], named.get("breakdown")) if isinstance(named, Mapping) else (str(named), None)


_DECIMALS = """
WITH rates AS (
    SELECT *, length(split_part(value_text, '.', 2)) AS decimals FROM o
    WHERE measure = $rate AND breakdown = coalesce($of, breakdown) AND table_id = $table AND value IS NOT NULL
      AND (len($kinds) = 0 OR list_contains($kinds, area_type))
)
SELECT $per * ($base / 2) / d.value > pow(10, -r.decimals) / 2 AS false_precision, r.locator, r.value_text, d.value
FROM rates r JOIN o d ON d.table_id = r.table_id AND d.row_number = r.row_number AND d.measure = $denominator
 AND d.area_code = r.area_code AND d.period_start = r.period_start AND d.breakdown = coalesce($all_of, r.breakdown)
WHERE d.value > 0 ORDER BY false_precision DESC, d.value, r.locator"""
