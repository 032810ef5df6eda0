"""Figures in the search, packed: the newest values of areas, and those that a number may come from.

Belongs here: which figures are in the search, and packing them. Does not belong here: the statements that read them
(`figure_rows`), and reading what was packed (`packed_figures`, and `assets/find-ranking.js` in the browser).

They are the rows of Table 1, of Table 2 and of the wards, the earlier periods of each indicator, and the newest total
of every other measure: some 90,000 figures. Most areas have the same items, periods and releases in the same order, so
these are written once, as a shape, and an area has the number of its shape and its values.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from civic_assets.house_numbers.listing import DECIMALS_SHOWN
from civic_assets.publish.site.find.figure_rows import OTHER_MEASURES, STATEMENTS
from civic_assets.publish.site.titles import sentence_start, title_of
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
        place: Anchor of the figure on the page of its area, with `*` for the name of the item and `+` for its source.
        synthetic: Whether it is made up.
        title: What the item is called if this figure has another title; empty if not.
    """

    item: str
    period: str
    release: str
    said: str
    count: float | None
    rate: float | None
    evidence: str
    wider: str
    place: str
    synthetic: bool
    title: str


def pack(connection: DuckDBPyConnection, evidence: str = "''") -> dict[str, Any]:
    """All figures, packed.

    The keys are `items`, `places`, `periods`, `releases`, `said`, `stems`, `wider`, `shapes` and `areas`.

    Args:
        connection: Connection to a read model.
        evidence: SQL expression of the address of evidence, from the columns `from_source`, `from_release`, `from_area`
            and `locator`.
    """
    known = _items(connection)
    places = list(STATEMENTS)
    items = {(item.name, item.title): number for number, item in enumerate(known)}
    usual = {item.name: item for item in known}
    words: dict[str, dict[str, int]] = {"periods": {}, "releases": {}, "said": {}, "stems": {}, "wider": {}}
    shapes: dict[str, int] = {}
    areas: dict[str, list[Any]] = {}
    for code, rows in _by_area(connection, tuple(known), evidence):
        shape, digits = [], []
        for row in rows:
            about = replace(usual[row.item], title=row.title or usual[row.item].title)
            if (row.item, about.title) not in items:
                # A figure of all schools, for instance, where the item is about secondary schools.
                items[row.item, about.title] = len(known)
                known.append(about)
            stem, digit = _split(_without_page(row.evidence, code, row.release))
            shape.append(
                (
                    items[row.item, about.title],
                    _number(words["periods"], row.period), _number(words["releases"], row.release),
                    _number(words["said"], row.said), _number(words["stems"], stem),
                    _number(words["wider"], row.wider), 2 * places.index(row.place) + row.synthetic,
                )
            )  # fmt: skip
            digits.append(digit)
        number = shapes.setdefault(json.dumps(shape, separators=(",", ":")), len(shapes))
        packed: list[Any] = [number, _values(row.count for row in rows), _values(row.rate for row in rows)]
        if any(digits):
            packed.append(_runs(digits))
        areas.setdefault(code, []).append(packed)
    return {
        "items": [
            [item.name, item.title, item.unit, _per(item.rate_unit), list(item.measures)] for item in known
        ],
        "places": places,
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

    Which page has a figure is a rule of `civic_assets.publish.site.evidence`; only the usual case is shortened.
    """
    usual = f"evidence/{release.replace(' ', '/')}/{code}.html#"
    return evidence.removeprefix(usual)


@dataclass(frozen=True, slots=True)
class Item:
    """What figures are about: an indicator, or a measure.

    Args:
        name: Name of the indicator or measure.
        title: What it is called.
        unit: Unit of the count.
        rate_unit: Unit of the rate, as in the read model; empty if there is none.
        measures: Measures that lead to it.
    """

    name: str
    title: str
    unit: str
    rate_unit: str
    measures: tuple[str, ...]


def _items(connection: DuckDBPyConnection) -> list[Item]:
    """Indicators in their order, then crimes as Table 2 has them, then all other measures."""
    rows = connection.execute(
        """SELECT i.indicator, i.title, coalesce(i.unit_of_count, ''), coalesce(i.unit_of_rate, ''), f.measures
        FROM harmonised.indicators i LEFT JOIN (
            SELECT indicator, list_sort(list_distinct(flatten(list(string_split(measure, '+'))))) AS measures
            FROM harmonised.indicator_figures WHERE role <> 'denominator' GROUP BY indicator
        ) f USING (indicator)
        ORDER BY i.position, i.indicator"""
    ).fetchall()
    known = {
        name: Item(name, title, unit, per, tuple(measures or ())) for name, title, unit, per, measures in rows
    }
    for measure, unit, per in connection.execute(OTHER_MEASURES).fetchall():
        known.setdefault(measure, Item(measure, title_of(measure), unit or "", per or "", (measure,)))
    return list(known.values())


def _per(unit: str) -> str:
    """The unit of a rate in words, as it follows the number: ` per 100,000 population`, `%`."""
    if unit in ("", "percent"):
        return "%" if unit else ""
    return " " + re.sub(r"[0-9](?=(?:[0-9]{3})+\b)", r"\g<0>,", unit.replace("_", " "))


def _by_area(
    connection: DuckDBPyConnection, known: Iterable[Item], evidence: str
) -> Iterator[tuple[str, list[Row]]]:
    """Figures of each area and statement, areas in the order of their codes."""
    units = {"units": [f"{item.name} {unit}" for item in known for unit in ("count", item.rate_unit) if unit]}
    for place, statement in STATEMENTS.items():
        wanted = units if "$units" in statement else None
        rows = connection.execute(statement.replace("{evidence}", evidence), wanted).fetchall()
        together: dict[str, list[Row]] = {}
        for (
            code,
            item,
            start,
            end,
            kind,
            release,
            said,
            count,
            rate,
            address,
            wider,
            synthetic,
            title,
        ) in rows:
            period = _period(start, end, kind)
            row = Row(
                item, period, release or "", sentence_start(said or ""), count, rate, address or "", wider or "",
                place, bool(synthetic), title or "",
            )  # fmt: skip
            together.setdefault(code, []).append(row)
        yield from together.items()


def _period(start: Any, end: Any, kind: str | None) -> str:
    if start is None:
        return ""
    return spoken(start, end, PeriodKind(kind), mid_year=True) if kind else spoken_days(start, end)
