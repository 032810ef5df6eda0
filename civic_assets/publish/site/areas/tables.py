"""The table of indicators, and that of all other newest figures.

Belongs here: rows of the read model as rows of a table, with every caveat next to the figures that it concerns. Does
not belong here: recorded crime (`crime`), HTML of single figures (`figures`) and of tables (templates), and series over
time (`histories`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup

from civic_assets.house_numbers.statistics import FEWEST_EVENTS
from civic_assets.publish.report.words import day
from civic_assets.publish.site.areas.blocks import Row
from civic_assets.publish.site.areas.figures import Figures, units
from civic_assets.publish.site.areas.period_names import period_name
from civic_assets.publish.site.areas.wording import interval
from civic_assets.publish.site.titles import title_of

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
            "count": figures.number(
                row["wider_count"], cells, quality=row["wider_quality"], unit=row["unit_of_count"]
            )
            if of_count and row["wider_count"] is not None
            else None,
            "rate": None
            if row["wider_rate"] is None
            else figures.number(
                row["wider_rate"], None if of_count else cells, quality=row["wider_quality"], unit=unit
            ),
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
        "interval": interval(row["count_lower"], row["count_upper"]),
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
    if row[f"{name}_role"] == "rate" or count is None:
        return figures.number(rate, cells)
    # The cells are those of the number, and a link from the rate would lead to another number than it says.
    return Markup('{}<span class="made-here">made here from {}</span>').format(
        figures.number(rate), figures.number(count, cells)
    )


def _source(row: Row) -> Source | None:
    name = row["count_source"] or row["rate_source"] or row["source"] or row["wider_source"]
    release = row["count_release"] or row["rate_release"] or row["release"] or row["wider_release"]
    if not name:
        return None
    how = {"expected": "expected ", "received": "received "}.get(row["available_from_basis"] or "", "")
    return Source(name, release, f"{how}{day(row['available_from'])}" if row["available_from"] else "")


def newest(rows: Sequence[Row], figures: Figures) -> Sequence[tuple[str, Sequence[Mapping[str, Any]]]]:
    """Newest figures of an area by source, in the order of their names.

    Counts and rates of a measure in one period are in one row. Groups of offences are in the order of their table, and
    no rate of fewer than `FEWEST_EVENTS` offences is shown. The first row of each source and measure has an anchor.
    """
    found: dict[str, dict[tuple[Any, ...], dict[str, Any]]] = {}
    last = max((row["position"] for row in rows if row["position"] is not None), default=0) + 1
    for row in sorted(
        rows, key=lambda row: (row["source"], row["position"] or last, row["measure"], row["unit"])
    ):
        cells = (row["source"], row["release"], row["figure_area_code"], [row["locator"]])
        number = figures.number(row["value"], cells, status=row["status"], quality=row["quality"])
        key = (
            row["position"] or last,
            row["measure"],
            row["period_start"],
            row["period_end"],
            row["release"],
        )
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
            line["few"] |= (
                row["value"] is not None and row["value"] < FEWEST_EVENTS and row["position"] is not None
            )
        else:
            line["rates"].append((number, units(row["unit"])))
    for source, lines in found.items():
        anchored: set[str] = set()
        for line in lines.values():
            if line["few"]:
                line["rates"] = []
            line["anchor"] = "" if line["measure"] in anchored else f"newest-{source}-{line['measure']}"
            anchored.add(line["measure"])
    return [(source, list(lines.values())) for source, lines in found.items()]
