"""Whatever a file, a parser, a rule or a contract does: it is named, and the others are published."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import NoReturn

import duckdb
import pytest

from civic_assets.answers.summary import Summary
from civic_assets.contracts import load
from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.errors import NotRecognised
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.layers.store import Store
from civic_assets.parsing.recognise import recognise
from civic_assets.quality.framework.rule import RULES
from civic_assets.readers.open_file import read_grid
from civic_assets.refresh import refresh
from civic_assets.sources import gla_report, tidy
from civic_assets_tests.acceptance.commands import civic_assets
from civic_assets_tests.paths import FIXTURES

pytestmark = pytest.mark.usefixtures("site_now")

SUSPENSIONS = FIXTURES / "dfe_exclusions" / "by_geography_2022_23.csv"
SEN = FIXTURES / "dfe_sen" / "by_provision_2025.csv"
UNRELATED = (
    "LSOA code (2011),LSOA name (2011),Local Authority District code (2019),Index of Multiple Deprivation (IMD) Rank",
    "URN,LA (code),LA (name),EstablishmentNumber,EstablishmentName,TypeOfEstablishment (name),Postcode",
    "Authority,Period,Material Group,Total Tonnes,Facility Type,Output Process Type",
    "ORG_CODE,ORG_NAME,PERIOD,TOTAL_ATTENDANCES,OVER_4_HOURS,REGION",
    "Body Name,Date,Transaction Number,Amount,Supplier Name,Supplier ID,Expense Area,Expense Type",
    "time_period,time_identifier,geographic_level,country_name,region_name,new_la_code,la_name,sess_overall",
    "time_period,time_identifier,geographic_level,country_code,country_name,establishment_type,ks4_pupils,att8_average",
    "Area Code,Area Name,Sex,Age,Category Type,Category,Time period,Value,Lower CI 95.0 limit,Upper CI 95.0 limit",
    "Code,Area,Year,Median house price,Number of sales",
    "Accident_Index,Location_Easting_OSGR,Location_Northing_OSGR,Longitude,Latitude,Police_Force,Accident_Severity",
    "geography code,geography,date,Sex: All persons; measures: Value,Age: Total; measures: Value",
    "LAD22CD,LAD22NM,Licensed vehicles,Body type,Keepership,2022 Q4,2022 Q3",
    "Practice Code,Practice Name,Postcode,Patients,Sex,Age Group",
    "Station,Date,NO2 (ug/m3),PM10,PM2.5,Latitude,Longitude",
    "WD22CD,WD22NM,Electorate,Votes,Turnout,Party",
    "Month,Borough,Fires,Special Services,False Alarms,First pump attending time",
    "Case Reference,Month,Decision,Ward,Application type,Date received",
    "oa11cd,lsoa11cd,msoa11cd,population density,households",
    "Date,Type,Latitude,Longitude,Gender,Age range,Legislation,Outcome",
    "Force,Year,Arrests,Ethnicity,Reason for arrest,Sex",
)  # fmt: skip


def _given(tmp_path: Path, **files: bytes) -> Path:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "report.csv").write_bytes(REPORT_TABLES.read_bytes())
    for name, data in files.items():
        (folder / f"{name}.csv").write_bytes(data)
    return folder


def _refreshed(store: Store, folder: Path) -> Summary:
    return refresh(store, profile="local", inputs=folder)


def _states(summary: Summary) -> dict[str, str]:
    return {f"{row.source} {row.release}": row.state for row in summary.releases}


@pytest.mark.parametrize("header", UNRELATED, ids=lambda header: header[:24])
def test_unrelated_file_is_sent_nowhere(tmp_path: Path, header: str) -> None:
    path = tmp_path / "other.csv"
    path.write_text(header + "\n" + ",".join("1" for _ in header.split(",")) + "\n")
    with pytest.raises(NotRecognised) as caught:
        recognise(read_grid(path), load_contracts())
    assert "sibling" not in str(caught.value) and "headerAliases" not in str(caught.value)


def test_near_miss_is_held_back_named_everywhere_and_goes_when_the_right_file_comes(tmp_path: Path) -> None:
    whole = SUSPENSIONS.read_bytes()
    folder = _given(
        tmp_path, near=whole.replace(b",suspension,", b",exclusions,", 1), empty=whole.splitlines()[0]
    )
    store = Store(tmp_path / "store")
    summary = _refreshed(store, folder)
    near = [row for row in summary.held_back if row.release.startswith("unknown-")]
    assert summary.exit_code == 1 and len(near) == 2 and summary.publication is not None
    told = " ".join(reason for row in near for reason in row.held_back)
    assert "lacks 'suspension'" in told and "no rows below them" in told and told.count("R-09") == 2
    with duckdb.connect(str(store.database), read_only=True) as connection:
        rows = connection.execute(
            "SELECT state, held_back FROM catalogue.releases WHERE release LIKE 'unknown-%'"
        ).fetchall()
    assert [state for state, _ in rows] == ["held_back"] * 2
    page = (store.root / "report" / "index.html").read_text(encoding="utf-8")
    assert all(row.release in page for row in near)
    again = _refreshed(store, folder)
    assert again.exit_code == 1 and _states(again) == _states(summary)
    (folder / "near.csv").unlink()
    (folder / "empty.csv").unlink()
    settled = _refreshed(store, folder)
    assert settled.exit_code == 0 and not settled.held_back
    assert len([r for r in store.archive.receipts() if r.release.startswith("unknown-")]) == 2
    assert store.archive.verify() == []


def test_parser_finder_and_rule_that_break_end_nothing_but_their_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> NoReturn:
        raise KeyError("time_period")

    monkeypatch.setattr(tidy, "parse", breaks)
    monkeypatch.setitem(
        RULES, "V-11", replace(RULES["V-11"], run=breaks, applies=lambda c: c.source == "lookups")
    )
    lookup = (FIXTURES / "lookups" / "code_changes.csv").read_bytes()
    summary = _refreshed(Store(tmp_path / "store"), _given(tmp_path, sen=SEN.read_bytes(), lookup=lookup))
    assert summary.exit_code == 1 and summary.publication is not None and summary.errors == []
    assert _states(summary)["gla_report 2023-05"] == "published"
    held = {row.source: " ".join(row.held_back) for row in summary.held_back}
    assert "KeyError: 'time_period'" in held["dfe_sen"]
    assert "V-11 could not be evaluated" in held["lookups"]
    assert any("dfe_sen" in text and "in breaks" in text for text in summary.tracebacks)


def test_edition_that_breaks_and_reader_that_breaks_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def breaks(*_: object) -> None:
        raise RecursionError("too deep")

    monkeypatch.setattr(tidy, "edition", breaks)
    (found,) = recognise(read_grid(SEN), load_contracts())
    assert found.near and found.tracebacks
    monkeypatch.setattr("civic_assets.parsing.claims.find_tables", breaks)
    from civic_assets.errors import FileRefused

    with pytest.raises(FileRefused, match="did not expect this"):
        recognise(read_grid(SEN), load_contracts())
    assert gla_report


def test_contract_of_which_dagster_does_not_take_a_text_is_refreshed_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    contracts: dict[str, Contract] = dict(load_contracts())
    contracts["lookups"] = replace(contracts["lookups"], owner="no owner: <of any kind>, at all")

    def changed(folder: Path | None = None) -> Mapping[str, Contract]:
        return contracts

    monkeypatch.setattr(load, "load_contracts", changed)
    monkeypatch.setattr("civic_assets.refresh.load_contracts", changed)
    summary = _refreshed(Store(tmp_path / "store"), _given(tmp_path))
    assert summary.publication is not None
    assert all("lookups" in error for error in summary.errors)
    assert _states(summary) == {"gla_report 2023-05": "published"}


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("other.csv", b"a,b\n1,2\n"),
        ("nowhere.csv", None),
        ("damaged.xlsx", b"PK\x03\x04 cut short"),
        ("empty", b""),
    ],
)
def test_inspect_prints_json_whatever_happens(tmp_path: Path, name: str, content: bytes | None) -> None:
    if content is not None:
        (tmp_path / name).write_bytes(content)
    answer = civic_assets("inspect", tmp_path / name, "--json")
    assert answer.code == 2
    said = json.loads(answer.out)
    assert (said["recognised"], said["outcome"]) == (False, "blocked") and name in said["message"]


def test_sheet_by_itself_is_read_as_a_part_and_never_replaces_the_whole(tmp_path: Path) -> None:
    import openpyxl

    from civic_assets.inputs.samples.ons_csp import write_sample_inputs
    from civic_assets.tables.release_names import publication_order

    write_sample_inputs(tmp_path)
    whole = tmp_path / "synthetic-csp-tables-2021-12.xlsx"
    book = openpyxl.load_workbook(whole)
    found = recognise(read_grid(whole), load_contracts())[0].found.blocks["rates"]
    for sheet in book.sheetnames:
        if sheet != found.sheet.name:
            del book[sheet]
    book.save(tmp_path / "alone.xlsx")
    from civic_assets_tests.json_answers import inspect

    report = inspect(tmp_path / "alone.xlsx", load_contracts())
    assert (report["source"], report["release"]) == ("ons_csp", "2021-12-part-rates")
    assert report["held_back"] == [] and report["rows"] > 0
    (tables,) = [check for check in report["checks"] if check["check_id"] == "R-03"]
    assert tables["outcome"] == "fail" and "not in this file: Table C2" in tables["message"]
    names = ["2021-12.r2", "2022-03", report["release"], "2021-12", "2021-09"]
    assert sorted(names, key=publication_order) == [
        "2021-09", report["release"], "2021-12", "2021-12.r2", "2022-03",
    ]  # fmt: skip
