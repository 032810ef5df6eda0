"""The tables of a page: indicators, recorded crime, newest figures, and the crime of a ward.

Belongs here: rows of the read model as rows of a table, with every caveat next to the figures that it concerns. Does not
belong here: HTML of single figures (`figures`), of tables (templates), and series over time (`histories`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from markupsafe import Markup

from civic_assets.house_numbers.statistics import FEWEST_EVENTS
from civic_assets.publish.report.words import day
from civic_assets.publish.site.areas.blocks import Row
from civic_assets.publish.site.areas.figures import Figures, units
from civic_assets.publish.site.areas.period_names import period_name
from civic_assets.quality.framework.wording import figure
from civic_assets.values.plain_words import measure_words

LONDON, ENGLAND = "E12000007", "E92000001"


@dataclass(frozen=True, slots=True)
class Source:
    """Where a figure is from.

    Args:
        source: Name of the source.
        release: Its release.
        out: Day from which it was available, in words.
    """

    source: str
    release: str
    out: str = ""


def title_of(measure: str) -> str:
    """A measure as a heading: `Theft from the person`."""
    words = measure_words(measure)
    return words[:1].upper() + words[1:]


def indicators(rows: Sequence[Row], figures: Figures) -> Sequence[Mapping[str, Any]]:
    """Rows of the table of indicators, in the order of the report."""
    return [_indicator(row, figures) for row in sorted(rows, key=lambda row: row["position"])]


def _indicator(row: Row, figures: Figures) -> Mapping[str, Any]:
    area, unit = row["figure_area_code"], units(row["unit_of_rate"])
    count = (row["count_source"], row["count_release"], area, row["count_locators"])
    base = (row["denominator_source"], row["denominator_release"], area, row["denominator_locators"])
    published = row["rate_basis"] == "published"
    rate = (row["rate_source"], row["rate_release"], area, row["rate_locators"]) if published else None
    wider = None
    if row["wider_area_code"]:
        cells = (row["wider_source"], row["wider_release"], row["wider_area_code"], row["wider_locators"])
        drawn = row["wider_rate"] if row["wider_rate"] is not None else row["wider_count"]
        of_count = row["wider_rate"] is None or row["wider_count"] is not None
        wider = {
            "code": row["wider_area_code"],
            "name": row["wider_area_name"],
            "count": figures.number(row["wider_count"], cells, quality=row["wider_quality"], unit=row["unit_of_count"])
            if of_count and row["wider_count"] is not None
            else None,
            "rate": None
            if row["wider_rate"] is None
            else figures.number(row["wider_rate"], None if of_count else cells, quality=row["wider_quality"], unit=unit),
            "none": drawn is None,
        }
    return {
        "indicator": row["indicator"],
        "title": row["title"],
        "definition": row["definition"],
        "unit": unit,
        "rate": _number_or_none(row, row["rate"], rate, figures),
        "made_here": row["rate"] is not None and not published,
        "london": _beside(row, "london", LONDON, figures),
        "england": _beside(row, "england", ENGLAND, figures),
        "count": None
        if row["count"] is None
        else figures.number(row["count"], count, quality=row["quality"], unit=row["unit_of_count"]),
        "interval": _interval(row["count_lower"], row["count_upper"]),
        "denominator": None if row["denominator"] is None else figures.number(row["denominator"], base),
        "denominator_named": row["denominator_named"] or row["denominator_of"] or "",
        "period": period_name(row["period_start"], row["period_end"]) if row["period_start"] else "",
        "source": _source(row),
        "wider": wider,
        "reason": row["reason"] or "",
        "difference": row["rate_difference"] or "",
        "caveats": row["caveats"] or [],
        "notes": row["publisher_notes"] or [],
        "synthetic": row["synthetic"],
    }


def _number_or_none(row: Row, value: float | None, cells: Any, figures: Figures) -> Markup | None:
    """The rate of an area; None if the count or a wider area is shown instead, the status if one replaces it."""
    if value is None and not row["status"]:
        return None
    return figures.number(value, cells, status=row["status"], quality=row["quality"])


def _beside(row: Row, name: str, code: str, figures: Figures) -> Markup | None:
    rate, count = row[f"{name}_rate"], row[f"{name}_count"]
    if rate is None and count is None:
        return None
    cells = (row[f"{name}_source"], row[f"{name}_release"], code, row[f"{name}_locators"])
    if rate is None:
        return figures.number(count, cells, unit=row["unit_of_count"])
    if not cells[3]:
        return figures.number(rate)
    return figures.number(rate, cells)


def _interval(lower: float | None, upper: float | None) -> str:
    """An interval around a count; its ends are read as whole numbers, small ones with a decimal."""
    if lower is None or upper is None:
        return ""
    decimals = 0 if upper >= FEWEST_EVENTS else 1
    return f"95% interval {figure(lower, decimals=decimals)} to {figure(upper, decimals=decimals)}"


def _source(row: Row) -> Source | None:
    name = row["count_source"] or row["rate_source"] or row["source"] or row["wider_source"]
    release = row["count_release"] or row["rate_release"] or row["release"] or row["wider_release"]
    if not name:
        return None
    how = {"expected": "expected ", "received": "received "}.get(row["available_from_basis"] or "", "")
    return Source(name, release, f"{how}{day(row['available_from'])}" if row["available_from"] else "")


def crime(rows: Sequence[Row], baselines: Mapping[str, Row], figures: Figures) -> Mapping[str, Any] | None:
    """The table of recorded crime: one row for each group of offences, one column for each year.

    A caveat or note about every figure of a year is given once, above the table; any other next to its row.

    Args:
        rows: Rows of `harmonised.crime_table`.
        baselines: Rows of `harmonised.indicator_baseline` by indicator.
        figures: Figures of the page.
    """
    if not rows:
        return None
    years = sorted({(row["period_start"], row["period_end"]) for row in rows}, key=lambda year: year[1])
    by_measure: dict[tuple[int, str], dict[Any, Row]] = {}
    for row in rows:
        by_measure.setdefault((row["position"], row["measure"]), {})[row["period_start"], row["period_end"]] = row
    whole = {year: _of_all([row for row in rows if (row["period_start"], row["period_end"]) == year], "caveats") for year in years}
    notes = _of_all(rows, "publisher_notes")
    newest = years[-1]
    parents = {row["measure"]: row["part_of"] for row in rows}
    lines = []
    for (_, measure), by_year in sorted(by_measure.items()):
        latest = by_year.get(newest)
        lines.append(
            {
                "measure": measure,
                "title": title_of(measure),
                "depth": _depth(measure, parents),
                "cells": [_crime_cell(by_year.get(year), figures) for year in years],
                "rate": None if latest is None else _crime_rate(latest, figures),
                "caveats": _by_sentence({year: [
                    one for one in by_year[year]["caveats"] or [] if one not in whole[year]
                ] for year in years if year in by_year}),
                "notes": list(dict.fromkeys(
                    one for row in by_year.values() for one in row["publisher_notes"] or [] if one not in notes)),
                "not_allowed": _not_allowed(baselines.get(measure)),
            }
        )  # fmt: skip
    some = rows[0]
    return {
        "years": [(period_name(*year), whole[year]) for year in years],
        "lines": lines,
        "unit_of_rate": units(some["unit_of_rate"]),
        "rate_year": period_name(*newest),
        "notes": notes,
        "sources": sorted({(row["source"], row["release"]) for row in rows if row["source"]}),
        "basis": sorted({row["basis"] for row in rows}),
        "synthetic": any(row["synthetic"] for row in rows),
    }


def _depth(measure: str, parents: Mapping[str, str | None]) -> int:
    """How many groups a group of offences lies in."""
    depth, above = 0, parents.get(measure)
    while above is not None and depth < len(parents):
        depth, above = depth + 1, parents.get(above)
    return depth


def _of_all(rows: Sequence[Row], column: str) -> list[str]:
    """Sentences that all rows have."""
    found = [list(dict.fromkeys(row[column] or [])) for row in rows]
    return [one for one in found[0] if all(one in others for others in found)] if found else []


def _by_sentence(found: Mapping[tuple[date, date], Sequence[str]]) -> list[tuple[str, str]]:
    """Sentences with the periods that they concern; each once."""
    periods: dict[str, list[str]] = {}
    for year, sentences in found.items():
        for sentence in sentences:
            periods.setdefault(sentence, []).append(period_name(*year))
    return [
        (" and ".join(years) if len(years) < len(found) else "", sentence) for sentence, years in periods.items()
    ]


def _crime_cell(row: Row | None, figures: Figures) -> Markup:
    if row is None:
        return Markup('<span class="absent">no figure</span>')
    cells = (row["source"], row["release"], row["area_code"], row["locators"] or [row["locator"]])
    if row["value"] is None and row["value_at_least"] is not None and row["value_at_most"] is not None:
        return Markup("between {} and {}").format(
            figures.number(row["value_at_least"]), figures.number(row["value_at_most"])
        )
    return figures.number(row["value"], cells, status=row["status"], quality=row["quality"])


def _crime_rate(row: Row, figures: Figures) -> Markup | None:
    if row["rate"] is None:
        return None
    locators = [row["rate_locator"]] if row["rate_locator"] else None
    return figures.number(row["rate"], (row["source"], row["release"], row["area_code"], locators))


def _not_allowed(baseline: Row | None) -> str:
    """Why the years may not be compared; empty if they may."""
    if baseline is None or baseline["comparison_allowed"] is not False:
        return ""
    reasons = baseline["comparison_reasons"] or [baseline["why_no_verdict"] or ""]
    return f"The years may not be compared. {plain_reason(reasons[0])}"


def plain_reason(reason: str) -> str:
    """A reason of `compare` without the id of its break and the reference, which the page of breaks has.

    Example:
        >>> plain_reason("Break a-2023, 1 May 2023 (not verified): counting changed. Reference: rules (unverified).")
        '1 May 2023 (not verified): counting changed.'
    """
    words = re.sub(r"^Break [^,:]+, ", "", reason)
    return re.sub(r"(?<=\.) Reference: .*$", "", words, flags=re.DOTALL)


def newest(rows: Sequence[Row], figures: Figures) -> Sequence[tuple[str, Sequence[Mapping[str, Any]]]]:
    """Newest figures of an area by source, in the order of their names.

    Counts and rates of a measure in one period are in one row. Groups of offences are in the order of their table, and
    no rate of fewer than `FEWEST_EVENTS` offences is shown.
    """
    found: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
    last = max((row["position"] for row in rows if row["position"] is not None), default=0) + 1
    for row in sorted(rows, key=lambda row: (row["source"], row["position"] or last, row["measure"], row["unit"])):
        cells = (row["source"], row["release"], row["figure_area_code"], [row["locator"]])
        number = figures.number(row["value"], cells, status=row["status"], quality=row["quality"])
        key = (row["position"] or last, row["measure"], row["period_start"], row["period_end"], row["release"])
        line = found.setdefault(row["source"], {}).setdefault(
            key,
            {
                "measure": row["measure"],
                "title": title_of(row["measure"]),
                "counts": [],
                "rates": [],
                "few": False,
                "period": period_name(row["period_start"], row["period_end"]),
                "release": row["release"],
                "synthetic": row["synthetic"],
            },
        )
        if row["unit"] == "count":
            line["counts"].append(number)
            line["few"] |= row["value"] is not None and row["value"] < FEWEST_EVENTS and row["position"] is not None
        else:
            line["rates"].append((number, units(row["unit"])))
    for lines in found.values():
        for line in lines.values():
            if line["few"]:
                line["rates"] = []
    return [(source, list(lines.values())) for source, lines in found.items()]


def ward(rows: Sequence[Row], page: str, figures: Figures) -> Mapping[str, Any] | None:
    """The table of recorded crime of a ward."""
    if not rows:
        return None
    first = rows[0]
    whole = {name: _same(rows, name) for name in ("because", "reason")}
    parents = {row["measure"]: row["part_of"] for row in rows}
    lines = [
        {
            "measure": row["measure"],
            "title": title_of(row["measure"]),
            "depth": _depth(row["measure"], parents),
            "count": figures.number(row["value"]),
            "interval": _interval(row["value_lower"], row["value_upper"]),
            "rate": None if row["rate"] is None else figures.number(row["rate"]),
            "because": "" if whole["because"] else row["because"] or "",
            "reason": "" if whole["reason"] else row["reason"] or "",
            "missing": row["n_without_value"],
            "n_figures": row["n_figures"],
        }
        for row in sorted(rows, key=lambda row: row["position"])
    ]
    return {
        "lines": lines,
        "period": period_name(first["period_start"], first["period_end"]),
        "source": first["source"],
        "release": first["release"],
        "href": figures.link(first["source"], first["release"], page, ""),
        "because": whole["because"],
        "reason": whole["reason"],
        "rates": any(row["rate"] is not None for row in rows),
        "unit_of_rate": units(first["unit_of_rate"] or ""),
        "synthetic": any(row["synthetic"] for row in rows),
    }


def _same(rows: Sequence[Row], column: str) -> str:
    """What all rows have in a column; empty if they differ."""
    found = {row[column] for row in rows}
    return (found.pop() or "") if len(found) == 1 else ""
