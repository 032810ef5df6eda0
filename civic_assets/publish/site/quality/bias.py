"""The bias register in plain sentences: by measure for each source, and an overview of all.

Belongs here: grouping the rows and saying direction, size and limit of each in words. Does not belong here: the
register itself (`civic_assets.publish.bias`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from civic_assets.house_numbers.display import REPORT_BYTES_OF_A_PART
from civic_assets.publish.report.links import OURS, anchor, source_page
from civic_assets.publish.report.reading import Row
from civic_assets.publish.site import titles
from civic_assets.publish.site.quality.collected import Report
from civic_assets.publish.site.quality.page import TOP, Page, in_parts
from civic_assets.publish.site.quality.places import BIAS, part_of_source
from civic_assets.quality.framework.wording import figure

SUBJECT = "bias"
_SHARE = "share of "
# Bytes of a row without its texts, and of the heading of a measure.
_ROW, _HEADING = 420, 300
_COUNTED = ("fail", "not_evaluated", "pass")


def pages(report: Report) -> Iterator[Page]:
    """The overview, and the pages of each source; nothing if the read model has no register."""
    if not report.bias:
        return
    divided = {source: _parts(report, source, rows) for source, rows in report.bias.items()}
    yield _overview(report, divided)
    for source, parts in divided.items():
        yield from _of_source(report, source, parts)


def counts(rows: Sequence[Row]) -> Mapping[str, int]:
    """Number of rows by outcome: `fail` is a bias that was found."""
    counted = Counter(row["outcome"] for row in rows)
    return {outcome: counted[outcome] for outcome in _COUNTED}


def _parts(report: Report, source: str, rows: Sequence[Row]) -> list[tuple[str, list[tuple[str, list[Row]]]]]:
    """Pages of a source: address, and its measures with their rows."""
    groups: dict[str, list[Row]] = {}
    for row in rows:
        groups.setdefault(row["measure"] or "", []).append(row)
    measures = sorted(groups.items(), key=lambda item: (item[0] != "", title_of(item[0])))
    sizes = [_HEADING + sum(_ROW + _texts(row) for row in own) for _, own in measures]
    folder = source if source in report.facts.source_names else None
    subject = SUBJECT if folder else f"{SUBJECT}-{anchor('of', source)}"
    return [
        (part_of_source(folder or "", subject, number), measures[first:end])
        for number, (first, end) in enumerate(in_parts(sizes, REPORT_BYTES_OF_A_PART), start=1)
    ]


def _texts(row: Row) -> int:
    return sum(
        len(str(row[name] or "").encode())
        for name in ("verdict", "affected", "would_evaluate", "threshold_origin")
    )


def title_of(measure: str) -> str:
    """Heading of a measure; without one the rows are about the whole source."""
    return titles.title_of(measure) if measure else "The source as a whole"


def _of_source(
    report: Report, source: str, parts: Sequence[tuple[str, Sequence[tuple[str, Sequence[Row]]]]]
) -> Iterator[Page]:
    above = (source, source_page(source)) if source in report.facts.source_names else ("Derived tables", OURS)
    rows = report.bias[source]
    for number, (address, measures) in enumerate(parts, start=1):
        shown = [row for _, own in measures for row in own]
        title = f"Bias in {source}" + (f", page {number}" if len(parts) > 1 else "")
        yield Page(
            address,
            title,
            "bias.html.j2",
            {
                "source": source,
                "counts": counts(rows),
                "kinds": _kinds(rows),
                "addresses_of_parts": [
                    (one, title_of(own[0][0]), title_of(own[-1][0])) for one, own in parts if own
                ],
                "measures": [
                    {
                        "anchor": anchor("measure", measure or "all"),
                        "title": title_of(measure),
                        "counts": counts(own),
                        "rows": [{**row, **_in_words(row)} for row in own],
                    }
                    for measure, own in measures
                ],
                "indicators": _indicators(shown),
            },
            (*TOP, ("Bias", BIAS), above),
            report.is_synthetic(source if source in report.facts.source_names else None),
        )


def _kinds(rows: Sequence[Row]) -> list[tuple[str, Mapping[str, int]]]:
    """Rows by kind of bias."""
    kinds = sorted({row["bias"] for row in rows})
    return [(kind, counts([row for row in rows if row["bias"] == kind])) for kind in kinds]


def _indicators(rows: Sequence[Row]) -> list[Row]:
    """What each indicator is about and cannot show, once for all its rows."""
    found: dict[tuple[str, str], Row] = {}
    for row in rows:
        found.setdefault((row["bias"], row["indicator"]), row)
    return [
        {
            name: row[name]
            for name in ("bias", "indicator", "check_id", "could_be_wrong", "cannot_tell", "method")
        }
        for _, row in sorted(found.items())
    ]


def _in_words(row: Row) -> Mapping[str, str]:
    """Direction and size, and the limit, as sentences; empty if the register says nothing."""
    return {"size": _size(row), "limit": _limit(row)}


def _size(row: Row) -> str:
    """How wrong a figure would be.

    Example: `The published figures would be too low: the true ones differ by 0% to 31% of the figure.`
    """
    direction = row["direction"]
    if row["outcome"] != "fail" or not direction:
        return ""
    said = {
        "not known": "In which direction the figures would be wrong is not known",
        "either way": "The figures could be wrong either way",
    }.get(direction, f"The published figures would be {direction}")
    low, high, unit = row["low"], row["high"], row["size_unit"] or ""
    if low is None and high is None:
        return f"{said}."
    ends = [_end(end, unit) for end in (low, high) if end is not None]
    between = ends[0] if len(set(ends)) == 1 else " to ".join(ends)
    what = f" of {unit.removeprefix(_SHARE)}" if unit.startswith(_SHARE) else f" {unit}" if unit else ""
    return f"{said}: the true figure less the published one is {between}{what}."


def _end(value: float, unit: str) -> str:
    if unit.startswith(_SHARE):
        return f"{100 * value:.1f}%".replace("-", "\N{MINUS SIGN}")
    return figure(value).replace("-", "\N{MINUS SIGN}")


def _limit(row: Row) -> str:
    if row["threshold"] is None:
        return ""
    because = f": {row['threshold_because']}" if row["threshold_because"] else ""
    origin = f" ({row['threshold_origin']}{because})" if row["threshold_origin"] else ""
    return f"Limit: {figure(float(row['threshold']))}{origin}."


def _overview(
    report: Report, divided: Mapping[str, Sequence[tuple[str, Sequence[tuple[str, Sequence[Row]]]]]]
) -> Page:
    kinds = sorted({row["bias"] for rows in report.bias.values() for row in rows})
    measures: dict[str, list[tuple[str, str, Mapping[str, int]]]] = {}
    for source, parts in divided.items():
        for address, own in parts:
            for measure, rows in own:
                place = f"{address}#{anchor('measure', measure or 'all')}"
                measures.setdefault(measure, []).append((source, place, counts(rows)))
    return Page(
        BIAS,
        "Bias",
        "bias_overview.html.j2",
        {
            "kinds": kinds,
            "sources": [
                (
                    source,
                    divided[source][0][0],
                    [counts([row for row in rows if row["bias"] == kind]) for kind in kinds],
                    counts(rows),
                )
                for source, rows in report.bias.items()
            ],
            "measures": [
                (title_of(measure), of_sources)
                for measure, of_sources in sorted(measures.items(), key=lambda item: (item[0] == "", item[0]))
            ],
        },
        synthetic=bool(report.synthetic),
    )


def register_row(report: Report, source: str) -> Mapping[str, Any] | None:
    """What the page of a source says of its bias register; None if it has none."""
    rows = report.bias.get(source)
    if not rows:
        return None
    folder = source if source in report.facts.source_names else ""
    subject = SUBJECT if folder else f"{SUBJECT}-{anchor('of', source)}"
    counted = counts(rows)
    return {
        "table": "bias_register",
        "title": "Bias",
        "page": part_of_source(folder, subject),
        "total": len(rows),
        "said": f"{counted['fail']:,} of {len(rows):,} indicators found something that could mislead a reader; "
        f"{counted['not_evaluated']:,} could not be evaluated.",
    }
