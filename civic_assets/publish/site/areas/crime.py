"""Tables of recorded crime: that of an authority, and that of a ward.

Belongs here: rows of the read model as rows of these tables, with every caveat next to the figures that it concerns.
Does not belong here: other tables (`tables`), and offences over time (`histories`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from markupsafe import Markup

from civic_assets.publish.site.areas.blocks import Row
from civic_assets.publish.site.areas.figures import Figures, units
from civic_assets.publish.site.areas.period_names import period_name
from civic_assets.publish.site.areas.wording import interval, plain_reason
from civic_assets.publish.site.titles import title_of


def table(rows: Sequence[Row], baselines: Mapping[str, Row], figures: Figures) -> Mapping[str, Any] | None:
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
        by_measure.setdefault((row["position"], row["measure"]), {})[
            row["period_start"], row["period_end"]
        ] = row
    whole = {
        year: _of_all([row for row in rows if (row["period_start"], row["period_end"]) == year], "caveats")
        for year in years
    }
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
        (" and ".join(years) if len(years) < len(found) else "", sentence)
        for sentence, years in periods.items()
    ]


def _crime_cell(row: Row | None, figures: Figures) -> Markup:
    if row is None:
        return Markup('<span class="absent">no figure</span>')
    cells = (row["source"], row["release"], row["area_code"], row["locators"] or [row["locator"]])
    if row["value"] is None and row["value_at_least"] is not None and row["value_at_most"] is not None:
        # The cells have the larger number, that of everything that the area may have a part of.
        return Markup("between {} and {}").format(
            figures.number(row["value_at_least"]), figures.number(row["value_at_most"], cells)
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
            "interval": interval(row["value_lower"], row["value_upper"]),
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
