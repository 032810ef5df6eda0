"""How far each source is assured: its designation, the level of assurance that it needs, and the sheet of its errors.

Belongs here: `quality.source_assurance` and `quality.source_errors`, from `vocabularies/source_quality.yaml`, and what
they and `catalogue.designations` mean for a reader. Does not belong here: the facts (the vocabularies), and the errors
themselves (the other modules of this folder).

A level counts as shown if enough of the four areas of practice are documented in what is read here: none A0, some A1,
all four A2. A3 also needs an audit, of which no document here can be evidence.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.contracts.file_kinds import SOURCE_QUALITY
from civic_assets.contracts.load import contracts_folder
from civic_assets.contracts.typed_file import read_valid
from civic_assets.publish.bias.indicator import BiasFacts, Indicator

if TYPE_CHECKING:
    from civic_assets.contracts.models.vocabularies.source_quality import SourceQualityVocabulary

_AREAS = ("operational_context", "communication_with_suppliers", "suppliers_checks", "producers_checks")


@cache
def _read(file: Path) -> SourceQualityVocabulary:
    found: SourceQualityVocabulary = read_valid(SOURCE_QUALITY, file)
    return found


def source_quality() -> SourceQualityVocabulary:
    """The vocabulary in the folder of contracts.

    Raises:
        ContractError: The file is not such a vocabulary; names file, path and the nearest known name.
    """
    return _read(contracts_folder() / SOURCE_QUALITY.pattern)


def prepare(facts: BiasFacts) -> Sequence[Indicator]:
    """Create both tables, and the temporary table `bias_designations`."""
    known = source_quality()
    facts.table(
        "bias_assurance",
        "source VARCHAR, risk VARCHAR, profile VARCHAR, level_needed VARCHAR, level_shown VARCHAR, because VARCHAR, "
        + ", ".join(f"{area} VARCHAR" for area in _AREAS),
        _assurance(known),
    )
    facts.table(
        "bias_errors",
        "source VARCHAR, component VARCHAR, statement VARCHAR, direction VARCHAR, reference VARCHAR, "
        "indicators VARCHAR[]",
        _errors(known),
    )
    there = facts.connection.execute(
        "SELECT count(*) FROM information_schema.tables WHERE table_schema = 'catalogue' AND table_name = "
        "'designations'"
    ).fetchone()
    facts.execute(
        "CREATE OR REPLACE TABLE quality.source_assurance AS FROM bias_assurance ORDER BY source",
        "CREATE OR REPLACE TABLE quality.source_errors AS FROM bias_errors ORDER BY source, component, statement",
        "DROP TABLE bias_assurance",
        "DROP TABLE bias_errors",
        "CREATE OR REPLACE TEMP TABLE bias_designations AS "
        + ("FROM catalogue.designations" if there and there[0] else _NO_DESIGNATIONS),
    )
    return (
        Indicator(
            "designation", "reporting", "", "",
            "A series is quoted as if its quality had been confirmed by the regulator, or as if it were official.",
            "designation by the Office for Statistics Regulation (Statistics and Registration Service Act 2007)",
            "It does not show which figures are wrong, or by how much.",
            _DESIGNATIONS,
        ),
        Indicator(
            "assurance_level", "reporting", "", "",
            "Figures from the records of many bodies are used without knowing how they were collected and checked.",
            "Quality Assurance of Administrative Data, four areas of practice (UK Statistics Authority 2015)",
            "It shows what is documented in the files that are read here, and not what the publisher does or has "
            "published elsewhere.",
            _LEVELS,
        ),
        Indicator(
            "error_sheet", "reporting", "", "",
            "An error that is known to occur in a source is forgotten because no number stands for it.",
            "total survey error (Groves and others 2009), and for administrative data Zhang (2012)",
            "It does not show errors that nobody has described.",
            _SHEETS,
        ),
    )  # fmt: skip


def _assurance(known: SourceQualityVocabulary) -> Iterator[dict[str, Any]]:
    for one in known.sources:
        stated = {area: getattr(one.practice, area) for area in _AREAS}
        documented = sum(fact is not None for fact in stated.values())
        yield {
            "source": one.source, "risk": one.risk, "profile": one.profile, "level_needed": one.needs,
            "level_shown": "A0" if not documented else "A1" if documented < len(_AREAS) else "A2",
            "because": one.because,
            **{area: f"{fact.text} ({fact.reference})" if fact else None for area, fact in stated.items()},
        }  # fmt: skip


def _errors(known: SourceQualityVocabulary) -> Iterator[dict[str, Any]]:
    for one in known.sources:
        for error in one.errors:
            yield {
                "source": one.source, "component": error.component, "statement": error.text,
                "direction": error.direction, "reference": error.reference, "indicators": error.indicators,
            }  # fmt: skip


_NO_DESIGNATIONS = """SELECT NULL::VARCHAR AS source, NULL::VARCHAR AS measure, NULL::VARCHAR AS designation,
    NULL::DATE AS date_from, NULL::DATE AS date_to, NULL::VARCHAR AS said, NULL::VARCHAR AS reference,
    NULL::BOOLEAN AS verified WHERE false"""

# A designation whose wording was not checked does not clear a source; one that is lower than the highest flags it
# anyway.
_DESIGNATIONS = """
WITH newest AS (SELECT source, max(release) AS release, max(last_end) AS last_end FROM bias_newest GROUP BY source),
held AS (
    SELECT n.source, n.release, d.designation, d.date_from, d.said, d.reference, d.verified
    FROM newest n LEFT JOIN bias_designations d ON d.source = n.source AND d.measure IS NULL
        AND (d.date_from IS NULL OR d.date_from < n.last_end) AND (d.date_to IS NULL OR d.date_to >= n.last_end)
    QUALIFY row_number() OVER (PARTITION BY n.source ORDER BY d.date_from DESC NULLS LAST) = 1
)
SELECT source, release, NULL AS measure, NULL AS area_code, NULL AS area_name, NULL::DOUBLE AS value,
    replace(designation, '_', ' ') AS value_text,
    CASE WHEN designation = 'accredited_official_statistics' THEN 'pass' ELSE 'fail' END AS outcome, '' AS reason,
    format('The figures of {} are {}{}: {} ({}).', source, replace(designation, '_', ' '),
        coalesce(' since ' || day_name(date_from), ''), said, reference) AS verdict,
    to_json({'from': date_from, 'verified': verified})::VARCHAR AS evidence, NULL AS would_evaluate
FROM held WHERE designation <> 'accredited_official_statistics' OR verified
UNION ALL BY NAME
SELECT min(source) AS source, 'not_evaluated' AS outcome, 'no_reference' AS reason,
    CASE WHEN designation IS NULL THEN format('No designation is known of {}.',
            array_to_string(list_sort(list(source)), ', '))
         ELSE format('The designation of {} has not been checked against the publisher''s own words.',
            array_to_string(list_sort(list(source)), ', ')) END AS verdict,
    'the release page of each source, which states its designation, in vocabularies/assurance.yaml' AS would_evaluate
FROM held WHERE (designation IS NULL OR designation = 'accredited_official_statistics' AND NOT verified)
    AND EXISTS (FROM bias_designations)
GROUP BY designation"""

_LEVELS = """
SELECT a.source, n.release, NULL AS measure, NULL AS area_code, NULL AS area_name,
    right(level_shown, 1)::DOUBLE AS value, format('{} shown, {} needed', level_shown, level_needed) AS value_text,
    CASE WHEN level_shown < level_needed THEN 'fail' ELSE 'pass' END AS outcome, '' AS reason,
    format('{} needs assurance of level {} (risk {}, public profile {}): {}. What is held here documents {:,} of the 4 '
        'areas of practice, so level {} is shown.{}', a.source, level_needed, risk, profile, because,
        (operational_context IS NOT NULL)::INTEGER + (communication_with_suppliers IS NOT NULL)::INTEGER
            + (suppliers_checks IS NOT NULL)::INTEGER + (producers_checks IS NOT NULL)::INTEGER, level_shown,
        CASE WHEN level_shown < level_needed THEN ' Ask the publisher how the figures are collected and checked.'
            ELSE '' END) AS verdict,
    to_json({'risk': risk, 'profile': profile, 'needed': level_needed, 'shown': level_shown})::VARCHAR AS evidence
FROM quality.source_assurance a
JOIN (SELECT source, max(release) AS release FROM bias_newest GROUP BY source) n ON n.source = a.source"""

_SHEETS = """
WITH measured AS (
    SELECT e.*, n.release, EXISTS (FROM bias_rows r WHERE r.source = e.source AND r.outcome <> 'not_evaluated'
        AND list_contains(e.indicators, r.indicator)) AS known
    FROM quality.source_errors e
    JOIN (SELECT source, max(release) AS release FROM bias_newest GROUP BY source) n ON n.source = e.source
)
SELECT source, release, NULL AS measure, NULL AS area_code, NULL AS area_name,
    (count(*) FILTER (known))::DOUBLE / count(*) AS value,
    format('{} of {} measured', count(*) FILTER (known), counted(count(*), 'known error')) AS value_text,
    CASE WHEN bool_and(known) THEN 'pass' ELSE 'fail' END AS outcome, '' AS reason,
    CASE WHEN bool_and(known) THEN format('Every known error of {} is measured by a row of this register.', source)
         ELSE format('No row of this register measures {} of {}: {}. Mention what cannot be measured with the figures.',
            counted(count(*) FILTER (NOT known), 'known error'), source,
            string_agg(replace(component, '_', '-') || ': ' || statement, '; ' ORDER BY component, statement)
                FILTER (NOT known)) END AS verdict,
    to_json({'components': list_sort(list(DISTINCT component))})::VARCHAR AS evidence,
    CASE WHEN count(DISTINCT direction) FILTER (NOT known) = 1 THEN max(direction) FILTER (NOT known) END AS direction
FROM measured GROUP BY source, release"""
