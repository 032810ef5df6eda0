"""Every demand on one file of `data_contracts/` that is not a contract: all problems at once, each with its path.

Belongs here: demands that need several files, such as measures that a break names; and recognising the kind of a file.
Does not belong here: what a file must say by itself (`civic_assets.contracts.models`), demands on contracts
(`contract_demands`), and how the answer looks (`civic_assets.cli.contract`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from civic_assets.contracts import file_kinds as kinds
from civic_assets.contracts.corrections import sources_of, why_not_this_correction
from civic_assets.contracts.document import read_json, read_yaml
from civic_assets.contracts.file_kinds import FileKind
from civic_assets.contracts.folders import DEFAULT_FOLDER, contracts_folders
from civic_assets.contracts.known_names import (
    UNITS_THAT_ARE_NOT_RATES,
    every_check,
    vocabulary,
    vocabulary_file,
)
from civic_assets.contracts.models.base import AREA_CODE
from civic_assets.contracts.models.breaks import BreakRegister
from civic_assets.contracts.models.geography import (
    AreasTable,
    MembershipsTable,
    NamesTable,
    SuccessionsTable,
)
from civic_assets.contracts.models.registers import CorrectionEntry, WaiverRegister
from civic_assets.contracts.models.suites import SuiteFile
from civic_assets.contracts.models.vocabularies.assurance import AssuranceVocabulary
from civic_assets.contracts.models.vocabularies.bias import BiasVocabulary
from civic_assets.contracts.models.vocabularies.categories import CategoryVocabulary
from civic_assets.contracts.models.vocabularies.education_areas import EducationAreas
from civic_assets.contracts.models.vocabularies.indicators import IndicatorVocabulary
from civic_assets.contracts.models.vocabularies.measures import MeasureVocabulary
from civic_assets.contracts.models.vocabularies.note_effects import NoteEffects
from civic_assets.contracts.models.vocabularies.organisations import Organisations
from civic_assets.contracts.models.vocabularies.partnerships import Partnerships
from civic_assets.contracts.models.vocabularies.recorded_crime import RecordedCrimeVocabulary
from civic_assets.contracts.models.vocabularies.search_words import SearchWords
from civic_assets.contracts.models.vocabularies.source_quality import SourceQualityVocabulary
from civic_assets.contracts.models.vocabularies.themes import ThemeVocabulary
from civic_assets.contracts.models.whole_file import unknown
from civic_assets.contracts.problems import Problem
from civic_assets.contracts.typed_file import read_typed, read_valid
from civic_assets.contracts.waivers import why_not_these_waivers
from civic_assets.errors import ContractError, UsageError
from civic_assets.quality.contract_demands import LATER, ContractReport, check_contract, problem_of

_NO_CONTRACT = "{} has no contract"
_NO_ORGANISATION = "{} is not an organisation of vocabularies/organisations.yaml"
_NO_MEASURE = "{} is not a measure of vocabularies/measures.yaml"
_NOT_REGISTERED = "{} is not in the area register (geography/areas.csv)"


def check_file(file: Path) -> ContractReport:
    """Checks one file against everything that is demanded of its kind.

    Args:
        file: A contract, a vocabulary, a register, a correction, a suite of expectations or a table of areas.

    Raises:
        UsageError: There is no such file, or it is not of any of these kinds.
    """
    kind = kinds.kind_of(file)
    if kind is kinds.CONTRACT:
        return check_contract(file)
    try:
        content = file.read_bytes()
    except (FileNotFoundError, IsADirectoryError):
        raise UsageError(f"{file} is not a file. Name a file of data_contracts, or one like it.") from None
    try:
        kind = kind or _kind_by_content(file, content)
        if kind is kinds.CONTRACT:
            return check_contract(file)
        document, problems = read_typed(kind, file, content)
    except ContractError as error:
        name = kind.name if kind else ""
        return ContractReport(file, "", (problem_of(error, file),), (LATER,), name)
    if document is None:
        return ContractReport(file, "", tuple(problems), (LATER,), kind.name)
    try:
        problems += DEMANDS[kind.name](document, file)
    except ContractError as error:
        problems.append(problem_of(error, file))
    return ContractReport(file, "", tuple(dict.fromkeys(problems)), (), kind.name)


def _kind_by_content(file: Path, content: bytes) -> FileKind:
    found = None
    if file.suffix in (".yaml", ".yml", ".json"):
        value = read_json(file, content) if file.suffix == ".json" else read_yaml(file, content)
        found = kinds.kind_by_keys(value)
    if found is None:
        names = ", ".join(f"{kind.name} ({kind.pattern})" for kind in kinds.KINDS)
        raise UsageError(f"{file} is not a file that can be checked. These are: {names}.")
    return found


def files_of(folder: Path) -> list[Path]:
    """Every file of a folder of contracts that can be checked, contracts first."""
    return [file for kind in kinds.KINDS for file in sorted(folder.glob(kind.pattern))]


def _sources() -> dict[str, Path]:
    return sources_of(contracts_folders())


def _measures() -> Collection[str]:
    return list(vocabulary(vocabulary_file())["measures"])


def _every_measure() -> set[str]:
    """Measures of the vocabulary, and those that one source has for itself."""
    from civic_assets.contracts.load import load_contracts

    return {*_measures(), *(name for contract in load_contracts().values() for name in contract.measures)}


def _other(kind: FileKind) -> Path:
    """Another file in force: of the first folder of contracts that has one, else the one that ships."""
    files = [folder / kind.pattern for folder in contracts_folders()]
    return next((file for file in files if file.is_file()), DEFAULT_FOLDER / kind.pattern)


def _registered() -> set[str]:
    table: AreasTable = read_valid(kinds.AREAS, _other(kinds.AREAS))
    return {row.code for row in table.rows}


def _organisations() -> set[str]:
    document: Organisations = read_valid(kinds.ORGANISATIONS, _other(kinds.ORGANISATIONS))
    return {one.name for one in document.organisations}


def _areas(path: str, codes: Iterable[str | None], known: Collection[str]) -> Iterator[Problem]:
    for code in codes:
        if code is not None and code not in known:
            yield Problem(path, _NOT_REGISTERED.format(repr(code)))


def _of_measures(document: MeasureVocabulary, file: Path) -> Iterator[Problem]:
    for name, entry in document.measures.items():
        path = f"measures.{name}.by_source"
        yield from unknown(path, entry.by_source or (), _sources(), _NO_CONTRACT, "sources")


def _of_categories(document: CategoryVocabulary, file: Path) -> Iterator[Problem]:
    sources = _sources()
    for name, entry in document.scheme.items():
        path = f"scheme.{name}"
        yield from unknown(f"{path}.sources", entry.sources or (), sources, _NO_CONTRACT, "sources")
        yield from unknown(f"{path}.by_source", entry.by_source or (), sources, _NO_CONTRACT, "sources")


def _of_recorded_crime(document: RecordedCrimeVocabulary, file: Path) -> Iterator[Problem]:
    sources, measures = _sources(), _measures()
    yield from unknown("tree", document.tree, measures, _NO_MEASURE, "measures")
    for index, scheme in enumerate(document.schemes):
        path = f"schemes[{index}]"
        yield from unknown(f"{path}.sources", scheme.sources, sources, _NO_CONTRACT, "sources")
        if scheme.measure is not None:
            yield from unknown(f"{path}.measure", [scheme.measure], measures, _NO_MEASURE, "measures")
        for key in ("measures", "other_measures"):
            for place, entry in enumerate(getattr(scheme, key) or ()):
                yield from unknown(
                    f"{path}.{key}[{place}].names", entry.names, measures, _NO_MEASURE, "measures"
                )


def _of_indicators(document: IndicatorVocabulary, file: Path) -> Iterator[Problem]:
    sources, measures = _sources(), _every_measure()
    areas = (document.comparators.london, document.comparators.england)
    yield from _areas("comparators", areas, _registered())
    for name, entry in document.indicators.items():
        for key in ("count", "rates", "denominators", "bounds"):
            for index, series in enumerate(getattr(entry, key) or ()):
                path = f"indicators.{name}.{key}[{index}]"
                yield from unknown(f"{path}.source", [series.source], sources, _NO_CONTRACT, "sources")
                named = [series.measure] if series.measure else []
                named += [term.measure for term in series.sum_of or ()]
                yield from unknown(path, named, measures, _NO_MEASURE, "measures")


# In a theme, this word means all groups of crime of the report's Table 2.
_CRIME_TABLE = "crime_table"


def _of_assurance(document: AssuranceVocabulary, file: Path) -> Iterator[Problem]:
    measures, sources, areas = _every_measure(), _sources(), _registered()
    no_measure = "{} is not a measure of the vocabulary or of a contract"
    for index, one in enumerate(document.designations):
        path = f"designations[{index}]"
        yield from unknown(f"{path}.sources", one.sources, sources, _NO_CONTRACT, "sources")
        yield from unknown(f"{path}.measures", one.measures or (), measures, no_measure, "measures")
    for index, inspection in enumerate(document.inspections):
        path = f"inspections[{index}]"
        yield from _areas(f"{path}.force", [inspection.force], areas)
        yield from unknown(f"{path}.about", [inspection.about], measures, no_measure, "measures")


def _of_bias(document: BiasVocabulary, file: Path) -> Iterator[Problem]:
    register: BreakRegister = read_valid(kinds.BREAKS, _other(kinds.BREAKS))
    listed: IndicatorVocabulary = read_valid(kinds.INDICATORS, _other(kinds.INDICATORS))
    indicators, measures, areas = set(listed.indicators), _every_measure(), _registered()
    no_indicator = "{} is not an indicator of vocabularies/indicators.yaml"
    known_breaks = [entry.id for entry in register.breaks]
    reason = "{} is not the id of a break of breaks.yaml"
    yield from unknown("known_missing", document.known_missing, known_breaks, reason, "breaks")
    for index, estimate in enumerate(document.survey_estimates):
        path = f"survey_estimates[{index}]"
        yield from _areas(f"{path}.area", [estimate.area], areas)
        yield from unknown(f"{path}.measure", [estimate.measure], measures, _NO_MEASURE, "measures")
    for index, one in enumerate(document.alternates):
        path = f"alternates[{index}]"
        yield from unknown(f"{path}.indicator", [one.indicator], indicators, no_indicator, "indicators")
        for key in ("shown", "other"):
            yield from unknown(
                f"{path}.{key}.measure", [getattr(one, key).measure], measures, _NO_MEASURE, "measures"
            )
    for theme, names in document.themes.items():
        known = {*indicators, _CRIME_TABLE}
        yield from unknown(f"themes.{theme}", names, known, no_indicator, "indicators")
    claims = document.claims
    yield from unknown(
        "claims.named.indicators", claims.named.indicators, indicators, no_indicator, "indicators"
    )
    yield from _areas("claims.area", [claims.area], areas)
    for key in ("figures", "changes"):
        for index, claim in enumerate(getattr(claims, key)):
            path = f"claims.{key}[{index}]"
            yield from _areas(f"{path}.area", [claim.area], areas)
            # Several measures joined by a plus sign are added up.
            named = claim.measure.split("+")
            yield from unknown(f"{path}.measure", named, measures, _NO_MEASURE, "measures")


def _of_search_words(document: SearchWords, file: Path) -> Iterator[Problem]:
    measures = _every_measure()
    for name, word in document.words.items():
        yield from unknown(f"words.{name}.measures", word.measures, measures, _NO_MEASURE, "measures")
    yield from unknown("measures", document.measures, measures, _NO_MEASURE, "measures")
    yield from unknown("titles", document.titles, measures, _NO_MEASURE, "measures")
    yield from _areas("areas", document.areas, _registered())
    for name, absent in document.not_held.items():
        yield from unknown(
            f"not_held.{name}.nearest", absent.nearest or (), measures, _NO_MEASURE, "measures"
        )
        named = [holder.organisation for holder in absent.held_by]
        yield from unknown(
            f"not_held.{name}.held_by", named, _organisations(), _NO_ORGANISATION, "organisations"
        )


def _of_themes(document: ThemeVocabulary, file: Path) -> Iterator[Problem]:
    listed: IndicatorVocabulary = read_valid(kinds.INDICATORS, _other(kinds.INDICATORS))
    known = {*_every_measure(), *listed.indicators}
    units = {*vocabulary(vocabulary_file())["units"], *UNITS_THAT_ARE_NOT_RATES}
    reason = "{} is neither a measure nor an indicator"
    for name, theme in document.themes.items():
        path = f"themes.{name}"
        yield from unknown(f"{path}.measures", theme.measures, known, reason, "measures")
        for index, column in enumerate(theme.boroughs):
            yield from unknown(
                f"{path}.boroughs[{index}].unit", [column.unit], units, "{} is not a unit", "units"
            )


def _of_source_quality(document: SourceQualityVocabulary, file: Path) -> Iterator[Problem]:
    named = [one.source for one in document.sources]
    yield from unknown("sources", named, _sources(), _NO_CONTRACT, "sources")


def _of_education_areas(document: EducationAreas, file: Path) -> Iterator[Problem]:
    known = _registered()
    for section in ("countries", "regions", "sub_regions", "local_authorities"):
        codes = [code for code in getattr(document, section) if AREA_CODE.fullmatch(code)]
        yield from _areas(section, codes, known)


def _of_partnerships(document: Partnerships, file: Path) -> Iterator[Problem]:
    known = _registered()
    for code, entry in document.partnerships.items():
        yield from _areas(f"partnerships.{code}", [code, entry.force, entry.authority], known)


def _of_breaks(document: BreakRegister, file: Path) -> Iterator[Problem]:
    from civic_assets.harmonise.comparability.break_register import unknown_measures

    yield from unknown_measures(document, _measures())
    known, registered = {*_sources(), *document.sources_without_contract}, _registered()
    for name, members in document.source_groups.items():
        yield from unknown(f"source_groups.{name}", members, known, _NO_CONTRACT, "sources")
    for index, entry in enumerate(document.breaks):
        path = f"breaks[{index}]"
        named, reason = (
            {*known, *document.source_groups},
            "{} has no contract and is not a group of this file",
        )
        yield from unknown(f"{path}.sources", entry.sources or (), named, reason, "sources")
        for key in ("last_old_edition", "first_new_edition", "only_editions", "last_edition_without"):
            editions = getattr(entry, key) or {}
            yield from unknown(f"{path}.{key}", editions, known, _NO_CONTRACT, "sources")
        concerned = document.members(document.source_groups, entry.sources)
        for source in entry.last_edition_without or {} if concerned else ():
            if source in known and source not in (concerned or ()):
                yield Problem(
                    f"{path}.last_edition_without", f"{source} is not one of the sources of this break"
                )
        for reach, written in (entry.areas.by_reach() if entry.areas else {}).items():
            places = [one for one in written if one not in document.area_groups]
            yield from _places(f"{path}.areas.{reach}", places, registered, document.area_groups)
    for name, members in document.area_groups.items():
        yield from _places(f"area_groups.{name}", members, registered, document.area_groups)


_START_OF_CODES = re.compile(r"[EJKLNSW][0-9]{2}[0-9]{0,6}\*")


def _places(
    path: str, written: Iterable[str], registered: Collection[str], groups: Mapping[str, Any]
) -> Iterator[Problem]:
    for one in written:
        if _START_OF_CODES.fullmatch(one):
            continue
        codes = one.split("..")
        if all(AREA_CODE.fullmatch(code) for code in codes):
            yield from _areas(path, codes, registered)
        else:
            reason = "{} is not a code, a run of codes, the beginning of codes (E05*) or a group of this file"
            yield from unknown(path, [one], groups, reason, "groups")


def _of_waivers(document: WaiverRegister, file: Path) -> Iterator[Problem]:
    yield from why_not_these_waivers(document, _sources())


def _of_correction(document: CorrectionEntry, file: Path) -> Iterator[Problem]:
    yield from why_not_this_correction(document, file, _sources())


def _of_suite(document: SuiteFile, file: Path) -> Iterator[Problem]:
    from civic_assets.quality.expectations.suites import columns_named, suites_folder

    if file.stem != document.name:
        reason = f"is {document.name!r}, so the file must be called {document.name}.json"
        yield Problem("name", reason)
    for other in sorted(suites_folder().glob("*.json")):
        if other.name == file.name:
            continue
        suite: SuiteFile = read_valid(kinds.SUITE, other)
        taken = {one.meta.check_id for one in suite.expectations}
        for index, entry in enumerate(document.expectations):
            if entry.meta.check_id in taken:
                path = f"expectations[{index}].meta.check_id"
                yield Problem(path, f"{entry.meta.check_id} is a check of {other.name} as well")
    columns = _columns_of_profile(document.meta.profile)
    for index, entry in enumerate(document.expectations):
        path = f"expectations[{index}]"
        ids, reason = every_check(), "{} is not a check of the catalogue"
        yield from unknown(f"{path}.meta.check_id", [entry.meta.check_id], ids, reason, "checks")
        reason = f"{{}} is not a column of quality.profile_{document.meta.profile}"
        for place, names in columns_named(entry).items():
            yield from unknown(f"{path}.{place}", names, columns, reason, "columns")


# A period is worded from two columns of the row.
_WORDED = "period"


def _columns_of_profile(profile: str) -> set[str]:
    """Columns of a profile, as the contract of what is published has them."""
    file = DEFAULT_FOLDER / "published" / "quality.odcs.yaml"
    tables = read_yaml(file, file.read_bytes())["schema"]
    (found,) = [table for table in tables if table["physicalName"] == f"profile_{profile}"]
    return {_WORDED, *(column["name"] for column in found["properties"])}


def _beside(file: Path) -> set[str]:
    """Codes of the table of areas in the same folder as another table; of the register in force if there is none."""
    areas = file.parent / Path(kinds.AREAS.pattern).name
    table: AreasTable = read_valid(kinds.AREAS, areas if areas.is_file() else _other(kinds.AREAS))
    return {row.code for row in table.rows}


def _of_areas(document: AreasTable, file: Path) -> Iterator[Problem]:
    known = {row.code for row in document.rows}
    for line, row in enumerate(document.rows, 2):
        yield from _areas(f"line {line}", (row.parent_code, row.region_code), known)


def _of_memberships(document: MembershipsTable, file: Path) -> Iterator[Problem]:
    known = _beside(file)
    for line, row in enumerate(document.rows, 2):
        yield from _areas(f"line {line}", (row.container_code, row.member_code), known)


def _of_names(document: NamesTable, file: Path) -> Iterator[Problem]:
    known = _beside(file)
    for line, row in enumerate(document.rows, 2):
        yield from _areas(f"line {line}", [row.code], known)


def _of_successions(document: SuccessionsTable, file: Path) -> Iterator[Problem]:
    known = _beside(file)
    for line, row in enumerate(document.rows, 2):
        yield from _areas(f"line {line}", (row.from_code, row.to_code), known)


def _of_note_effects(document: NoteEffects, file: Path) -> Iterator[Problem]:
    known = sorted(_every_measure())
    for words, names in document.subjects.items():
        yield from unknown(f"subjects.{words}", names, known, _NO_MEASURE, "measures")


def _nothing_more(document: Any, file: Path) -> Iterator[Problem]:
    return iter(())


DEMANDS: Mapping[str, Callable[[Any, Path], Iterator[Problem]]] = {
    kinds.AREAS.name: _of_areas,
    kinds.BIAS.name: _of_bias,
    kinds.ASSURANCE.name: _of_assurance,
    kinds.BREAKS.name: _of_breaks,
    kinds.CATEGORIES.name: _of_categories,
    kinds.CORRECTION.name: _of_correction,
    kinds.EDUCATION_AREAS.name: _of_education_areas,
    kinds.GENERIC_HEADERS.name: _nothing_more,
    kinds.GLOSSARY.name: _nothing_more,
    kinds.INDICATORS.name: _of_indicators,
    kinds.MEASURES.name: _of_measures,
    kinds.MEMBERSHIPS.name: _of_memberships,
    kinds.NAMES.name: _of_names,
    kinds.NOTE_EFFECTS.name: _of_note_effects,
    kinds.ORGANISATIONS.name: _nothing_more,
    kinds.PARTNERSHIPS.name: _of_partnerships,
    kinds.READ_MODEL.name: _nothing_more,
    kinds.RECORDED_CRIME.name: _of_recorded_crime,
    kinds.SEARCH_WORDS.name: _of_search_words,
    kinds.SOURCE_QUALITY.name: _of_source_quality,
    kinds.SUCCESSIONS.name: _of_successions,
    kinds.SUITE.name: _of_suite,
    kinds.THEMES.name: _of_themes,
    kinds.WAIVERS.name: _of_waivers,
}
"""Demands on a file that its model accepts, by the name of its kind."""
