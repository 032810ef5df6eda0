"""Charts of a page: each indicator over time, with its table, breaks, revisions and what may be said of it.

Belongs here: rows of the read model as histories. Does not belong here: drawing (`civic_assets.publish.site.charts`)
and the SQL that finds them (`histories_tables`).

Whether a change is named follows from `harmonised.indicator_baseline` alone: its verdict, or why there is none.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from markupsafe import Markup

from civic_assets.house_numbers.statistics import FEWEST_AREAS_OF_A_KIND
from civic_assets.publish.site.addresses import anchor
from civic_assets.publish.site.areas.blocks import Row
from civic_assets.publish.site.areas.figures import Figures, shown, units
from civic_assets.publish.site.areas.period_names import period_name
from civic_assets.publish.site.areas.which_areas import kinds_words
from civic_assets.publish.site.areas.wording import plain_reason
from civic_assets.publish.site.charts.described import legend, mark_words
from civic_assets.publish.site.charts.history import History, Mark, Point
from civic_assets.publish.site.charts.timeline import SMALL, WIDE, drawn
from civic_assets.publish.site.glossary.vocabulary import status_words
from civic_assets.publish.site.titles import title_of

_COLUMNS = (
    "indicator", "period_start", "period_end", "value", "unit", "status", "count", "denominator",
    "band_lower_quartile", "band_upper_quartile", "band_areas", "comparable_with_latest", "source", "release",
    "locators", "synthetic",
)  # fmt: skip


def charts(
    area: Row,
    points: Sequence[Row],
    marks: Sequence[Row],
    baselines: Mapping[str, Row],
    crime_order: Sequence[str],
    figures: Figures,
) -> tuple[Sequence[Mapping[str, Any]], Sequence[Mapping[str, Any]]]:
    """Charts of indicators and of groups of recorded crime, in the order of their tables.

    Args:
        area: Row of the area.
        points: Rows of the block `points`.
        marks: Rows of the block `marks`.
        baselines: Rows of `harmonised.indicator_baseline` by indicator.
        crime_order: Groups of offences in the order of their table.
        figures: Figures of the page.
    """
    by_indicator: dict[str, list[Row]] = {}
    for row in sorted(points, key=lambda row: (row["period_end"], row["period_start"])):
        by_indicator.setdefault(row["indicator"], []).append(row)
    breaks: dict[str, list[Row]] = {}
    for row in sorted(marks, key=lambda row: (row["date_from"], row["break_id"])):
        breaks.setdefault(row["indicator"], []).append(row)
    profile: list[Mapping[str, Any]] = []
    crime: list[Mapping[str, Any]] = []
    small = {name for name in by_indicator if name not in baselines or baselines[name]["position"] is None}
    shared = _letters([row for name in small for row in breaks.get(name, ())])
    for indicator, rows in by_indicator.items():
        own = breaks.get(indicator, ())
        letters = shared if indicator in small else _letters(own)
        made = _chart(
            area, indicator, rows, own, letters, baselines.get(indicator), figures, small=indicator in small
        )
        (crime if indicator in small else profile).append(made)
    profile.sort(key=lambda one: one["position"])
    order = {measure: number for number, measure in enumerate(crime_order)}
    crime.sort(key=lambda one: (order.get(one["indicator"], len(order)), one["indicator"]))
    return profile, crime


def _letters(breaks: Sequence[Row]) -> Mapping[str, str]:
    """Letters of breaks, in the order of their days."""
    found = dict.fromkeys((row["date_from"], row["break_id"]) for row in breaks)
    return {name: _letter(number) for number, (_, name) in enumerate(sorted(found))}


def _letter(number: int) -> str:
    """A, B, ... Z, AA, AB, ..."""
    return (_letter(number // 26 - 1) if number >= 26 else "") + chr(ord("A") + number % 26)


def shared_marks(crime: Sequence[Mapping[str, Any]]) -> Sequence[tuple[str, str]]:
    """Breaks of the small charts, which have one set of letters, each explained once."""
    found = dict(mark for chart in crime for mark in chart["marks"])
    return sorted(found.items(), key=lambda mark: (len(mark[0]), mark[0]))


def _chart(
    area: Row,
    indicator: str,
    rows: Sequence[Row],
    breaks: Sequence[Row],
    letters: Mapping[str, str],
    baseline: Row | None,
    figures: Figures,
    *,
    small: bool,
) -> Mapping[str, Any]:
    rates = bool(rows[-1]["rate_first"])
    unit = _unit(rows, baseline, rates=rates)
    title = baseline["title"] if baseline is not None and not small else title_of(indicator)
    banded = [row for row in rows if row["low"] is not None] if rates else []
    history = History(
        name=anchor("chart", indicator),
        title=f"{title}, {area['area_name']}",
        unit=unit,
        points=[_point(row, rates=rates) for row in rows],
        marks=[
            Mark(letters[row["break_id"]], row["date_from"], row["date_to"], row["effect"], row["forbids"])
            for row in breaks
        ],
        band_of=_band_of(banded),
        synthetic=any(row["synthetic"] for row in rows),
    )
    return {
        "indicator": indicator,
        "anchor": anchor("indicator", indicator),
        "position": baseline["position"] if baseline is not None else None,
        "title": title,
        "unit": unit,
        "definition": (baseline["definition"] or "") if baseline is not None and not small else "",
        "svg": Markup(drawn(history, SMALL if small else WIDE)),
        "legend": legend(history),
        "no_band": "" if banded or small else _no_band(rates=rates),
        "marks": [(mark.letter, mark_words(mark)) for mark in history.marks],
        "verdict": _verdict(baseline, rates=rates),
        "no_verdict": (baseline["why_no_verdict"] or "") if baseline is not None else "",
        "reasons": [plain_reason(one) for one in baseline["comparison_reasons"] or []]
        if baseline is not None
        else [],
        "forbidden": ", ".join(mark.letter for mark in history.marks if mark.forbids),
        "gaps": [f"{a.period} and {b.period}" for a, b in history.gaps],
        "rates": rates,
        "rows": [
            _row(row, point, figures, rates=rates) for row, point in zip(rows, history.points, strict=True)
        ],
        "has_counts": rates and any(row["count"] is not None for row in rows),
        "has_band": bool(banded),
        "has_earlier": any(point.revised for point in history.points),
        "synthetic": history.synthetic,
        "latest": history.points[-1].period,
    }


def _unit(rows: Sequence[Row], baseline: Row | None, *, rates: bool) -> str:
    if not rates:
        return (baseline["unit_of_count"] if baseline is not None else None) or "offences"
    unit = (
        rows[-1]["unit"]
        if rows[-1]["role"] == "rate"
        else baseline["unit_of_rate"]
        if baseline is not None
        else ""
    )
    return "percent" if unit == "percent" else units(unit)


def _band_of(banded: Sequence[Row]) -> str:
    if not banded:
        return ""
    numbers = [row["band_areas"] for row in banded]
    least, most = min(numbers), max(numbers)
    return f"{least if least == most else f'{least} to {most}'} {kinds_words(banded[0]['kind'])}"


def _no_band(*, rates: bool) -> str:
    if not rates:
        return "There is no band of other areas: counts depend on the size of an area."
    return f"There is no band of other areas: fewer than {FEWEST_AREAS_OF_A_KIND} areas of this kind have a figure."


def _point(row: Row, *, rates: bool) -> Point:
    value = row["rate"] if rates else row["count"]
    if row["quality"] == "withheld" or not row["usable"]:
        value = None
    same = row["role"] == ("rate" if rates else "count")
    earlier = row["earlier"] or []
    return Point(
        start=row["period_start"],
        end=row["period_end"],
        period=period_name(row["period_start"], row["period_end"]),
        value=value,
        shown=shown(value) if value is not None else _absent(row),
        comparable=row["comparable"],
        low=row["low"] if rates else None,
        high=row["high"] if rates else None,
        low_shown=shown(row["low"]) if rates and row["low"] is not None else "",
        high_shown=shown(row["high"]) if rates and row["high"] is not None else "",
        earlier=tuple(dict.fromkeys(one["value"] for one in earlier)) if same and value is not None else (),
        revised=", ".join(f"{shown(one['value'])} in {one['release']}" for one in earlier),
        origin=f"{row['source']} {row['measure']} {row['breakdown']}",
    )


def _absent(row: Row) -> str:
    if row["quality"] in ("withheld", "disputed"):
        return status_words(row["quality"])
    return status_words(row["status"]) or "no figure"


def _verdict(baseline: Row | None, *, rates: bool) -> str:
    """The sentence on a change, if `indicator_baseline` has a verdict; empty otherwise."""
    if baseline is None or baseline["verdict"] is None:
        return ""
    before = period_name(baseline["baseline_period_start"], baseline["baseline_period_end"])
    now = period_name(baseline["latest_period_start"], baseline["latest_period_end"])
    kind = "rate" if rates else "count"
    values = baseline[f"latest_{kind}"], baseline[f"baseline_{kind}"]
    said = {"higher": "higher than", "lower": "lower than"}.get(
        baseline["verdict"], "not clearly different from"
    )
    numbers = f" ({shown(values[0])} and {shown(values[1])})" if None not in values else ""
    interval = (
        f" The ratio is {shown(baseline['ratio'])}, with a 95% interval from {shown(baseline['ratio_lower'])} to "
        f"{shown(baseline['ratio_upper'])}."
        if baseline["ratio"] is not None and baseline["ratio_lower"] is not None
        else ""
    )
    why = baseline["baseline_reason"] or ""
    return f"{now[:1].upper()}{now[1:]} is {said} {before}{numbers}.{interval} {why}".strip()


def _row(row: Row, point: Point, figures: Figures, *, rates: bool) -> Mapping[str, Any]:
    cells = (row["source"], row["release"], row["area_code"], row["locators"])
    base = (
        row["denominator_source"],
        row["denominator_release"],
        row["area_code"],
        row["denominator_locators"],
    )
    printed_rate = row["role"] == "rate"
    value = point.value if point.value is not None else row["printed"]
    # A rate made here is made of the count and the denominator, which have their own cells.
    own = cells if not rates or printed_rate or point.value is None else None
    main = figures.number(value, own, status=row["status"], quality=row["quality"])
    return {
        "period": point.period,
        "main": main,
        "count": None
        if row["count"] is None or not rates
        else figures.number(row["count"], None if printed_rate else cells),
        "base": None if row["denominator"] is None else figures.number(row["denominator"], base),
        "band": "" if not point.low_shown else f"{point.low_shown} to {point.high_shown}",
        "areas": row["band_areas"],
        "earlier": [
            (
                figures.number(
                    one["value"], (row["source"], one["release"], row["area_code"], one["locators"])
                ),
                one["release"],
            )
            for one in row["earlier"] or []
        ],
        "source": row["source"],
        "release": row["release"],
        "comparable": row["comparable"],
    }


def as_csv(points: Sequence[Row], baselines: Mapping[str, Row]) -> str:
    """The data of all charts of a page as CSV; every figure in full, dates as the first and the last day."""
    from datetime import timedelta

    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for row in sorted(points, key=lambda row: (row["indicator"], row["period_end"], row["period_start"])):
        baseline = baselines.get(row["indicator"])
        rates = bool(row["rate_first"])
        point = _point(row, rates=rates)
        writer.writerow(
            [
                row["indicator"], row["period_start"], row["period_end"] - timedelta(days=1), point.value,
                _unit([row], baseline, rates=rates), "" if point.value is not None else point.shown, row["count"],
                row["denominator"], point.low, point.high, row["band_areas"] if point.low is not None else None,
                "yes" if row["comparable"] else "no", row["source"], row["release"],
                no_formula(" ".join(row["locators"] or [])),
                "yes" if row["synthetic"] else "no",
            ]
        )  # fmt: skip
    return out.getvalue()


def no_formula(text: str) -> str:
    """A text that no spreadsheet takes for a formula, as a publisher's name of a sheet could begin with `=`."""
    return f"'{text}" if text.startswith(("=", "+", "-", "@", "\t")) else text
