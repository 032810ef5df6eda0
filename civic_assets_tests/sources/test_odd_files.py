"""Files as they should not be: each is read right, or what is wrong with it is reported with its address.

Small copies of the sources' fixtures with one thing changed; what is peculiar to one source is in that source's
own test.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.layers.examine import examine
from civic_assets.parsing.recognise import recognise
from civic_assets.quality.framework.release import FileFacts
from civic_assets.readers.open_file import read_grid
from civic_assets_tests.json_answers import inspect
from civic_assets_tests.paths import FIXTURES

MET, MET_OLDER = FIXTURES / "met_borough" / "recent.csv", FIXTURES / "met_borough" / "older.csv"
FORCES = FIXTURES / "home_office_prc" / "by_force_2016_17.csv"
SUSPENSIONS = FIXTURES / "dfe_exclusions" / "by_geography_2022_23.csv"
EXCLUSIONS = FIXTURES / "dfe_exclusions" / "counts_2014_15.csv"
ALL = [MET, FORCES, SUSPENSIONS, EXCLUSIONS]
BOM = b"\xef\xbb\xbf"


def _lines(path: Path) -> list[bytes]:
    return path.read_bytes().removeprefix(BOM).splitlines()


def _replaced(path: Path, old: str, new: str) -> bytes:
    data = path.read_bytes().removeprefix(BOM)
    assert old.encode() in data, old
    return data.replace(old.encode(), new.encode(), 1)


def _write(tmp_path: Path, data: bytes) -> Path:
    path = tmp_path / "a name that says nothing"
    path.write_bytes(data)
    return path


def _figures(path: Path) -> list[tuple[Any, ...]]:
    """Every figure of a file, without its address."""
    grid = read_grid(path)
    (found,) = recognise(grid, load_contracts())
    facts = FileFacts(path.name, "0" * 64, "0" * 64, 10_000_000, str(grid.format))
    assessment, table, _ = examine(found.contract, found.edition, facts, grid, found.found, {})
    assert table is not None, list(assessment.held_back)
    columns = ("measure", "area_code", "period_start", "breakdown", "unit", "value", "status")
    return list(zip(*(table[name].to_pylist() for name in columns), strict=True))


def _findings(path: Path) -> list[tuple[str, str, str]]:
    """Check, severity and address of everything found; fixtures are smaller than any real file (R-02)."""
    report = inspect(path, load_contracts())
    found = [
        (f["check_id"], f["severity"], f["locator"]) for f in report["findings"] if f["check_id"] != "R-02"
    ]
    return sorted(found)


def _new(path: Path, original: Path) -> list[tuple[str, str, str]]:
    """Findings that the original does not have."""
    before = _findings(original)
    return [finding for finding in _findings(path) if finding not in before]


# A file of two eras


@pytest.mark.parametrize(
    ("first", "second", "where"),
    [(EXCLUSIONS, SUSPENSIONS, "L44:geographic_level"), (SUSPENSIONS, EXCLUSIONS, "L42:geographic_level")],
    ids=["old above new", "new above old"],
)
def test_rows_of_another_era_are_never_read_under_the_first_headers(
    tmp_path: Path, first: Path, second: Path, where: str
) -> None:
    path = _write(tmp_path, b"\n".join([*_lines(first), *_lines(second)]))
    assert ("R-09", "blocking", where) in _findings(path)
    assert inspect(path, load_contracts())["rows"] == 0


def test_months_of_another_era_are_never_read_as_those_of_the_first_headers(tmp_path: Path) -> None:
    # Same columns in number and order, other months in the headers: every figure would be of a wrong month.
    path = _write(tmp_path, b"\r\n".join([*_lines(MET), *_lines(MET_OLDER)]))
    assert _findings(path) == [("R-04", "blocking", f"L{len(_lines(MET)) + 1}")]
    assert inspect(path, load_contracts())["rows"] == 0


def test_header_row_that_is_repeated_on_every_page_is_not_a_row_of_data(tmp_path: Path) -> None:
    lines = _lines(MET)
    path = _write(tmp_path, b"\r\n".join([*lines[:6], lines[0], *lines[6:]]))
    assert _findings(path) == [("R-04", "blocking", "L7")]


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        (
            SUSPENSIONS,
            ",suspension,",
            ",exclusions,",
            "suspensions and permanent exclusions by geography or characteristic', but lacks 'suspension'",
        ),
        (
            FORCES,
            ",Number of Offences",
            ",Offences",
            "of home_office_prc: L1 has the headers of table 'Police force area table', but lacks 'Number of Offences'",
        ),
    ],
)
def test_renamed_column_without_which_a_file_is_not_known_holds_it_back_as_a_near_miss(
    tmp_path: Path, file: Path, old: str, new: str, words: str
) -> None:
    report = inspect(_write(tmp_path, _replaced(file, old, new)), load_contracts())
    assert (report["outcome"], report["rows"]) == ("blocked", 0)
    assert report["release"] == f"unknown-{report['sha256'][:8]}"
    (reason,) = [reason for reason in report["held_back"] if reason.startswith("R-09")]
    assert words in reason


def test_other_renamed_column_holds_the_release_back_and_is_named(tmp_path: Path) -> None:
    path = _write(tmp_path, _replaced(SUSPENSIONS, ",perm_excl_rate,", ",exclusion_rate,"))
    drift = inspect(path, load_contracts())["drift"]
    assert {(d["kind"], d["header"]) for d in drift} == {
        ("missing_column", "perm_excl_rate"),
        ("added_column", "exclusion_rate"),
    }
    assert ("R-09", "blocking", "L1") in [
        (check, severity, where[:2]) for check, severity, where in _findings(path)
    ]


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [(SUSPENSIONS, ",5416,0.12,", ",5416,.,"), (EXCLUSIONS, '"1085","0.13"', '"1085","c"')],
    ids=["mark of before 2019 in a file of today", "mark of today in a file of before 2019"],
)
def test_mark_of_another_era_is_not_given_a_meaning(tmp_path: Path, file: Path, old: str, new: str) -> None:
    path = _write(tmp_path, _replaced(file, old, new))
    assert _new(path, file) == [("R-06", "blocking", "L2:perm_excl_rate")]


# Bytes


@pytest.mark.parametrize("file", ALL, ids=lambda file: file.parent.name)
def test_byte_order_mark_changes_no_figure(tmp_path: Path, file: Path) -> None:
    data = file.read_bytes().removeprefix(BOM)
    (tmp_path / "with").write_bytes(BOM + data)
    (tmp_path / "without").write_bytes(data)
    assert _figures(tmp_path / "with") == _figures(tmp_path / "without") == _figures(file)


@pytest.mark.parametrize("mark", [b"", BOM], ids=["without mark", "behind a byte order mark"])
def test_latin_1_bytes_are_read_as_the_letters_they_are(tmp_path: Path, mark: bytes) -> None:
    data = FORCES.read_bytes()
    name = b"British Transport Police"
    path = _write(tmp_path, mark + data.replace(name, b"British Tr\xe4nsport Police"))
    report = inspect(path, load_contracts())
    (finding,) = [f for f in report["findings"] if f["check_id"] == "V-05"]
    assert finding["observed"] == "British Tr\u00e4nsport Police"
    values = [figure[5] for figure in _figures(path)]
    assert values == [figure[5] for figure in _figures(FORCES)]


# Cells


def _ending(line: bytes, last: bytes) -> bytes:
    return line.rpartition(b",")[0] + b"," + last


def test_empty_quotes_and_nothing_at_all_are_one_and_the_same_and_no_zero(tmp_path: Path) -> None:
    lines = _lines(FORCES)
    lines[1:4] = [_ending(line, cell) for line, cell in zip(lines[1:4], (b'""', b"", b'" "'), strict=True)]
    path = _write(tmp_path, b"\n".join(lines))
    where = [f"L{line}:Number of Offences" for line in (2, 3, 4)]
    assert [address for check, _, address in _new(path, FORCES) if check == "R-06"] == where
    assert [figure[5] for figure in _figures(path)[:3]] == [None, None, None]


@pytest.mark.parametrize("file", [MET, FORCES, SUSPENSIONS], ids=lambda file: file.parent.name)
@pytest.mark.parametrize("rows", ["all", "header", "data"])
def test_trailing_comma_makes_no_column_and_moves_no_figure(tmp_path: Path, file: Path, rows: str) -> None:
    header, *data = _lines(file)
    lines = [header + b"," * (rows != "data"), *(line + b"," * (rows != "header") for line in data)]
    path = _write(tmp_path, b"\r\n".join(lines))
    assert _figures(path) == _figures(file)
    assert _new(path, file) == []


@pytest.mark.parametrize(
    ("printed", "value"),
    [('"45,305"', 45305), ('" 45305 "', 45305), ('"45305.0"', 45305), ("45305", 45305), ('"-3"', -3)],
)
def test_number_as_text_is_the_number(tmp_path: Path, printed: str, value: float) -> None:
    lines = _lines(FORCES)
    lines[1] = _ending(lines[1], printed.encode())
    path = _write(tmp_path, b"\n".join(lines))
    assert _figures(path)[0][5] == value
    assert _new(path, FORCES) == []


@pytest.mark.parametrize("printed", ["45.305,0", "45 305", "4530S", "45,30", "n/a", "TRUE", "'45305"])
def test_text_that_only_looks_like_a_number_is_reported_and_not_guessed(tmp_path: Path, printed: str) -> None:
    lines = _lines(FORCES)
    lines[1] = _ending(lines[1], f'"{printed}"'.encode())
    path = _write(tmp_path, b"\n".join(lines))
    assert "L2:Number of Offences" in [where for check, _, where in _new(path, FORCES) if check == "R-06"]
    assert _figures(path)[0][5] is None


# Rows


@pytest.mark.parametrize(
    ("file", "old", "new", "where"),
    [
        (MET, ",Hackney,", ",Atlantis,", "L2:BoroughName"),
        (FORCES, ",British Transport Police,", ",Atlantis Constabulary,", "L3:Force Name"),
        (SUSPENSIONS, "206,E09000019,Islington", "299,E09000099,Atlantis", "L14:la_name"),
    ],
    ids=["met_borough", "home_office_prc", "dfe_exclusions"],
)
def test_area_that_does_not_exist_is_reported_and_its_figures_are_kept(
    tmp_path: Path, file: Path, old: str, new: str, where: str
) -> None:
    path = _write(tmp_path, _replaced(file, old, new))
    assert ("V-05", "warning", where) in _new(path, file)
    before, after = _figures(file), _figures(path)
    assert [figure[5:] for figure in after] == [figure[5:] for figure in before], "none lost, none changed"
    added = {figure[1] for figure in after} - {figure[1] for figure in before}
    assert len(added) == 1 and "atlantis" in added.pop()


@pytest.mark.parametrize("file", [MET, FORCES, SUSPENSIONS], ids=lambda file: file.parent.name)
def test_row_that_appears_twice_is_reported_at_both_addresses(tmp_path: Path, file: Path) -> None:
    lines = _lines(file)
    path = _write(tmp_path, b"\r\n".join([*lines, lines[3]]))
    found = _new(path, file)
    assert {(check, severity) for check, severity, _ in found} == {("V-01", "blocking")}
    assert {where.split(":")[0] for _, _, where in found} == {"L4", f"L{len(lines) + 1}"}
