"""Known breaks in what is recorded and counted (H-11), within the time that is held.

Belongs here: the indicator, and the temporary table `bias_breaks`. Does not belong here: breaks themselves
(`data_contracts/breaks.yaml`), changes of level that are not in that register (H-12, in `verdicts`), and how completely
a force records (`inspections`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.comparability.breaks import breaks
from civic_assets.publish.bias.indicator import BiasFacts, Indicator

if TYPE_CHECKING:
    from civic_assets.harmonise.comparability.breaks import Break


def prepare(facts: BiasFacts) -> Sequence[Indicator]:
    """Create the temporary table `bias_breaks`."""
    facts.table(
        "bias_breaks",
        "source VARCHAR, measure VARCHAR, break_id VARCHAR, action VARCHAR, date_from DATE",
        _inside(facts),
    )
    return (
        Indicator(
            "known_breaks", "reporting", "H-11", "",
            "A change of what is counted, or of how it is recorded, is read as a change of what happened.",
            "length of comparable series and documented breaks (indicator CC2 of the European Statistical System)",
            "It does not show how large a break is, or breaks that are not in the register.",
            _BREAK_ROWS,
        ),
    )  # fmt: skip


def _inside(facts: BiasFacts) -> Iterator[dict[str, Any]]:
    """Breaks of the register within the periods held for a measure."""
    held = facts.connection.execute(
        """SELECT n.source, n.measure, n.first_start, n.last_end, list(DISTINCT p.release) AS releases,
            list_concat(list(DISTINCT p.area_code), list(DISTINCT p.parent_code)) AS areas
        FROM bias_newest n JOIN bias_panel p USING (source, measure) GROUP BY ALL ORDER BY ALL"""
    ).fetchall()
    breakdowns: dict[tuple[str, str], set[str]] = defaultdict(set)
    for source, measure, breakdown, unit in facts.connection.execute(
        "SELECT DISTINCT source, measure, breakdown, unit FROM catalogue.printed_classes ORDER BY ALL"
    ).fetchall():
        breakdowns[source, measure].add(f"{breakdown}\x00{unit}")
    by_source: Mapping[str | None, list[Break]] = defaultdict(list)
    for entry in breaks():
        by_source[entry.source].append(entry)
    for source, measure, first, last, releases, areas in held:
        for entry in (*by_source[source], *by_source[None]):
            # The areas come last: a measure has thousands.
            if (
                _stands_within(entry, source, first, last, releases)
                and any(
                    entry.is_about(source, measure, breakdown=breakdown, unit=unit)
                    for breakdown, unit in (
                        text.split("\x00") for text in sorted(breakdowns[source, measure])
                    )
                )
                and (entry.areas is None or any(entry.covers(code) for code in areas if code))
            ):
                yield {
                    "source": source, "measure": measure, "break_id": entry.id, "action": entry.action,
                    "date_from": entry.date_from,
                }  # fmt: skip


def _stands_within(entry: Break, source: str, first: date, last: date, releases: Sequence[str]) -> bool:
    if releases and all(entry.is_without(source, release) for release in releases):
        return False
    if entry.last_old_edition is not None:
        return len({entry.is_old(source, release) for release in releases}) > 1
    return first < entry.date_from < last or (
        entry.date_to is not None and first < entry.date_to and entry.date_from < last
    )


_BREAK_ROWS = """
SELECT n.source, n.release, n.measure, NULL AS area_code, NULL AS area_name,
    count(b.break_id) FILTER (b.action = 'block') AS value,
    format('{} forbid, {} caution', count(b.break_id) FILTER (b.action = 'block'),
        count(b.break_id) FILTER (b.action = 'caveat')) AS value_text,
    CASE WHEN count(b.break_id) FILTER (b.action = 'block') > 0 THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    CASE WHEN count(b.break_id) = 0 THEN format('The register of breaks has no entry for ''{}'' {}.',
            measure_words(n.measure), CASE WHEN n.first_start = n.last_end - 1 THEN 'on ' || day_name(n.first_start)
                ELSE format('between {} and {}', day_name(n.first_start), day_name(n.last_end - 1)) END)
         ELSE format('The register of breaks has {} for ''{}'' between {} and {} (for some areas or classes only, '
             'where the entry says so). {} out a comparison{}; mention the others with any comparison.',
            counted(count(b.break_id), 'break'), measure_words(n.measure), day_name(n.first_start),
            day_name(n.last_end - 1),
            CASE count(b.break_id) FILTER (b.action = 'block') WHEN 0 THEN 'None of them rules'
                WHEN 1 THEN '1 of them rules'
                ELSE format('{:,} of them rule', count(b.break_id) FILTER (b.action = 'block')) END,
            coalesce(' (' || string_agg(b.break_id || ' on ' || day_name(b.date_from), ', '
                ORDER BY b.date_from, b.break_id) FILTER (b.action = 'block') || ')', '')) END AS verdict,
    to_json({'block': list(b.break_id ORDER BY b.date_from, b.break_id) FILTER (b.action = 'block'),
        'caveat': list(b.break_id ORDER BY b.date_from, b.break_id) FILTER (b.action = 'caveat')})::VARCHAR
        AS evidence
FROM bias_newest n LEFT JOIN (SELECT DISTINCT * FROM bias_breaks) b ON b.source = n.source AND b.measure = n.measure
GROUP BY n.source, n.release, n.measure, n.first_start, n.last_end"""
