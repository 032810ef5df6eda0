"""Each rule has a release that makes it fail, a twin that passes, and says so when it cannot tell.

`DEFECTS` is the registry of fixtures: one entry for each rule of the catalogue, `test_every_rule_has_a_fixture...`
fails without one. A new rule needs one line there,

    "V-99": Defect(broken, clean, accused, also),

or in a mapping of its own module, merged at its end as `HARMONISED` is: `broken()` builds a release that fails the
rule, `clean()` its twin that passes, `accused()` is the address that a finding must name (`""`: it names none), `also`
are the rules that rightly fail with it. The tests below then hold that the rule fails there, on that cell, that
nothing else fails, that it passes on the twin, and, with the rule switched off (replaced by one that always passes),
that what is expected of the broken release is no longer met: a rule that could go without a test turning red does not
exist.

Rules over our own tables have the same registry in `civic_assets_tests.quality.published.test_published_rules`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache

import pyarrow as pa
import pytest

from civic_assets.contracts.model import Threshold
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Assessment, RuleOutcome
from civic_assets.quality.framework.rule import RULES
from civic_assets.quality.run import assess
from civic_assets.readers.grid import Ranges, Sheet
from civic_assets.readers.open_file import read_grid
from civic_assets.values.cells import CellValue
from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.quality.rules import test_postcodes
from civic_assets_tests.quality.rules.course_defects import COURSE
from civic_assets_tests.quality.rules.harmonised_defects import HARMONISED, panel
from civic_assets_tests.quality.rules.left_out_defects import LEFT_OUT
from civic_assets_tests.releases import (
    FILE,
    Place,
    contract,
    failing,
    fixture,
    locator,
    mended_report,
    number_at,
    place_of,
    release_of,
    report,
    result,
    sample,
    sheet_of,
    unreserved,
    value_at,
    with_cells,
    with_observation,
    with_sheet,
    without_sheet,
)

ANSWER = FIXTURES / "police_uk" / "answer.json"
RECEIVED = replace(FILE, retrieved_at="2022-10-27T09:30:00Z")
# A wrong count also breaks the sums, the change and the rate that it is part of, and is localised.
LOCALISED = frozenset({"V-15"})
_NEET_OF_ISLINGTON = "16-17 NEET,2024,Islington,8.85395"
WRONG_COUNT = frozenset({"V-14", "V-15", "V-17", "V-18"})


@dataclass(frozen=True)
class Defect:
    """A release that fails a rule, the twin that does not, the accused cell, and what fails with it."""

    broken: Callable[[], ReleaseView]
    clean: Callable[[], ReleaseView]
    accused: Callable[[], str] = field(default=lambda: "")
    also: frozenset[str] = frozenset()


@cache
def _sample() -> ReleaseView:
    return release_of(sample())


def _mended() -> ReleaseView:
    return release_of(mended_report(), "gla_report", under=unreserved())


def _cell(
    table: str, row: str, column: str, change: Callable[[float], float | str]
) -> Callable[[], ReleaseView]:
    def build() -> ReleaseView:
        place = place_of(sample(), table, row, column)
        return release_of(with_cells(sample(), {place: change(number_at(sample(), place))}))

    return build


def _at(table: str, row: str, column: str) -> Callable[[], str]:
    return lambda: locator(sample(), place_of(sample(), table, row, column))


def _report_cell(row: str, column: str, value: str) -> Callable[[], ReleaseView]:
    def build() -> ReleaseView:
        place = place_of(report(), "table_2", row, column, "gla_report")
        return release_of(with_cells(mended_report(), {place: value}), "gla_report", under=unreserved())

    return build


def _header_twice() -> ReleaseView:
    sheet = sheet_of(sample(), "rates")
    header = release_of(sample()).found["rates"].header_row
    rows = [*sheet.rows[: header + 1], sheet.rows[header], *sheet.rows[header + 1 :]]
    return release_of(with_sheet(sample(), replace(sheet, rows=rows)))


def _merged() -> ReleaseView:
    sheet, place = sheet_of(sample(), "rates"), place_of(sample(), "rates", "Camden", "burglary")
    merged = ((place.row, place.column, place.row, place.column + 1),)
    return release_of(with_sheet(sample(), replace(sheet, merged=merged)))


def _beneath_a_merged_name() -> ReleaseView:
    """A name above Camden's that is merged over it: the sheet shows the upper one, programs read both."""
    sheet, place = sheet_of(sample(), "rates"), place_of(sample(), "rates", "Camden", "partnership_name")
    merged = ((place.row - 1, place.column, place.row, place.column),)
    return release_of(with_sheet(sample(), replace(sheet, merged=merged)))


def _column_gone() -> ReleaseView:
    sheet, place = sheet_of(sample(), "rates"), place_of(sample(), "rates", "Camden", "burglary")
    rows = [[*row[: place.column], *row[place.column + 1 :]] for row in sheet.rows]
    return release_of(with_sheet(sample(), replace(sheet, rows=rows)))


def _fewer_rows_before(drop: int) -> Callable[[], ReleaseView]:
    def build() -> ReleaseView:
        release = _sample()
        table = release.observations
        last = max(table["row_number"].to_pylist()) - drop
        before = table.filter(pa.array([row <= last for row in table["row_number"].to_pylist()]))
        return replace(release, history={"2022-03": before})

    return build


def _note_without_text() -> ReleaseView:
    sheet = sheet_of(sample(), "rates")
    title: list[CellValue] = [f"{sheet.rows[0][0]}[note 77]", *sheet.rows[0][1:]]
    return release_of(with_sheet(sample(), replace(sheet, rows=[title, *sheet.rows[1:]])))


def _printed_twice() -> ReleaseView:
    sheet = sheet_of(sample(), "counts_current")
    one, other = (place_of(sample(), "counts_current", name, "robbery") for name in ("Camden", "Barnet"))
    rows = list(sheet.rows)
    rows[other.row] = rows[one.row]
    return release_of(with_sheet(sample(), replace(sheet, rows=rows)))


def _everything_twice() -> ReleaseView:
    """The sample with every observation twice, as a file that was appended to itself."""
    release = _sample()
    assert release.parsed is not None
    twice = pa.concat_tables([release.observations, release.observations])
    return replace(release, parsed=replace(release.parsed, observations=twice))


def _answer(records: int) -> ReleaseView:
    """An answer of data.police.uk with so many records."""
    grid = read_grid(ANSWER)
    (sheet,) = grid.sheets
    names, *rows = sheet.rows
    repeated = [rows[number % len(rows)] for number in range(records)]
    return release_of(replace(grid, sheets=[Sheet("", [names, *repeated], records=True)]), "police_uk")


def _burglaries_without_place() -> ReleaseView:
    """A street file in which eight more crimes have no place: 15 of 40 instead of 7."""
    release = fixture("police_uk", "2011_areas.csv")
    rows = release.observations.to_pylist()
    most = max(range(len(rows)), key=lambda at: rows[at]["value"])
    return with_observation(release, most, area_type="unassigned", area_code="E23000034/no-place")


def _observation(**changes: object) -> Callable[[], ReleaseView]:
    return lambda: with_observation(_sample(), 0, **changes)


def _first_locator() -> str:
    return str(_sample().observations["locator"][0].as_py())


def _text_in(table: str, row: str, column: str, text: str) -> Callable[[], ReleaseView]:
    return lambda: release_of(with_cells(sample(), {place_of(sample(), table, row, column): text}))


def _changes_blanked() -> ReleaseView:
    block = release_of(sample()).found["percentage_change"]
    places = [
        Place(block.sheet.name, row, block.columns[column])
        for row in block.rows[1:]
        for column, _ in block.figures()
    ]
    return release_of(with_cells(sample(), dict.fromkeys(places, "[x]")))


def _other_title() -> ReleaseView:
    block = release_of(sample()).found["rates"]
    sheet = block.sheet
    title: list[CellValue] = [str(cell).replace("June 2022", "June 2021") for cell in sheet.rows[0]]
    rows = [title, *sheet.rows[1:]]
    return release_of(with_sheet(sample(), replace(sheet, rows=rows)))


def _history(factor: float) -> Callable[[], ReleaseView]:
    """Four earlier disjoint years in which Camden's robberies were `factor` times as many."""

    def build() -> ReleaseView:
        release = _sample()
        table = release.observations
        past = {}
        for years in (1, 2, 3, 4):
            rows = [row for row in table.to_pylist() if row["table_id"] == "counts_previous"]
            for row in rows:
                row["period_start"] = _earlier(row["period_start"], years)
                row["period_end"] = _earlier(row["period_end"], years)
                if row["area_name"] == "Camden" and row["measure"] == "robbery":
                    row["value"] *= factor
            past[f"{2021 - years}-06"] = pa.Table.from_pylist(rows, schema=table.schema)
        # Synthetic years differ more from each other than the limit of real ones allows.
        limits = {**release.contract.thresholds, "outlier_z": Threshold(100, "synthetic years")}
        return replace(release, history=past, contract=replace(release.contract, thresholds=limits))

    return build


def _earlier(day: date, years: int) -> date:
    return day.replace(year=day.year - years)


def _known(value: str) -> Callable[[], ReleaseView]:
    def build() -> ReleaseView:
        place = place_of(report(), "table_2", "Burglary", "year#2", "gla_report")
        return release_of(with_cells(report(), {place: value}), "gla_report")

    return build


def _terms(suspensions_of_the_year: int) -> Callable[[], ReleaseView]:
    """Three terms of 2023/24, with the year in an earlier release; Islington's terms have 840, 818 and 818."""

    def build() -> ReleaseView:
        printed = (
            "202223,Local authority,E92000001,England,E13000001,Inner London,206,E09000019,Islington,Total"
        )
        year = fixture(
            "dfe_exclusions",
            "by_geography_2022_23.csv",
            (
                f"{printed},32,26000,32,0.12,1040,4.00,576,2.22",
                f"{printed.replace('202223', '202324')},32,26000,71,0.27,{suspensions_of_the_year},9.52,1000,3.85",
            ),
        )
        return fixture(
            "dfe_exclusions",
            "autumn_2024_25.csv",
            ("Autumn term,202425", "Autumn term,202324"),
            history={"2023-24": year.observations},
        )

    return build


_CHILDREN = "Unaccompanied asylum-seeking children"
_ISLINGTON = f"2021,Local authority,E13000001,Inner London,206,E09000019,Islington,{_CHILDREN}"


def _looked_after(*changes: tuple[str, str]) -> Callable[[], ReleaseView]:
    """Children looked after in 2021: in Islington two groups are hidden, their total is printed."""
    return lambda: fixture("dfe_looked_after", "at_31_march_2021.csv", *changes)


DEFECTS: Mapping[str, Defect] = {
    "R-01": Defect(lambda: release_of(sample(), file=replace(FILE, sha256="b" * 64)), _sample),
    "R-02": Defect(lambda: release_of(sample(), file=replace(FILE, size=900)), _sample),
    "R-03": Defect(lambda: release_of(without_sheet(sample(), sheet_of(sample(), "rates").name)), _sample),
    "R-04": Defect(
        _header_twice, _sample, lambda: f"{sheet_of(sample(), 'rates').name}!A1", frozenset({"R-05"})
    ),
    "R-05": Defect(_merged, _sample, _at("rates", "Camden", "burglary")),
    "R-06": Defect(
        _text_in("percentage_change", "Camden", "burglary", "n/k"),
        _text_in("percentage_change", "Camden", "burglary", "[x]"),
        _at("percentage_change", "Camden", "burglary"),
    ),
    "R-07": Defect(_observation(status="suppressed"), _observation(status="provisional"), _first_locator),
    "R-08": Defect(_fewer_rows_before(3), _fewer_rows_before(0)),
    "R-09": Defect(_column_gone, _sample, lambda: f"{sheet_of(sample(), 'rates').name}!A7"),
    "R-10": Defect(lambda: _answer(10_000), lambda: _answer(12)),
    "K-08": Defect(_burglaries_without_place, lambda: fixture("police_uk", "2011_areas.csv")),
    "R-11": Defect(_note_without_text, _sample, lambda: f"{sheet_of(sample(), 'rates').name}!A1"),
    "R-12": Defect(
        lambda: release_of(sample(), file=RECEIVED, under=replace(contract(), publisher={"name": "ONS"})),
        lambda: release_of(sample(), file=RECEIVED),
    ),
    "H-18": Defect(
        _looked_after(
            (f"{_CHILDREN},Non-UASC,242,95", f"{_CHILDREN},Non-UASC,253,99"),
            (f"{_CHILDREN},UASC,14,5", f"{_CHILDREN},UASC,3,1"),
        ),
        _looked_after(),
        lambda: "L16:number",
    ),
    "H-19": Defect(
        _looked_after((f"{_ISLINGTON},Non-UASC,c,c", f"{_ISLINGTON},Non-UASC,315,99")),
        _looked_after(),
        lambda: "L10:number",
    ),
    "V-01": Defect(_printed_twice, _sample, _at("counts_current", "Camden", "total_recorded_crime")),
    "V-02": Defect(
        _cell("counts_current", "Camden", "robbery", lambda x: x + 0.5),
        _sample,
        _at("counts_current", "Camden", "robbery"),
        WRONG_COUNT | {"V-10", "V-16"},
    ),
    "V-03": Defect(
        lambda: release_of(
            with_cells(
                mended_report(),
                {
                    place_of(
                        report(), "table_1", "SEND in secondary schools", "percent", "gla_report"
                    ): "106.0%"
                },
            ),
            "gla_report",
            under=unreserved(),
        ),
        _mended,
        lambda: "L10:Percentage (Islington)",
        # No whole number of pupils gives 106.0% of 1,390.
        frozenset({"V-09", "V-17"}),
    ),
    "V-04": Defect(_observation(area_code="E0900001"), _sample, _first_locator),
    "V-05": Defect(
        _text_in("rates", "Camden", "force_code", "E23000002"), _sample, _at("rates", "Camden", "force_code")
    ),
    "V-06": Defect(_observation(measure="hedgehogs"), _sample, _first_locator),
    "V-07": Defect(_changes_blanked, _sample),
    "V-08": Defect(_observation(period_end=date(2022, 1, 1)), _sample, _first_locator),
    "V-09": Defect(_other_title, _sample, lambda: f"{sheet_of(sample(), 'rates').name}!A1"),
    "V-10": Defect(
        _report_cell("Drug offences", "year#1", "133"),
        _mended,
        lambda: "L35:Data year ending December 2019",
        LOCALISED | {"V-09", "V-16"},
    ),
    "V-11": Defect(
        _report_cell("Stalking and harassment", "year#1", "1512"),
        _mended,
        lambda: "L22:Data year ending December 2019",
        LOCALISED | {"V-09", "V-16"},
    ),
    "V-12": Defect(
        _report_cell("Residential burglary", "year#1", "1860"),
        _mended,
        lambda: "L25:Data year ending December 2019",
        LOCALISED | {"V-09", "V-16"},
    ),
    "V-13": Defect(
        _cell("rates", "Camden", "population", lambda x: x + 40_000),
        _sample,
        _at("rates", "Camden", "population"),
        LOCALISED | {"V-17"},
    ),
    "V-14": Defect(
        _cell("counts_current", "Camden", "robbery", lambda x: x + 7),
        _sample,
        _at("counts_current", "Camden", "robbery"),
        WRONG_COUNT | {"V-10"},
    ),
    "V-15": Defect(
        _cell("percentage_change", "Camden", "total_recorded_crime", lambda x: x + 1),
        _sample,
        _at("percentage_change", "Camden", "total_recorded_crime"),
        frozenset({"V-17"}),
    ),
    "V-16": Defect(
        _report_cell("Burglary", "year#1", "2461"),
        _mended,
        lambda: "L24:Data year ending December 2019",
        frozenset({"V-09", "V-11", "V-12", "V-15"}),
    ),
    "V-17": Defect(
        _cell("percentage_change", "Camden", "total_recorded_crime", lambda x: -x),
        _sample,
        _at("percentage_change", "Camden", "total_recorded_crime"),
        LOCALISED,
    ),
    "V-18": Defect(
        _cell("rates", "Camden", "burglary", lambda x: x + 1),
        _sample,
        _at("rates", "Camden", "burglary"),
        LOCALISED | {"V-17"},
    ),
    "V-19": Defect(
        lambda: fixture(
            "dfe_lait",
            "extract_2024.csv",
            (_NEET_OF_ISLINGTON, _NEET_OF_ISLINGTON.replace("Islington,", "Islington,9")),
        ),
        lambda: fixture("dfe_lait", "extract_2024.csv"),
        also=LOCALISED | {"V-07", "V-16", "V-23"},
    ),
    "V-25": Defect(_terms(2576), _terms(2476), also=LOCALISED | {"V-16"}),
    "V-21": Defect(
        _history(1000), _history(1), _at("counts_current", "Camden", "robbery"), frozenset({"R-08"})
    ),
    "V-23": Defect(
        _cell("counts_current", "Camden", "robbery", lambda x: x * 10),
        _sample,
        _at("counts_current", "Camden", "robbery"),
        WRONG_COUNT | {"V-10", "V-16"},
    ),
    "K-01": Defect(
        _known("1209"),
        _known("1208"),
        lambda: "L24:Data year ending December 2020",
        frozenset({"V-09", "V-10", "V-11", "V-12", "V-15", "V-16"}),
    ),
    **{check_id: Defect(*parts) for check_id, parts in {**HARMONISED, **COURSE, **LEFT_OUT}.items()},
}
"""One release for each rule that makes it fail. A rule without one here turns `test_every_rule_has_a_fixture` red."""


@cache
def _broken(check_id: str) -> ReleaseView:
    """Built once: what a release knows of its equations and repairs is the same for each test of a rule."""
    return DEFECTS[check_id].broken()


def _examined(check_id: str) -> Assessment:
    return assess(_broken(check_id))


@cache
def _clean(check_id: str) -> Assessment:
    return assess(DEFECTS[check_id].clean())


def test_every_rule_has_a_fixture_that_makes_it_fail() -> None:
    # Rows of a postcode directory have a file of their own, because its release is not one of figures.
    assert set(DEFECTS) | set(test_postcodes.DEFECTS) == set(RULES)


def _unmet(check_id: str, assessment: Assessment) -> list[str]:
    """What is expected of a rule's broken release and is not so; empty when the rule does its work."""
    accused, outcome = DEFECTS[check_id].accused(), result(assessment, check_id)
    findings = [finding for finding in assessment.findings if finding.check_id == check_id]
    expected = {
        "the rule fails": outcome.outcome == "fail" and outcome.n_failed >= 1,
        "it has findings": bool(findings),
        "they are sentences": all(finding.message.endswith((".", ")")) for finding in findings),
        f"one of them names {accused}": not accused or accused in {finding.locator for finding in findings},
    }
    return [what for what, met in expected.items() if not met]


@pytest.mark.parametrize("check_id", DEFECTS)
def test_rule_fails_on_its_defect_and_names_the_cell(check_id: str) -> None:
    assert _unmet(check_id, _examined(check_id)) == []


@pytest.mark.parametrize("check_id", DEFECTS)
def test_defect_fails_its_rule_and_only_what_hangs_on_it(check_id: str) -> None:
    assert failing(_examined(check_id)) - {check_id} <= DEFECTS[check_id].also | failing(_clean(check_id))


# Two rules never pass: a proposal needs something to mend, and an answer does not say what was asked.
@pytest.mark.parametrize("check_id", [c for c in DEFECTS if c not in ("V-16", "R-10")])
def test_rule_passes_on_the_clean_twin(check_id: str) -> None:
    twin = result(_clean(check_id), check_id)
    assert (twin.outcome, twin.n_failed) == ("pass", 0)
    assert twin.n_checked > 0


@pytest.mark.parametrize("check_id", DEFECTS)
def test_rule_that_is_switched_off_turns_its_test_red(check_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A rule that is replaced by one that passes leaves a gap: no other rule speaks in its name."""
    spec = replace(RULES[check_id], run=lambda release: RuleOutcome("pass", 1))
    monkeypatch.setitem(RULES, check_id, spec)
    unmet = _unmet(check_id, _examined(check_id))
    assert {"the rule fails", "it has findings"} <= set(unmet)


@pytest.mark.parametrize(
    ("check_id", "release", "reason"),
    [
        ("R-01", lambda: release_of(sample(), file=replace(FILE, registered_sha256="")), "no_reference"),
        ("R-02", lambda: release_of(sample(), under=replace(contract(), thresholds={})), "no_reference"),
        ("R-06", _column_gone, "no_input"),
        ("R-07", _column_gone, "no_input"),
        ("R-08", _sample, "history_too_short"),
        ("R-10", lambda: _answer(12), "no_reference"),
        ("R-11", lambda: release_of(report(), "gla_report"), "no_input"),
        ("R-12", _sample, "no_reference"),
        ("V-01", _column_gone, "no_input"),
        ("V-03", lambda: fixture("met_borough", "recent.csv"), "not_applicable"),
        ("V-14", lambda: _everything_twice(), "no_input"),
        ("V-15", lambda: _everything_twice(), "no_input"),
        ("V-18", lambda: _everything_twice(), "no_input"),
        ("V-23", lambda: _everything_twice(), "no_input"),
        ("V-10", _column_gone, "no_input"),
        ("V-15", _column_gone, "no_input"),
        ("V-16", _sample, "not_applicable"),
        ("V-21", _sample, "history_too_short"),
        ("V-21", lambda: release_of(report(), "gla_report"), "history_too_short"),
        ("H-12", _sample, "history_too_short"),
        ("V-20", lambda: release_of(report(), "gla_report"), "no_input"),
        ("V-22", lambda: fixture("met_borough", "recent.csv"), "no_reference"),
        ("V-24", _sample, "no_input"),
        ("K-01", _sample, "not_applicable"),
    ],
)
def test_rule_that_cannot_tell_says_so_and_never_passes(
    check_id: str, release: Callable[[], ReleaseView], reason: str
) -> None:
    found = result(assess(release()), check_id)
    assert (found.outcome, found.reason, found.n_checked) == ("not_evaluated", reason, 0)
    assert found.message


def test_text_beneath_a_merged_range_is_read_with_a_warning_that_names_the_cell() -> None:
    (found,) = (f for f in assess(_beneath_a_merged_name()).findings if f.check_id == "R-05")
    place = place_of(sample(), "rates", "Camden", "partnership_name")
    assert (found.severity, found.observed, found.locator) == ("warning", "Camden", locator(sample(), place))
    assert "beneath a merged range" in found.message


def _hidden(*, rows: Ranges = (), columns: Ranges = (), sheet: bool = False) -> ReleaseView:
    """The sample with rows, columns or the whole of the sheet of rates hidden."""
    hidden = replace(sheet_of(sample(), "rates"), hidden=sheet, hidden_rows=rows, hidden_columns=columns)
    return release_of(with_sheet(sample(), hidden))


def test_figures_in_hidden_rows_are_named_with_their_cells() -> None:
    place = place_of(sample(), "rates", "Camden", "burglary")
    (found,) = (
        f for f in assess(_hidden(rows=((place.row, place.row + 1),))).findings if f.check_id == "R-05"
    )
    assert (found.severity, len(found.locators)) == ("warning", 2)
    assert "2 rows of the" in found.message and f"the first at {found.locator}" in found.message
    assert found.locator.rpartition("!")[2].endswith(str(place.row + 1))


def test_figures_in_a_hidden_column_are_named_with_their_cell() -> None:
    place = place_of(sample(), "rates", "Camden", "burglary")
    hidden = _hidden(columns=((place.column, place.column),))
    (found,) = (f for f in assess(hidden).findings if f.check_id == "R-05")
    assert "1 column of the" in found.message and "is hidden" in found.message


def test_a_table_on_a_hidden_sheet_is_named() -> None:
    (found,) = (f for f in assess(_hidden(sheet=True)).findings if f.check_id == "R-05")
    assert "which is hidden" in found.message


def test_hidden_rows_without_figures_are_no_finding() -> None:
    last = max(sheet_of(sample(), "rates").merged, default=(0,))[0]
    hidden = _hidden(rows=((0, 1), (last + 5_000, last + 5_001)))
    assert not [f for f in assess(hidden).findings if f.check_id == "R-05"]


def test_row_that_stands_twice_hides_no_error_elsewhere() -> None:
    """Which of two rows counts is not guessed; equations without them are evaluated as ever."""
    place = place_of(sample(), "counts_current", "Bolton", "robbery")
    sheet = sheet_of(sample(), "counts_current")
    one, other = (place_of(sample(), "counts_current", name, "robbery") for name in ("Camden", "Barnet"))
    rows = list(sheet.rows)
    rows[other.row] = rows[one.row]
    grid = with_cells(
        with_sheet(sample(), replace(sheet, rows=rows)), {place: number_at(sample(), place) + 90}
    )
    assessment = assess(release_of(grid))
    assert result(assessment, "V-01").outcome == "fail"
    assert [f.locator for f in assessment.findings if f.check_id == "V-15"] == [locator(sample(), place)]


@pytest.mark.parametrize("check_id", ["V-10", "V-11", "V-12"])
def test_absent_operands_leave_an_identity_undecided(check_id: str) -> None:
    block = release_of(mended_report(), "gla_report", under=unreserved()).found["table_2"]
    under = replace(unreserved(), symbols=contract().symbols)
    blanked = {
        place_of(report(), "table_2", row, name, "gla_report"): ""
        for row in ("Robbery", "Homicide", "Bicycle theft", "Residential burglary")
        for name, _ in block.figures()
    }
    found = result(
        assess(release_of(with_cells(mended_report(), blanked), "gla_report", under=under)), check_id
    )
    assert (found.outcome, found.reason) == ("not_evaluated", "suppressed_input")


def test_a_total_below_its_known_parts_is_wrong_whatever_the_suppressed_part_is() -> None:
    under = replace(unreserved(), symbols=contract().symbols)
    cells = {
        place_of(report(), "table_2", "Residential burglary", "year#1", "gla_report"): "[x]",
        place_of(report(), "table_2", "Burglary", "year#1", "gla_report"): "500",
    }
    found = result(assess(release_of(with_cells(mended_report(), cells), "gla_report", under=under)), "V-12")
    assert (found.outcome, found.n_failed) == ("fail", 1)


def test_rule_that_breaks_is_not_evaluated_and_holds_back_when_structural(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def breaks(release: ReleaseView) -> RuleOutcome:
        raise ZeroDivisionError("by zero")

    monkeypatch.setitem(RULES, "V-01", replace(RULES["V-01"], run=breaks))
    assessment = assess(_sample())
    assert result(assessment, "V-01").reason == "engine_error"
    assert any("V-01 could not be evaluated" in sentence for sentence in assessment.held_back)


def _off_by(row: str, difference: int) -> Assessment:
    """The report's second table without its own errors, with a count that is off."""
    place = place_of(report(), "table_2", row, "year#1", "gla_report")
    value = int(str(value_at(mended_report(), place)).replace(",", "")) + difference
    assert value >= 1000
    changed = with_cells(mended_report(), {place: str(value)})
    return assess(release_of(changed, "gla_report", under=unreserved()))


@pytest.mark.parametrize(
    ("difference", "severity"),
    # The total is 16,316: 2% of it are 326.
    [
        (1, "warning"),
        (-1, "warning"),
        (2, "blocking"),
        (90, "blocking"),
        (326, "blocking"),
        (-326, "blocking"),
    ],
)
def test_total_that_is_off_by_one_in_thousands_warns_and_stays_in_use(difference: int, severity: str) -> None:
    assessment = _off_by("Total theft offences:", difference)
    (found,) = [finding for finding in assessment.findings if finding.check_id == "V-11"]
    assert found.locator == "L23:Data year ending December 2019"
    assert f"difference {difference:+}" in found.message
    assert list(found.disputes) == ([found.locator] if severity == "blocking" else [])
    sums = [finding for finding in assessment.findings if finding.check_id in ("V-10", "V-11")]
    assert sums and {finding.severity for finding in sums} == {severity}
    assert bool(assessment.disputed) is (severity == "blocking")
    (verdict,) = [one for one in assessment.results if one.check_id == "V-11"]
    assert (verdict.outcome, verdict.severity) == ("fail", severity)


def test_small_total_that_is_off_by_one_is_disputed() -> None:
    small = replace(unreserved(), symbols=contract().symbols)
    few = {
        place_of(report(), "table_2", row, "year#1", "gla_report"): text
        for row, text in (
            ("Burglary", "31"),
            ("Residential burglary", "20"),
            ("Non-residential burglary", "10"),
        )
    }
    assessment = assess(release_of(with_cells(mended_report(), few), "gla_report", under=small))
    findings = [finding for finding in assessment.findings if finding.check_id == "V-12"]
    assert findings and {finding.severity for finding in findings} == {"blocking"}


def test_cell_that_a_printed_change_also_accuses_is_disputed_even_if_it_is_off_by_one() -> None:
    """The change is printed with all its digits, so it is known which of the figures is wrong."""
    place = ("counts_current", "Camden", "total_recorded_crime")
    assert number_at(sample(), place_of(sample(), *place)) >= 1000
    assert assess(_cell(*place, lambda x: x + 1)()).disputed == {
        locator(sample(), place_of(sample(), *place))
    }


@pytest.mark.parametrize(("status", "outcome"), [("suppressed", "pass"), ("not_available", "fail")])
def test_area_whose_figures_are_hidden_did_report_and_has_not_dropped_out(status: str, outcome: str) -> None:
    assessment = assess(panel(("Camden", "Barnet"), status))
    assert result(assessment, "R-07").outcome == "pass", (
        "the figures have a status that says why they are absent"
    )
    assert result(assessment, "H-15").outcome == outcome, result(assessment, "H-15").message
    assert result(assessment, "H-15").n_checked == result(assess(panel(())), "H-15").n_checked


def test_message_about_hidden_figures_gives_no_address() -> None:
    for check_id in ("H-18", "H-19"):
        for finding in assess(DEFECTS[check_id].broken()).findings:
            if finding.check_id == check_id:
                assert finding.locators, "whoever holds the file can ask for the cells"
                assert not any(cell in finding.message for cell in finding.locators)
