"""`civic-assets contract FILE` makes every demand on vocabularies, registers, corrections, suites and tables."""

from __future__ import annotations

import copy
import csv
import io
import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from civic_assets.cli.entry import main
from civic_assets.contracts.document import read_json, read_yaml
from civic_assets.contracts.file_kinds import CONTRACT, KINDS
from civic_assets.contracts.folders import DEFAULT_FOLDER
from civic_assets.errors import UsageError
from civic_assets.quality.file_demands import DEMANDS, check_file, files_of
from civic_assets_tests.contracts.test_shared_files import DECISION, WAIVER

SHIPPED = [file for file in files_of(DEFAULT_FOLDER) if not file.name.endswith(".odcs.yaml")]


def test_every_kind_of_file_has_its_demands() -> None:
    assert set(DEMANDS) == {kind.name for kind in KINDS} - {CONTRACT.name}


@pytest.mark.parametrize("file", SHIPPED, ids=lambda file: str(file.relative_to(DEFAULT_FOLDER)))
def test_file_that_ships_meets_every_demand(file: Path) -> None:
    report = check_file(file)
    assert (report.problems, report.notes) == ((), ())


Change = Callable[[Any], None]


def _set(*steps: str | int, to: Any = ...) -> Change:
    """Put a value at a place of a document; without one, remove what is there."""

    def change(document: Any) -> None:
        at = document
        for step in steps[:-1]:
            at = at[step]
        if to is ...:
            del at[steps[-1]]
        else:
            at[steps[-1]] = to

    return change


def _again(*steps: str | int) -> Change:
    """Write the last entry of a list a second time."""

    def change(document: Any) -> None:
        at = document
        for step in steps:
            at = at[step]
        at.append(copy.deepcopy(at[-1]))

    return change


MEASURES = "vocabularies/measures.yaml"
CATEGORIES = "vocabularies/categories.yaml"
CRIME = "vocabularies/recorded_crime.yaml"
INDICATORS = "vocabularies/indicators.yaml"
ASSURANCE = "vocabularies/assurance.yaml"
BIAS = "vocabularies/bias.yaml"
EDUCATION = "vocabularies/education_areas.yaml"
PARTNERSHIPS = "vocabularies/partnerships.yaml"
HEADERS = "vocabularies/generic_headers.yaml"
WORDS = "expectations/words.json"
TABLES = "expectations/tables.json"

WRONG: dict[str, tuple[str, Change, str, str]] = {
    # The measures of all sources.
    "measures: source": (MEASURES, _set("measures", "robbery", "by_source", "ons_cps", to={}),
        "measures.robbery.by_source", "did you mean 'ons_csp'"),
    "measures: ages": (MEASURES, _set("denominators", "residents", "ages", to="all_resident"),
        "denominators.residents.ages", "did you mean 'all_residents'"),
    "measures: denominator": (MEASURES, _set("denominators", "residents", "measure", to="populatio"),
        "denominators.residents.measure", "did you mean 'population'"),
    "measures: age band": (MEASURES, _set("ages", "academic_16_17", "hi", to=16),
        "ages.academic_16_17", "not an age band"),
    "measures: basis": (MEASURES, _set("ages", "academic_16_17", "basis", to="age_on_day"),
        "ages.academic_16_17.basis", "did you mean 'age_on_the_day'"),
    "measures: per": (MEASURES, _set("units", "percent", to=0), "units.percent", "greater than 0"),
    "measures: source that differs": (MEASURES,
        _set("measures", "robbery", "by_source", "ons_csp", "rates", to={"per_1000_population": "resident_csp"}),
        "measures.robbery.by_source.ons_csp", "did you mean 'residents_csp'"),
    # Categories.
    "categories: source": (CATEGORIES, _set("scheme", "vulnerability", "sources", to=["dfe_nett"]),
        "scheme.vulnerability.sources", "did you mean 'dfe_neet'"),
    "categories: words of a source": (CATEGORIES,
        _set("scheme", "sex", "by_source", to={"dfe_nett": {}}), "scheme.sex.by_source", "did you mean 'dfe_neet'"),
    "categories: no keys": (CATEGORIES, _set("scheme", "sex", "keys", to=[]), "scheme.sex.keys",
        "at least one entry"),
    # Recorded crime.
    "crime: node": (CRIME, _set("tree", "roberry", to="total_recorded_crime"), "tree",
        "did you mean 'robbery'"),
    "crime: parent": (CRIME, _set("tree", "burglary", to="theft_offence"),
        "tree.burglary", "did you mean 'theft_offences'"),
    "crime: source": (CRIME, _set("schemes", 0, "sources", "ons_cps", to={}),
        "schemes[0].sources", "did you mean 'ons_csp'"),
    "crime: measure": (CRIME, _set("schemes", 1, "measure", to="recorded_crime_ofence"),
        "schemes[1].measure", "did you mean 'recorded_crime_offence'"),
    "crime: left out": (CRIME, _set("schemes", 0, "measures", 0, "names", to=["knife_crim"]),
        "schemes[0].measures[0].names", "did you mean 'knife_crime'"),
    "crime: shared list": (CRIME, _set("schemes", 3, "includes", to=["mett"]),
        "schemes[3].includes", "did you mean 'met'"),
    # Indicators.
    "indicators: source": (INDICATORS, _set("indicators", "send", "rates", 1, "source", to="dfe_liat"),
        "indicators.send.rates[1].source", "did you mean 'dfe_lait'"),
    "indicators: measure": (INDICATORS,
        _set("indicators", "send", "rates", 0, "sum_of", 0, "measure", to="sen_suport_percent"),
        "indicators.send.rates[0]", "did you mean 'sen_support_percent'"),
    "indicators: area": (INDICATORS, _set("comparators", "london", to="E12000070"), "comparators",
        "not in the area register"),
    "indicators: ages": (INDICATORS,
        _set("indicators", "young_population", "count", 0, "ages_summed", to=[25, 0]),
        "indicators.young_population.count[0]", "above the last"),
    "indicators: unit": (INDICATORS, _set("indicators", "send", "unit_of_rate", to="per_cent"),
        "indicators.send.unit_of_rate", "did you mean 'percent'"),
    # Assurance.
    "assurance: source": (ASSURANCE, _set("designations", 0, "sources", to=["ons_cps"]), "designations[0].sources",
        "did you mean 'ons_csp'"),
    "assurance: measure": (ASSURANCE, _set("designations", 0, "measures", to=["knife_crim"]),
        "designations[0].measures", "did you mean 'knife_crime'"),
    "assurance: word": (ASSURANCE, _set("designations", 0, "designation", to="official_statistic"),
        "designations[0].designation", "did you mean 'official_statistics'"),
    "assurance: two at once": (ASSURANCE, _set("designations", 1, "from", to=date(2013, 1, 1)), "designations[1]",
        "already has a designation at that time, 'recorded-crime-before-2014'"),
    "assurance: order of days": (ASSURANCE, _set("designations", 0, "from", to=date(2015, 1, 1)), "designations[0]",
        "not after it starts"),
    "assurance: id": (ASSURANCE, _again("inspections"), "inspections[1]", "appears twice"),
    "assurance: force": (ASSURANCE, _set("inspections", 0, "force", to="E23000099"), "inspections[0].force",
        "area register"),
    "assurance: rate": (ASSURANCE, _set("inspections", 0, "error", to=0.95), "inspections[0]", "larger than its error"),
    "assurance: days of crimes": (ASSURANCE, _set("inspections", 0, "to", to=date(2017, 1, 1)), "inspections[0]",
        "not after it starts"),
    "assurance: published": (ASSURANCE, _set("inspections", 0, "published", to="summer 2018"),
        "inspections[0].published", ""),
    # Bias.
    "bias: break": (BIAS, _set("known_missing", to=["hackney-no-retrun"]), "known_missing",
        "did you mean 'hackney-no-return'"),
    "bias: theme": (BIAS, _set("themes", "crime", to=["knif_crime"]), "themes.crime",
        "did you mean 'knife_crime'"),
    "bias: indicator": (BIAS, _set("alternates", 0, "indicator", to="suspension"),
        "alternates[0].indicator", "did you mean 'suspensions'"),
    "bias: measure": (BIAS, _set("alternates", 0, "other", "measure", to="pupils_suspended_rat"),
        "alternates[0].other.measure", "did you mean 'pupils_suspended_rate'"),
    "bias: named": (BIAS, _set("claims", "named", "indicators", to=["neet"]),
        "claims.named.indicators", "is not an indicator"),
    "bias: area": (BIAS, _set("claims", "area", to="E09000099"), "claims.area", "area register"),
    "bias: claimed measure": (BIAS, _set("claims", "figures", 3, "measure", to="robbery+roberry"),
        "claims.figures[3].measure", "'roberry' is not a measure"),
    "bias: claimed area": (BIAS, _set("claims", "changes", 0, "area", to="E0900019"),
        "claims.changes[0].area", "is not the code of an area"),
    # Areas of publishers.
    "education: region": (EDUCATION,
        _set("local_authorities", "E06000001", "region", to="E12000010"), "local_authorities.E06000001.region",
        "is not a region of this file"),
    "education: days": (EDUCATION,
        _set("local_authorities", "E06000001", "to", to=date(2001, 1, 1)), "local_authorities.E06000001.to",
        "before the first day"),
    "education: day as text": (EDUCATION,
        _set("local_authorities", "E06000001", "from", to="None"), "local_authorities.E06000001.from",
        "expected a day"),
    "education: number": (EDUCATION,
        _set("local_authorities", "E06000001", "number", to="8055"), "local_authorities.E06000001.number",
        "three digits"),
    "education: code": (EDUCATION,
        _set("regions", "E12000088", to={"name": "Nowhere", "number": "123"}), "regions", "area register"),
    "partnerships: force": (PARTNERSHIPS, _set("partnerships", "E22000186", "force", to="E23000099"),
        "partnerships.E22000186", "area register"),
    "partnerships: code": (PARTNERSHIPS,
        _set("partnerships", "E2200018", to={"name": "x", "force": "E23000001"}), "partnerships.E2200018",
        "is not the code of an area"),
    # Generic headers.
    "headers: label": (HEADERS, _set("headers", 0, to="Time_Period"), "headers[0]",
        "write 'time_period'"),
    "headers: twice": (HEADERS, _again("headers"), "headers[", "appears twice"),
    "headers: pattern": (HEADERS, _set("patterns", 0, to="("), "patterns[0]",
        "not a regular expression"),
    # Breaks.
    "breaks: measure": ("breaks.yaml", _set("breaks", 0, "measures", to=["recorded_crime_ofence"]),
        "breaks[0].measures", "did you mean 'recorded_crime_offence'"),
    "breaks: group of measures": ("breaks.yaml", _set("measure_groups", "neet", to=["neet_percnt"]),
        "measure_groups.neet", "did you mean 'neet_percent'"),
    "breaks: source": ("breaks.yaml", _set("breaks", 0, "sources", to=["polise"]), "breaks[0].sources",
        "did you mean 'police'"),
    "breaks: group of sources": ("breaks.yaml", _set("source_groups", "met", to=["met_broough"]),
        "source_groups.met", "did you mean 'met_borough'"),
    "breaks: source of an edition": ("breaks.yaml",
        _set("breaks", 0, "last_old_edition", to={"ons_cps": "2019-12"}), "breaks[0].last_old_edition",
        "did you mean 'ons_csp'"),
    "breaks: area": ("breaks.yaml", _set("breaks", 0, "areas", to={"exactly": ["E09000099"]}),
        "breaks[0].areas.exactly", "area register"),
    "breaks: area of a total": ("breaks.yaml", _set("breaks", 0, "areas", to={"totals_containing": ["E05*"]}),
        "breaks[0].areas.totals_containing", "is the beginning of codes"),
    "breaks: no reach": ("breaks.yaml", _set("breaks", 0, "areas", to={}), "breaks[0].areas",
        "needs exactly, with_all_inside or totals_containing"),
    "breaks: edition after it": ("breaks.yaml", _set("breaks", 0, "first_new_edition", to={"ons_csp": "2024-12"}),
        "breaks[0]", "needs an earlier last_old_edition"),
    "breaks: source of some editions": ("breaks.yaml",
        _set("breaks", 0, "only_editions", to={"ons_cps": ["2019-12"]}), "breaks[0].only_editions",
        "did you mean 'ons_csp'"),
    "breaks: source of an edition without it": ("breaks.yaml",
        _set("breaks", 0, "last_edition_without", to={"ons_cps": "2019-12"}), "breaks[0].last_edition_without",
        "did you mean 'ons_csp'"),
    "breaks: edition without it of another source": ("breaks.yaml",
        _set("breaks", 0, "last_edition_without", to={"dfe_neet": "2019-12"}), "breaks[0].last_edition_without",
        "is not one of the sources of this break"),
    "breaks: no edition without it": ("breaks.yaml", _set("breaks", 0, "last_edition_without", to={}), "breaks[0]",
        "needs at least one source"),
    "breaks: every edition without it": ("breaks.yaml",
        _set("breaks", 0, "last_edition_without", to={"ons_csp": "all"}), "breaks[0]", "needs an edition such as"),
    "breaks: edition without it before its day": ("breaks.yaml",
        _set("breaks", 0, "last_edition_without", to={"ons_csp": "2013-12"}), "breaks[0]",
        "is earlier than the break"),
    "breaks: edition without a change between editions": ("breaks.yaml",
        lambda file: file["breaks"][0].update(
            {key: {"ons_csp": "2018-12"} for key in ("last_edition_without", "last_old_edition")}),
        "breaks[0]", "leave out last_old_edition"),
    "breaks: edition without a time that passes": ("breaks.yaml",
        lambda file: file["breaks"][0].update(
            {"last_edition_without": {"ons_csp": "2018-12"}, "to": date(2016, 1, 1)}),
        "breaks[0]", "leave out to"),
    "breaks: group of areas": ("breaks.yaml", _set("breaks", 0, "areas", to={"exactly": ["hackny"]}),
        "breaks[0].areas.exactly",
        "did you mean 'hackney'"),
    "breaks: run": ("breaks.yaml", _set("area_groups", "london_regions", to=["E12000007..E13000002"]),
        "area_groups.london_regions",
        "is not a run of codes"),
    "breaks: id": ("breaks.yaml", _again("breaks"), "breaks[", "appears twice"),
    "breaks: reclassified": ("breaks.yaml", _set("breaks", 0, "reclassifies", to=True), "breaks[0]",
        "give last_old_edition"),
    "breaks: kind of period": ("breaks.yaml", _set("breaks", 0, "period_kinds", to=["academic_yaer"]),
        "breaks[0].period_kinds", "did you mean 'academic_year'"),
    # The read model.
    "read model: key": ("read_model.yaml", _set("tables", "catalogue.sources", "key", to=["sourse"]),
        "tables.catalogue.sources.key", "did you mean 'source'"),
    "read model: may be empty": ("read_model.yaml",
        _set("tables", "catalogue.sources", "may_be_empty", to=["licens"]), "tables.catalogue.sources.may_be_empty",
        "did you mean 'licence'"),
    "read model: reference": ("read_model.yaml",
        _set("columns", "x", to={"text": "A source.", "references": "catalogue.source(source)"}),
        "columns.x.references", "did you mean 'catalogue.sources'"),
    "read model: form of a reference": ("read_model.yaml",
        _set("columns", "x", to={"text": "A source.", "references": "catalogue.sources.source"}),
        "columns.x.references", "is not `schema.table(column)`"),
    "read model: table": ("read_model.yaml",
        _set("tables", "sources", to={"text": "Sources.", "row": "one", "key": ["source"]}), "tables.sources",
        "is not `schema.table`"),
    "read model: suffix": ("read_model.yaml", _set("suffixes", "_a", to="The first."), "suffixes._a", "{} once"),
    "read model: value": ("read_model.yaml", _set("columns", "x", to={"text": "new.", "values": ["new", "gone"]}),
        "columns.x", "does not say what gone means"),
    # Suites.
    "suite: type": (WORDS,
        _set("expectations", 0, "type", to="expect_column_values_to_be_in_sets"), "expectations[0]",
        "did you mean 'expect_column_values_to_be_in_set'"),
    "suite: severity": (WORDS, _set("expectations", 0, "severity", to="critcal"),
        "expectations[0].severity", "did you mean 'critical'"),
    "suite: argument": (WORDS, _set("expectations", 0, "kwargs", "value_sett", to=["a"]),
        "expectations[0].kwargs.value_sett", "did you mean 'value_set'"),
    "suite: argument that lets rows pass": (WORDS, _set("expectations", 0, "kwargs", "mostly", to=0.9),
        "expectations[0].kwargs.mostly", "unknown key 'mostly'"),
    "suite: column": (WORDS, _set("expectations", 0, "kwargs", "column", to="statuss"),
        "expectations[0].kwargs.column", "did you mean 'status'"),
    "suite: sentence": (WORDS, _set("expectations", 0, "meta", "sentence", to="{sorce} is wrong."),
        "expectations[0].meta.sentence", "did you mean 'source'"),
    "suite: braces": (WORDS, _set("expectations", 0, "meta", "sentence", to="{source is wrong."),
        "expectations[0].meta.sentence", "columns in braces"),
    "suite: dimension": (WORDS, _set("expectations", 0, "meta", "dimension", to="valdity"),
        "expectations[0].meta.dimension", "did you mean 'validity'"),
    "suite: reason": (WORDS, _set("expectations", 0, "meta", "unknown", "reason", to="no_inputs"),
        "expectations[0].meta.unknown.reason", "did you mean 'no_input'"),
    "suite: check": (WORDS, _set("expectations", 0, "meta", "check_id", to="E-99"),
        "expectations[0].meta.check_id", "is not a check of the catalogue"),
    "suite: check of another suite": (WORDS, _set("expectations", 0, "meta", "check_id", to="E-01"),
        "expectations[0].meta.check_id", "is a check of releases.json as well"),
    "suite: bounds": (TABLES, _set("expectations", 0, "kwargs", "min_value"),
        "expectations[0].kwargs", "needs min_value or max_value"),
    "suite: name": (TABLES, _set("name", to="table"), "name", "must be called table.json"),
}  # fmt: skip


def _mutated(tmp_path: Path, name: str, change: Change) -> Path:
    original = DEFAULT_FOLDER / name
    is_json = original.suffix == ".json"
    document = (read_json if is_json else read_yaml)(original, original.read_bytes())
    document = copy.deepcopy(document)
    change(document)
    file = tmp_path / original.parent.name / original.name
    file.parent.mkdir(exist_ok=True)
    text = json.dumps(document) if is_json else yaml.safe_dump(document, sort_keys=False)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.parametrize("wrong", WRONG)
def test_mistake_is_named_with_its_path_and_what_was_meant(wrong: str, tmp_path: Path) -> None:
    name, change, path, reason = WRONG[wrong]
    problems = check_file(_mutated(tmp_path, name, change)).problems
    assert any(one.path.startswith(path) and reason in one.reason for one in problems), problems


TABLE_MISTAKES: dict[str, tuple[str, str, str, str]] = {
    "day": ("areas.csv", "valid_to", "2019-02-30", "must be a day"),
    "type": ("areas.csv", "type", "local_autority", "did you mean 'local_authority'"),
    "form": ("areas.csv", "form", "london_boro", "did you mean 'london_borough'"),
    "empty name": ("areas.csv", "name", "", "'name' is missing"),
    "parent": ("areas.csv", "parent_code", "E12000099", "not in the area register"),
    "days the wrong way round": ("areas.csv", "valid_to", "1900-01-01", "not after valid_from"),
    "code": ("names.csv", "code", "E0600010", "is not the code of an area"),
    "unknown code": ("names.csv", "code", "E06000999", "not in the area register"),
    "kind": ("successions.csv", "kind", "merge", "did you mean 'merged'"),
    "renamed to another code": ("successions.csv", "kind", "renamed", "stays the same"),
    "verified": ("successions.csv", "verified", "true", "is not one of no, yes"),
    "successor": ("successions.csv", "to_code", "E06000999", "not in the area register"),
    "coverage": ("memberships.csv", "coverage", "all", "is not one of part, whole"),
    "container": ("memberships.csv", "container_code", "E22000999", "not in the area register"),
}


@pytest.mark.parametrize("mistake", TABLE_MISTAKES)
def test_mistake_in_a_table_of_areas_is_named_with_its_line(mistake: str, tmp_path: Path) -> None:
    name, column, value, reason = TABLE_MISTAKES[mistake]
    with (DEFAULT_FOLDER / "geography" / name).open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    dated = next((index for index, row in enumerate(rows) if row.get("valid_from")), 0)
    rows[dated][column] = value
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    file = tmp_path / name
    file.write_text(text.getvalue(), encoding="utf-8")
    problems = check_file(file).problems
    assert any(one.path.startswith(f"line {dated + 2}") and reason in one.reason for one in problems), (
        problems
    )


def test_row_that_is_longer_than_the_header_and_a_row_twice_are_named_with_their_lines(
    tmp_path: Path,
) -> None:
    lines = (DEFAULT_FOLDER / "geography" / "names.csv").read_text(encoding="utf-8").splitlines()
    file = tmp_path / "names.csv"
    file.write_text("\n".join([lines[0], f"{lines[1]},x"]) + "\n", encoding="utf-8")
    assert [one.path for one in check_file(file).problems] == ["line 2"]
    file.write_text("\n".join([*lines[:2], lines[1]]) + "\n", encoding="utf-8")
    assert [(one.path, "appears twice" in one.reason) for one in check_file(file).problems] == [
        ("line 3", True)
    ]


def test_waivers_are_checked_with_the_rhythm_of_their_source(tmp_path: Path) -> None:
    late, unknown = {**WAIVER, "expires": date(2025, 9, 1)}, {**WAIVER, "id": "other", "source": "ons_cps"}
    file = tmp_path / "waivers.yaml"
    file.write_text(yaml.safe_dump({"waivers": [WAIVER, late, unknown]}), encoding="utf-8")
    problems = {one.path: one.reason for one in check_file(file).problems}
    assert "the id 'csp-2024-12' appears twice" in problems["waivers[1]"]
    assert "more than one release cycle of ons_csp" in problems["waivers[1].expires"]
    assert "did you mean 'ons_csp'" in problems["waivers[2].source"]


def test_correction_is_recognised_by_its_keys_and_all_its_mistakes_are_named(tmp_path: Path) -> None:
    entry = {name: value for name, value in DECISION.items() if name != "figure"}
    file = tmp_path / "another-name.yaml"
    file.write_text(
        yaml.safe_dump({**entry, "source": "gla_reprot", "corrected": 1208, "expect": 1208}), "utf-8"
    )
    report = check_file(file)
    problems = {one.path: one.reason for one in report.problems}
    assert report.kind == "correction"
    assert "the file is another-name.yaml" in problems["id"]
    assert "did you mean 'gla_report'" in problems["source"]
    assert "as printed" in problems["corrected"]


def test_mistake_in_another_file_is_named_as_such(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = tmp_path / "geography"
    folder.mkdir()
    (folder / "areas.csv").write_text("code,name\n", encoding="utf-8")
    monkeypatch.setenv("CIVIC_CONTRACTS", str(tmp_path))
    (problem,) = check_file(DEFAULT_FOLDER / "vocabularies" / "partnerships.yaml").problems
    assert problem.path == "(other file)"
    assert f"{folder / 'areas.csv'}: header: the column 'type' is missing" in problem.reason


def test_file_of_no_kind_is_refused_with_the_kinds(tmp_path: Path) -> None:
    for name, content in (("notes.md", "# Notes"), ("odd.yaml", "colour: red\n"), ("odd.json", "[1]")):
        file = tmp_path / name
        file.write_text(content, encoding="utf-8")
        with pytest.raises(UsageError, match=r"register of breaks \(breaks\.yaml\)"):
            check_file(file)
    with pytest.raises(UsageError, match="is not a file"):
        check_file(tmp_path / "breaks.yaml")


def test_command_checks_files_and_folders_of_every_kind(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    vocabularies = DEFAULT_FOLDER / "vocabularies"
    assert main(["contract", str(vocabularies)]) == 0
    printed = capsys.readouterr().out
    assert all(f"{file}: no problems" in printed for file in vocabularies.glob("*.yaml"))
    name, change, path, _ = WRONG["breaks: id"]
    wrong = _mutated(tmp_path, name, change)
    assert main(["contract", str(wrong), str(DEFAULT_FOLDER / "waivers.yaml"), "--json"]) == 1
    answer = json.loads(capsys.readouterr().out)
    assert answer["problems"] == 1
    assert [one["kind"] for one in answer["contracts"]] == ["register of breaks", "register of waivers"]
    assert answer["contracts"][0]["problems"][0]["path"].startswith(path)
    empty = tmp_path / "empty"
    empty.mkdir()
    assert main(["contract", str(empty)]) == 2
    assert "no other file that can be checked" in capsys.readouterr().err
