"""What a page says of a measure apart from its figures, from the read model, the contracts and the vocabularies.

Belongs here: reading that for all measures at once, as plain values from which a page's key is made. Does not belong
here: wording it (`words`, `uses`), and figures (`figures_tables`).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from civic_assets.publish.read_model.connection import rows_of
from civic_assets.publish.site.measures.which_measures import MeasurePage, measure_pages
from civic_assets.publish.site.source_words import about
from civic_assets.quality.framework.wording import measure_name
from civic_assets.values.plain_words import measure_words

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.model import Contract
    from civic_assets.publish.site.page import Site

Row = Mapping[str, Any]
Facts = Mapping[str, Any]
"""Everything that a page says of one measure: lists of rows by name, with `page`, the measure's entry of the list."""

_KEPT: WeakKeyDictionary[DuckDBPyConnection, Mapping[str, Facts]] = WeakKeyDictionary()
"""Facts by connection: the pages of measures and those of themes show the same."""

_MEASURES = "SELECT * FROM catalogue.measures"
_INDICATORS = "SELECT * FROM harmonised.indicators"
_RATES = """SELECT measure, source, unit, denominator, date_rule, timing FROM catalogue.measure_rates
ORDER BY measure, unit, source NULLS FIRST, denominator"""
_VERSIONS = """SELECT measure, source, date_from, date_to, text, continues, verified FROM catalogue.measure_versions
ORDER BY measure, source NULLS FIRST, date_from NULLS FIRST, date_to"""
_SOURCES = """SELECT source, publisher, licence, frequency_months, expected_lag_days, limitations, usage
FROM catalogue.sources ORDER BY source"""
_RELEASES = """SELECT p.measure, p.source, count(DISTINCT p.release) AS n_releases,
    max_by(p.release, p.release_order) AS newest, min(p.period_start) AS first_day, max(p.period_end) AS last_day,
    list(DISTINCT p.statistic ORDER BY p.statistic) AS statistics
FROM catalogue.printed_periods p GROUP BY ALL ORDER BY ALL"""
_CLASSES = """SELECT measure, source,
    list_sort(list_distinct(flatten(list(regexp_extract_all(breakdown, '(?:^|;)([^=;]+)=', 1))))) AS keys
FROM (SELECT DISTINCT measure, source, breakdown FROM catalogue.printed_classes WHERE breakdown <> 'total')
GROUP BY ALL ORDER BY ALL"""
_DESIGNATIONS = """SELECT source, measure, designation, said, reference, verified FROM catalogue.designations
WHERE date_to IS NULL ORDER BY ALL"""
_DISCLOSURE = (
    """SELECT DISTINCT source, measure, practice, because FROM catalogue.disclosure_rules ORDER BY ALL"""
)
_BREAKS = """SELECT break_id, string_split(source, ', ') AS sources, string_split(measure, ', ') AS measures, area_code,
    area_exactly, area_with_all_inside, area_totals_containing, breakdown, date_from, date_to, effect,
    action = 'block' AS forbids, verified
FROM quality.breaks ORDER BY date_from NULLS FIRST, break_id"""
_BIASES = """SELECT bias, source, measure, area_code, verdict, could_be_wrong, direction FROM quality.bias_register
WHERE outcome = 'fail' ORDER BY bias, area_code NULLS FIRST, source, verdict"""
# What a sentence lists in brackets before a semicolon.
_LISTED = re.compile(r"\(([^();]+);")
_CRIME = """SELECT DISTINCT measure, part_of, position FROM harmonised.crime_years ORDER BY position"""


def read_facts(site: Site) -> Mapping[str, Facts]:
    """What each page says, by the name of its measure, in order; read once for each connection.

    Args:
        site: The site.
    """
    kept = _KEPT.get(site.connection)
    if kept is None:
        kept = _KEPT[site.connection] = _read(site)
    return kept


def _read(site: Site) -> Mapping[str, Facts]:
    connection = site.connection
    pages = measure_pages(connection)
    names = {page.name: page for page in pages}
    by_measure = {
        name: _by(rows_of(connection, sql), "measure")
        for name, sql in (
            ("rates", _RATES), ("versions", _VERSIONS), ("releases", _RELEASES), ("classes", _CLASSES),
            ("disclosure", _DISCLOSURE),
        )
    }  # fmt: skip
    measures = _measures(connection)
    indicators = {row["indicator"]: row for row in rows_of(connection, _INDICATORS)}
    sources = {row["source"]: row for row in rows_of(connection, _SOURCES)}
    designations, breaks = rows_of(connection, _DESIGNATIONS), rows_of(connection, _BREAKS)
    biases, area_names = rows_of(connection, _BIASES), _area_names(connection)
    related = _relations(connection, measures, names)
    printed = _printed(pages, site.contracts)
    found: dict[str, Facts] = {}
    for page in pages:
        own = {name: rows.get(page.name, ()) for name, rows in by_measure.items()}
        found[page.name] = {
            "page": page,
            "measure": None if page.indicator else measures.get(page.name),
            "indicator": indicators.get(page.name),
            **own,
            "sources": [
                {**sources[one], "about": about(site.contracts.get(one)), "cadence": _cadence(site, one)}
                for one in page.sources
                if one in sources
            ],
            "designations": [
                one
                for one in designations
                if one["source"] in page.sources and one["measure"] in (None, page.name)
            ],
            "breaks": [
                {**one, "where": _where(one, area_names)} for one in _breaks_of(page, breaks, own["releases"])
            ],
            "biases": [one for one in biases if one["measure"] == page.name],
            "biases_of_sources": [
                one
                for one in biases
                if one["measure"] is None
                and one["area_code"] is None
                and one["source"] in page.sources
                and may_concern(page.name, one["verdict"] or "", printed[one["source"]])
            ],
            "relations": related[page.name],
        }
    return found


def _measures(connection: DuckDBPyConnection) -> Mapping[str, Row]:
    """The vocabulary of measures, in which the words about one can be read without those about another.

    A definition that begins with *The same* is preceded by that of its numerator, and names of measures become words.
    """
    rows = {row["measure"]: dict(row) for row in rows_of(connection, _MEASURES)}
    names = re.compile(
        rf"\b({'|'.join(sorted((name for name in rows if '_' in name), key=len, reverse=True))})\b"
    )

    def plain(text: str) -> str:
        return names.sub(lambda name: measure_words(name[1]), text) if rows else text

    told = {name: plain(row["definition"] or "") for name, row in rows.items()}
    for name, row in rows.items():
        of = told.get(row["numerator"] or "", "")
        words = told[name]
        if words.startswith("The same ") and of:
            words = f"{of}, {words.removeprefix('The same ')}"
        row["definition"], row["polarity_because"] = words, plain(row["polarity_because"] or "")
    return rows


def _by(rows: Sequence[Row], column: str) -> Mapping[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row[column]].append(row)
    return found


def _cadence(site: Site, source: str) -> str:
    contract = site.contracts.get(source)
    return str(contract.release.get("cadence", "")) if contract else ""


def _area_names(connection: DuckDBPyConnection) -> Mapping[str, str]:
    return dict(connection.execute("SELECT area_code, area_name FROM catalogue.areas").fetchall())


def _breaks_of(page: MeasurePage, breaks: Sequence[Row], releases: Sequence[Row]) -> list[Row]:
    """Breaks that concern the measure in a source of its page and in the time for which figures are held."""
    days = [row["first_day"] for row in releases], [row["last_day"] for row in releases]
    found = []
    for one in breaks:
        if not {page.name, "all"} & set(one["measures"]) or not {*page.sources, "all"} & set(one["sources"]):
            continue
        begins, ends = one["date_from"], one["date_to"]
        outside = (
            days[0] and begins is not None and (begins >= max(days[1]) or (ends or begins) <= min(days[0]))
        )
        if not outside:
            found.append(one)
    return found


def _printed(
    pages: Sequence[MeasurePage], contracts: Mapping[str, Contract]
) -> Mapping[str, Mapping[str, str]]:
    """Measures of each source, by their names as a sentence has them: in words, or as the publisher prints them."""
    found: dict[str, dict[str, str]] = defaultdict(dict)
    for page in pages:
        for source in page.sources:
            found[source][measure_words(page.name)] = page.name
            if source in contracts:
                found[source][measure_name(contracts[source], page.name)] = page.name
    return found


def may_concern(measure: str, verdict: str, printed: Mapping[str, str]) -> bool:
    """Whether a bias of a whole source concerns a measure: not if its verdict lists other measures of the source.

    Some rows are about part of a source and list it: *the counts of regions in table 'LAIT extract' (children started
    looked after, referrals to social services; April 2015 to March 2025)*.

    Args:
        measure: The measure.
        verdict: What the register says of the source.
        printed: Measures of its source, by their names as a sentence has them.
    """
    for listed in _LISTED.findall(verdict):
        named = [printed.get(name) for name in listed.split(", ")]
        if all(named):
            return measure in named
    return True


def _where(one: Row, names: Mapping[str, str]) -> Mapping[str, Any]:
    """Areas that a break concerns, by name; empty if it concerns all."""
    if one["area_code"] == "all":
        return {}
    return {
        reach: [names.get(code, code) for code in one[column].split(", ")]
        for reach, column in (
            ("in", "area_exactly"), ("inside", "area_with_all_inside"), ("totals", "area_totals_containing"),
        )
        if one[column]
    }  # fmt: skip


def _relations(
    connection: DuckDBPyConnection, measures: Mapping[str, Row], names: Mapping[str, MeasurePage]
) -> Mapping[str, list[tuple[str, str]]]:
    """How each measure relates to others, as a kind of relation and the other measure."""
    from civic_assets.contracts.known_names import vocabulary, vocabulary_file

    found: dict[str, list[tuple[str, str]]] = defaultdict(list)

    def add(one: str, relation: str, other: str, back: str) -> None:
        for a, kind, b in ((one, relation, other), (other, back, one)):
            if a in names and a != b and (kind, b) not in found[a]:
                found[a].append((kind, b))

    for group in rows_of(connection, _CRIME):
        if group["part_of"]:
            add(group["measure"], "part_of", group["part_of"], "has_part")
    for whole, entry in vocabulary(vocabulary_file()).get("wholes", {}).items():
        for part in entry.get("parts", ()):
            add(part, "part_of", whole, "has_part")
        for part in entry.get("inside", ()):
            if ("part_of", whole) not in found[part]:
                add(part, "inside", whole, "has_inside")
    for name, row in sorted(measures.items()):
        if row["numerator"]:
            kind = "change_of" if row["statistic"] == "change" else "rate_of"
            add(name, kind, row["numerator"], "has_change" if kind == "change_of" else "has_rate")
    return {name: sorted(found[name]) for name in names}
