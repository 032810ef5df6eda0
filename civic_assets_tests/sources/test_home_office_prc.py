"""The Home Office's open data: names to codes, quarters, zeros in accounting format, and nothing lost on the way."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.errors import CivicError
from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.parsing.observations import Parsed
from civic_assets.parsing.recognise import recognise
from civic_assets.parsing.table_finder import find_tables
from civic_assets.readers.open_file import read_grid
from civic_assets.sources import home_office_prc, ons_pfa
from civic_assets.sources.ons.partnerships import partnerships_of
from civic_assets_tests.home_office_files import DERBYSHIRE, KENT, csv_lines, sheets
from civic_assets_tests.ods_files import write_sheets
from civic_assets_tests.paths import FIXTURES

FIXTURE = FIXTURES / "home_office_prc" / "by_force_2016_17.csv"
BY_PARTNERSHIP = FIXTURE.with_name("by_partnership_2023_25.ods")
REAL = "home-office/prc-pfa-mar2013-onwards-tables201718.csv"


def _read(path: Path) -> Parsed:
    contract = load_contracts()["home_office_prc"]
    grid = read_grid(path)
    return home_office_prc.parse(grid, find_tables(grid, contract), contract)


def _changed(tmp_path: Path, old: str, new: str) -> Path:
    text = FIXTURE.read_text()
    assert old in text
    path = tmp_path / "changed.csv"
    path.write_text(text.replace(old, new))
    return path


def test_homicide_classes_under_one_code_keep_keys_of_their_own() -> None:
    rows = _read(FIXTURE).observations.to_pylist()
    keys = Counter((row["area_code"], row["period_start"], row["breakdown"]) for row in rows)
    assert set(keys.values()) == {1}
    parts = {row["breakdown"].split(";")[3] for row in rows if "offence=Homicide" in row["breakdown"]}
    assert parts == {"part=1", "part=2", "part=3", "part=4"}


def test_row_that_is_there_twice_for_one_force_is_not_distinguished(tmp_path: Path) -> None:
    line = next(line for line in FIXTURE.read_text().splitlines() if "1,Gwent,Bail" in line)
    rows = _read(_changed(tmp_path, line, f"{line}\n{line}")).observations.to_pylist()
    keys = Counter((row["area_code"], row["period_start"], row["breakdown"]) for row in rows)
    assert sorted(keys.values())[-2:] == [1, 2]


def test_accounting_zero_is_zero_and_negative_counts_stay() -> None:
    rows = _read(FIXTURE).observations.to_pylist()
    zeros = [row for row in rows if row["value_text"] == "-00 "]
    assert zeros
    assert {(row["value"], str(row["value"]), row["status"]) for row in zeros} == {(0.0, "0.0", None)}
    assert [row["value"] for row in rows if row["value"] < 0] == [-10]


@pytest.mark.parametrize(
    ("printed", "start", "end"),
    [
        ("2016/17,1,", date(2016, 4, 1), date(2016, 7, 1)),
        ("2016/17,Q3,", date(2016, 10, 1), date(2017, 1, 1)),
        ("2016-17,4,", date(2017, 1, 1), date(2017, 4, 1)),
        ("2016/2017,q2,", date(2016, 7, 1), date(2016, 10, 1)),
    ],
)
def test_quarter_four_is_in_the_later_year(tmp_path: Path, printed: str, start: date, end: date) -> None:
    rows = _read(_changed(tmp_path, "2016/17,1,Action", f"{printed}Action")).observations.to_pylist()
    assert (rows[0]["period_start"], rows[0]["period_end"]) == (start, end)


@pytest.mark.parametrize("printed", ["2016/17,5,", "2016/18,1,", "2016,1,", "2016/17,,"])
def test_row_without_a_quarter_is_named(tmp_path: Path, printed: str) -> None:
    with pytest.raises(CivicError, match=r"^L2:Financial Quarter does not name a quarter"):
        _read(_changed(tmp_path, "2016/17,1,Action", f"{printed}Action"))


def test_unknown_force_is_reported_and_its_rows_are_kept(tmp_path: Path) -> None:
    parsed = _read(_changed(tmp_path, "1,Gwent,", "1,Gwentshire,"))
    assert [(p.check_id, p.locator, p.observed) for p in parsed.problems] == [
        ("V-05", "L11:Force Name", "Gwentshire")
    ]
    kept = [row for row in parsed.observations.to_pylist() if row["area_name"] == "Gwentshire"]
    assert len(kept) == 8
    assert {row["area_code"] for row in kept} == {"K04000001/gwentshire"}


def test_damaged_count_is_unreadable_and_not_guessed(tmp_path: Path) -> None:
    parsed = _read(_changed(tmp_path, " 45305 ", " 45?05 "))
    assert [(p.check_id, p.observed) for p in parsed.problems] == [("R-06", " 45?05 ")]
    assert parsed.observations.to_pylist()[0]["value"] is None


def test_file_by_partnership_is_not_read_as_a_file_by_force(tmp_path: Path) -> None:
    lines = FIXTURE.read_text().splitlines()
    path = tmp_path / "csp.csv"
    path.write_text("\n".join([lines[0] + ",CSP Name", *(line + ",Islington" for line in lines[1:])]) + "\n")
    assert not find_tables(read_grid(path), load_contracts()["home_office_prc"]).blocks


@pytest.mark.real_data
def test_every_real_figure_is_read_once(real_data: Path) -> None:
    path = real_data / REAL
    assert [found.contract.source for found in recognise(read_grid(path), load_contracts())] == [
        "home_office_prc"
    ]
    parsed = _read(path)
    assert parsed.edition == "2018-03-pfa"
    assert not parsed.problems
    with path.open(encoding="latin-1", newline="") as file:
        printed = [
            (number, row["Number of Offences"]) for number, row in enumerate(csv.DictReader(file), start=2)
        ]
    read = {row["locator"]: row for row in parsed.observations.to_pylist()}
    assert len(read) == parsed.observations.num_rows == len(printed) == 23_068
    for number, text in printed:
        row = read[f"L{number}:Number of Offences"]
        assert (row["value_text"], row["value"]) == (text, float(text))


@pytest.mark.real_data
def test_accounting_zeros_give_the_sums_of_the_ons_tables(real_data: Path) -> None:
    """Two publications of one year: where a force revised nothing in between, every column agrees."""
    ours: Counter[tuple[str, str]] = Counter()
    for row in _read(real_data / REAL).observations.to_pylist():
        said = dict(part.split("=", 1) for part in row["breakdown"].split(";"))
        for name in {said["group"], said["subgroup"]}:
            ours[row["area_code"], name] += row["value"]
    contract = load_contracts()["ons_pfa"]
    grid = read_grid(real_data / "ons-pfa" / "policeforceareatablesyearendingmarch2018v2.xlsx")
    table = ons_pfa.parse(grid, find_tables(grid, contract), contract).observations.to_pylist()
    columns = {
        "Robbery": "robbery",
        "Sexual offences": "sexual_offences",
        "Theft offences": "theft_offences",
        "Drug offences": "drug_offences",
        "Criminal damage and arson": "criminal_damage_and_arson",
        "Violence against the person": "violence_against_the_person",
        "Miscellaneous crimes": "miscellaneous_crimes",
        "Homicide": "homicide",
    }
    theirs: dict[tuple[str, str], Any] = {
        (row["area_code"], row["measure"]): row["value"]
        for row in table
        if row["table_id"] == "counts_current" and row["area_code"][:3] in ("E23", "W15")
    }
    forces = {area for area, _ in theirs if (area, "Robbery") in ours}
    pairs = columns.items()
    same = {
        area for area in forces if all(ours[area, name] == theirs[area, column] for name, column in pairs)
    }
    assert len(forces) == 43, "all but the British Transport Police, which have no code of their own"
    assert len(same) == 24


def test_partnership_file_is_read_from_all_its_sheets() -> None:
    written = [
        (f"{name}!I{number}", *cells)
        for name, rows in sheets().items()
        for number, cells in enumerate(rows, start=1)
        if number > 1 and name[:2] == "20"
    ]
    read = {row["locator"]: row for row in _read(BY_PARTNERSHIP).observations.to_pylist()}
    assert len(read) == len(written) == 60
    for locator, *_, count in written:
        assert (read[locator]["value"], read[locator]["status"]) == (count, None)


def test_quarter_with_and_without_letter_and_code_as_number_read_the_same() -> None:
    rows = _read(BY_PARTNERSHIP).observations.to_pylist()
    assert {row["period_start"] for row in rows if row["locator"].startswith("2023_24!")} == {
        date(2023, 4, 1), date(2023, 7, 1), date(2023, 10, 1), date(2024, 1, 1),
    }  # fmt: skip
    assert {row["period_start"] for row in rows if row["locator"].startswith("2024_25!")} == {
        date(2024, 4, 1), date(2024, 7, 1),
    }  # fmt: skip
    assert {row["breakdown"].split(";")[2] for row in rows} == {"offence_code=28E", "offence_code=83"}


def test_partnership_has_its_code_under_each_of_its_names() -> None:
    rows = _read(BY_PARTNERSHIP).observations.to_pylist()
    by_code: dict[str, set[str]] = {}
    for row in rows:
        by_code.setdefault(row["area_code"], set()).add(row["area_name"])
    assert by_code == {
        "E22000204": {"Islington"},
        "E22000197": {"Hackney"},
        "E22000180": {"City of London"},
        "E22000145": {"Shepway", "Folkestone and Hythe"},
        "E23000001/unassigned": {"Unassigned Metropolitan Police"},
    }
    islington = next(row for row in rows if row["area_name"] == "Islington")
    assert (islington["authority_code"], islington["parent_code"]) == ("E09000019", "E23000001")


@pytest.mark.parametrize(
    ("force", "printed", "code", "kind"),
    [
        ("Devon and Cornwall", "Northern Devon", "E22000363", "partnership"),
        ("London, City of", "London, City of", "E22000180", "partnership"),
        ("Avon and Somerset", "Unassigned Avon & Somerset", "E23000036/unassigned", "unassigned"),
        ("Greater Manchester", "Manchester Airport", "E23000005/manchester-airport", "place_without_code"),
        ("Suffolk", "Suffolk Coastal", "E22000274", "partnership"),
        ("Metropolitan Police", "BARKING & DAGENHAM", "E22000186", "partnership"),
    ],
)
def test_name_as_the_publisher_writes_it_is_resolved(
    tmp_path: Path, force: str, printed: str, code: str, kind: str
) -> None:
    parsed = _read(_named(tmp_path, force, printed))
    assert not parsed.problems
    assert {(row["area_code"], row["row_kind"]) for row in parsed.observations.to_pylist()} == {(code, kind)}


def _named(tmp_path: Path, force: str, partnership: str) -> Path:
    """A file about one partnership."""
    rows = sheets()["2024_25"]
    return write_sheets(
        tmp_path / "one.ods",
        {"2024_25": [rows[0], *([*r[:2], force, partnership, *r[4:]] for r in rows[1:3])]},
    )


def test_partnership_that_is_unknown_is_one_finding_and_its_rows_are_kept(tmp_path: Path) -> None:
    changed = {name: [[*cells] for cells in rows] for name, rows in sheets().items()}
    for name in ("2023_24", "2024_25"):
        for cells in changed[name]:
            cells[3] = "Izlington" if cells[3] == "Islington" else cells[3]
    parsed = _read(write_sheets(tmp_path / "changed.ods", changed))
    (problem,) = parsed.problems
    assert (problem.check_id, problem.locator, problem.observed) == ("V-05", "2023_24!D2", "Izlington")
    kept = [row for row in parsed.observations.to_pylist() if row["area_name"] == "Izlington"]
    assert {(row["area_code"], row["row_kind"]) for row in kept} == {
        ("E23000001/izlington", "unknown_partnership")
    }
    assert len(kept) == 12


def test_partnership_of_another_force_is_not_taken_for_one_of_this(tmp_path: Path) -> None:
    (problem,) = _read(_named(tmp_path, "Kent", "Islington")).problems
    assert problem.area_code == "E23000032/islington"


def test_partnership_of_an_unknown_force_is_kept_and_reported(tmp_path: Path) -> None:
    changed = sheets()
    for cells in changed["2024_25"]:
        if len(cells) > 2 and cells[2] == "Kent":
            cells[2] = "Kernt"
    parsed = _read(write_sheets(tmp_path / "changed.ods", changed))
    (problem,) = parsed.problems
    assert (problem.check_id, problem.locator, problem.observed) == ("V-05", "2024_25!C10", "Kernt")
    kept = [row for row in parsed.observations.to_pylist() if row["parent_code"] == "K04000001/kernt"]
    assert {row["area_code"] for row in kept} == {"K04000001/kernt-folkestone-and-hythe"} and len(kept) == 4


def test_vocabulary_of_partnerships_agrees_with_the_area_register() -> None:
    register = AreaRegister.shipped()
    forces = sorted(set(load_contracts()["home_office_prc"].parser.options["forces"].values()))
    known = [one for force in forces for one in partnerships_of(force)]
    assert len(known) == 314
    assert [one.code for one in known if not all(register.called(one.code, name) for name in one.names)] == []
    assert [one.code for one in known if one.force not in register.above(one.code)] == []


def test_notes_on_forces_name_the_areas_that_they_are_about() -> None:
    notes = _read(BY_PARTNERSHIP).notes
    year = ("2024-04-01", "2025-04-01")
    assert [(n.locator, n.text, n.areas, [(str(p.start), str(p.end)) for p in n.periods]) for n in notes] == [
        ("Notes!A4", KENT, ("E22000145", "E23000032/unassigned"), [year]),
        ("Notes!A5", DERBYSHIRE, ("E23000018",), [year]),
    ]


def test_delimited_file_with_the_rows_of_a_sheet_has_the_same_figures(tmp_path: Path) -> None:
    path = tmp_path / "by_partnership.csv"
    path.write_text("\n".join(csv_lines("2023_24")) + "\n")
    apart = ["locator"]
    ours = [row for row in _read(BY_PARTNERSHIP).observations.to_pylist() if row["locator"][:7] == "2023_24"]
    theirs = _read(path).observations.drop_columns(apart).to_pylist()
    assert len(theirs) == 40
    assert [{k: v for k, v in row.items() if k not in apart} for row in ours] == theirs


def test_committed_sample_is_the_one_that_the_tests_write(tmp_path: Path) -> None:
    assert read_grid(write_sheets(tmp_path / "a.ods", sheets())).sheets == read_grid(BY_PARTNERSHIP).sheets
