"""Figures that area pages show, packed for the search: newest values, and where a number comes from.

Belongs here: which figures are in the search, and packing them. Does not belong here: reading what was packed
(`packed_figures`, and `assets/find-ranking.js` in the browser).

The rows of Table 1 (`harmonised.area_profile`), of Table 2 (`harmonised.crime_table`), of the wards
(`harmonised.ward_profile`) and the earlier periods of each indicator (`harmonised.indicator_periods`) are about 60,000
figures. Most areas have the same items, periods and releases in the same order, so these are written once, as a shape,
and an area has the number of its shape and its values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from civic_assets.publish.site.find.entries import sentence_start, title_of
from civic_assets.quality.framework.wording import DECIMALS_SHOWN
from civic_assets.values.period_words import spoken, spoken_days
from civic_assets.values.periods import PeriodKind

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_L_ROW = re.compile(r"^L([0-9]+)(~.*)$")
_LAST_NUMBER = re.compile(r"^(.*?)([0-9]+)$")


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of an area: a count, a rate, or both, of one item and period.

    Args:
        item: Name of the indicator or of the crime measure.
        period: Period in words.
        release: Source and release, with a space between; empty if nothing is published.
        said: A status, a reason or a caution in words; empty if there is none.
        count: Count; None if there is none.
        rate: Rate; None if there is none.
        evidence: Address of the evidence of the count, or of the rate where there is no count; empty if there is none.
        wider: Code of the wider area that has a figure where this one has none, such as the police force's; or empty.
    """

    item: str
    period: str
    release: str
    said: str
    count: float | None
    rate: float | None
    evidence: str
    wider: str


def pack(connection: DuckDBPyConnection, evidence: Mapping[str, str]) -> dict[str, Any]:
    """All figures, packed: `items`, `periods`, `releases`, `said`, `shapes` and `areas`.

    Args:
        connection: Connection to a read model.
        evidence: SQL expression of the address of evidence for each of `_TABLES`; empty text where there is none.
    """
    items = {name: number for number, (name, *_) in enumerate(_items(connection))}
    words: dict[str, dict[str, int]] = {"periods": {}, "releases": {}, "said": {}, "stems": {}, "wider": {}}
    shapes: dict[str, int] = {}
    areas: dict[str, list[Any]] = {}
    for code, rows in _by_area(connection, evidence):
        shape, digits = [], []
        for row in rows:
            stem, digit = _split(_without_page(row.evidence, code, row.release))
            shape.append(
                (
                    items[row.item], _number(words["periods"], row.period), _number(words["releases"], row.release),
                    _number(words["said"], row.said), _number(words["stems"], stem),
                    _number(words["wider"], row.wider),
                )
            )  # fmt: skip
            digits.append(digit)
        number = shapes.setdefault(json.dumps(shape, separators=(",", ":")), len(shapes))
        packed: list[Any] = [number, _values(row.count for row in rows), _values(row.rate for row in rows)]
        if any(digits):
            packed.append(_runs(digits))
        areas.setdefault(code, []).append(packed)
    return {
        "items": [list(one) for one in _items(connection)],
        **{name: list(known) for name, known in words.items()},
        "shapes": [json.loads(text) for text in shapes],
        "areas": areas,
    }


def _number(known: dict[str, int], word: str) -> int:
    return known.setdefault(word, len(known))


def _values(values: Iterable[float | None]) -> str:
    """Values with commas between them, with as many decimals as pages show; `,,,` at the end is left out."""
    return ",".join("" if value is None else _short(value) for value in values).rstrip(",")


def _short(value: float) -> str:
    if value == int(value):
        return str(int(value))
    text = f"{value:.{DECIMALS_SHOWN}f}".rstrip("0").rstrip(".")
    return text if text not in ("0", "-0") else f"{value:.{DECIMALS_SHOWN}g}"


def _runs(digits: list[str]) -> str:
    """Digits with commas between them; one that repeats the one before is left out, and so are commas at the end."""
    return ",".join(
        "" if position and digits[position - 1] == one else one for position, one in enumerate(digits)
    ).rstrip(",")


def _split(anchor: str) -> tuple[str, str]:
    """An anchor without the number of its row, for which `*` is written, and that number."""
    if match := _L_ROW.match(anchor):
        return f"L*{match[2]}", match[1]
    if match := _LAST_NUMBER.match(anchor):
        return f"{match[1]}*", match[2]
    return anchor, ""


def _without_page(evidence: str, code: str, release: str) -> str:
    """Evidence as anchor only if its page is the first one of the release and area, else as whole address.

    Which page that is, is a rule of `civic_assets.publish.site.evidence`; only the usual case is shortened.
    """
    usual = f"evidence/{release.replace(' ', '/')}/{code}.html#"
    return evidence.removeprefix(usual)


def _items(connection: DuckDBPyConnection) -> list[tuple[str, str, str, str, list[str]]]:
    """Items: name, title, unit of the count, unit of the rate in words, and measures that lead to it."""
    rows = connection.execute(
        """SELECT i.indicator, i.title, i.unit_of_count, i.unit_of_rate, f.measure FROM harmonised.indicators i
        LEFT JOIN (SELECT DISTINCT indicator, measure FROM harmonised.indicator_figures WHERE role <> 'denominator') f
            USING (indicator)
        ORDER BY i.position, i.indicator, f.measure"""
    ).fetchall()
    known: dict[str, tuple[str, str, str, str, list[str]]] = {}
    for name, title, unit, per, measure in rows:
        entry = known.setdefault(name, (name, title, unit or "", _per(per or ""), []))
        # Measures that are added up are written with a plus sign between them.
        entry[4].extend(one for one in (measure or "").split("+") if one and one not in entry[4])
    crimes = connection.execute(
        """SELECT measure, min(position) FROM (
            SELECT measure, position FROM harmonised.crime_table UNION ALL
            SELECT measure, position FROM harmonised.ward_profile) GROUP BY measure ORDER BY 2, 1"""
    ).fetchall()
    for measure, _ in crimes:
        known.setdefault(
            measure, (measure, title_of(measure), "offences", _per("per_1000_population"), [measure])
        )
    return list(known.values())


def _per(unit: str) -> str:
    """The unit of a rate in words: `per 100,000 population`."""
    return re.sub(r"[0-9](?=(?:[0-9]{3})+\b)", r"\g<0>,", unit.replace("_", " "))


def _by_area(connection: DuckDBPyConnection, evidence: Mapping[str, str]) -> Iterator[tuple[str, list[Row]]]:
    """Figures of each area and table, areas in the order of their codes."""
    for table, statement in _TABLES.items():
        rows = connection.execute(statement.format(evidence=evidence.get(table, "''"))).fetchall()
        together: dict[str, list[Row]] = {}
        for code, item, start, end, kind, release, said, count, rate, address, wider in rows:
            period = _period(start, end, kind)
            together.setdefault(code, []).append(
                Row(
                    item,
                    period,
                    release or "",
                    sentence_start(said or ""),
                    count,
                    rate,
                    address or "",
                    wider or "",
                )
            )
        yield from together.items()


def _period(start: Any, end: Any, kind: str | None) -> str:
    if start is None:
        return ""
    return spoken(start, end, PeriodKind(kind), mid_year=True) if kind else spoken_days(start, end)


# By table: area, item, first day, day after the last, kind of period, release, what is said, count, rate, evidence and
# the wider area that has a figure.
# `locator` and `from_source`, `from_release`, `from_area` are those of the cell that evidence is for, where there is one.
_TABLES: Mapping[str, str] = {
    "area_profile": """SELECT area_code, indicator, period_start, period_end, period_kind,
        coalesce(from_source || ' ' || from_release, ''),
        CASE WHEN count IS NULL AND rate IS NULL THEN coalesce(reason, replace(status, '_', ' '))
            WHEN quality = 'disputed' THEN 'disputed' END,
        count, rate, {evidence}, CASE WHEN count IS NULL AND rate IS NULL THEN wider_area_code END
    FROM (
        SELECT *, coalesce(count_source, rate_source, source) AS from_source,
            coalesce(count_release, rate_release, release) AS from_release, figure_area_code AS from_area,
            CASE WHEN count IS NOT NULL AND len(count_locators) = 1 THEN count_locators[1]
                WHEN count IS NULL AND len(rate_locators) = 1 THEN rate_locators[1] END AS locator
        FROM harmonised.area_profile
    ) ORDER BY area_code, position, indicator""",
    "crime_table": """SELECT area_code, measure, period_start, period_end, 'rolling_year', source || ' ' || release,
        CASE WHEN value IS NULL AND value_at_least IS NOT NULL THEN 'no figure of this area alone is printed'
            WHEN value IS NULL THEN coalesce(replace(status, '_', ' '), 'not available')
            WHEN quality = 'disputed' THEN 'disputed' WHEN basis = 'sum of partnerships' THEN 'sum of partnerships' END,
        value, rate, {evidence}, NULL
    FROM (
        SELECT *, source AS from_source, release AS from_release, area_code AS from_area FROM harmonised.crime_table
    ) ORDER BY area_code, position, measure, period_end DESC""",
    "ward_profile": """SELECT area_code, measure, period_start, period_end, 'rolling_year', source || ' ' || release,
        CASE WHEN value IS NULL THEN 'not available' ELSE 'sum of monthly figures' END, value, rate, {evidence}, NULL
    FROM harmonised.ward_profile ORDER BY area_code, position, measure, period_end DESC""",
    "indicator_periods": """WITH kinds AS (
        SELECT indicator, period_start, period_end, min(period_kind) AS kind FROM harmonised.indicator_figures GROUP BY ALL
    )
    SELECT area_code, indicator, period_start, period_end, coalesce(kind, 'rolling_year'), source || ' ' || release,
        CASE WHEN count IS NULL AND rate IS NULL THEN 'not available' END, count, rate, {evidence}, NULL
    FROM harmonised.indicator_periods p LEFT JOIN kinds USING (indicator, period_start, period_end)
    WHERE NOT EXISTS (FROM harmonised.area_profile a WHERE a.area_code = p.area_code AND a.indicator = p.indicator
            AND a.period_end = p.period_end AND a.period_start = p.period_start)
      AND NOT EXISTS (FROM harmonised.crime_table c WHERE c.area_code = p.area_code AND c.measure = p.indicator
            AND c.period_end = p.period_end AND c.period_start = p.period_start)
    ORDER BY area_code, indicator, period_end DESC, source""",
}
