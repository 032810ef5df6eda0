"""Tiny synthetic files of every source for any edition, made of the fixtures' files by moving their periods.

Belongs here: bytes. Does not belong here: when a file is put out, and under which name (`calendar`).

Every function takes a number of the issue: another issue of an edition differs from the first one in one figure.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from functools import cache
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory

import openpyxl

from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets.inputs.samples.workbook import workbook_bytes
from civic_assets.parsing.reading import SYNTHETIC_MARK
from civic_assets_tests.home_office_files import year
from civic_assets_tests.ods_files import write_sheets
from civic_assets_tests.paths import FIXTURES

MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")  # fmt: skip
_CSP_ROWS = 24
_STAMP = (2026, 1, 1, 0, 0, 0)


def months_before(month: str, number: int) -> str:
    """A month some months earlier, e.g. `2026-11`; later ones with a negative number."""
    count = int(month[:4]) * 12 + int(month[5:]) - 1 - number
    return f"{count // 12:04d}-{count % 12 + 1:02d}"


def met(source: str, month: str, issue: int) -> bytes:
    """The 24 months to a month, in the Met's layout."""
    name = {"met_borough": "recent", "met_ward": "wards_of_2022", "met_lsoa": "areas_of_2021"}[source]
    header, *rows = _text(source, f"{name}.csv").splitlines()
    columns = header.split(",")[:-24]
    columns += [months_before(month, back).replace("-", "") for back in range(23, -1, -1)]
    return _issue("\n".join([",".join(columns), *rows]) + "\n", issue)


def met_historical(month: str, issue: int) -> bytes:
    """The months to an earlier one, by borough: more than an ordinary issue has."""
    header, *rows = _text("met_borough", "historical.csv").splitlines()
    names = header.split(",")
    keys = [name for name in names if not name.isdecimal()]
    last = len(names) - len(keys) - 1
    months = [months_before(month, back).replace("-", "") for back in range(last, -1, -1)]
    return _issue("\n".join([",".join([*keys, *months]), *rows]) + "\n", issue)


def police(month: str, issue: int) -> bytes:
    """The first crimes of one force in a month."""
    lines = _text("police_uk", "2021_areas.csv").splitlines()[:7]
    text = "\n".join(lines).replace("2023-06", month) + "\n"
    assert month in text
    return (text if issue == 1 else text.replace("On or near", f"On or by {issue}", 1)).encode()


def home_office_by_force(month: str, issue: int) -> bytes:
    """Quarters of a financial year up to one, by police force."""
    header, *rows = _text("home_office_prc", "by_force_2024_25.csv").splitlines()
    year, quarters = _financial(month)
    first = [row for row in rows if row.startswith("2024/25,Q1,")]
    rows = [
        row.replace("2024/25,Q1", f"{year},Q{quarter}") for quarter in range(1, quarters + 1) for row in first
    ]
    return _issue("\n".join([header, *rows]) + "\n", issue)


def home_office_by_partnership(month: str, issue: int) -> bytes:
    """Quarters of a financial year up to one, by Community Safety Partnership."""
    name, quarters = _financial(month)
    sheet = year(name, tuple(f"Q{quarter}" for quarter in range(1, quarters + 1)), 90 + issue)
    cover: list[list[str | float | bool]] = [
        ["Police recorded crime Community Safety Partnership open data"], ["Updated:", f"{month}-01"],
    ]  # fmt: skip
    return _written(lambda path: write_sheets(path, {"Cover_sheet": cover, name.replace("/", "_"): sheet}))


def home_office_year(month: str) -> int:
    """The year in which the financial year of a quarter begins."""
    return int(month[:4]) - (month[5:] == "03")


def _financial(month: str) -> tuple[str, int]:
    """The financial year of a quarter's last month, e.g. `2026/27`, and the number of the quarter in it."""
    start = home_office_year(month)
    return f"{start}/{(start + 1) % 100:02d}", {"06": 1, "09": 2, "12": 3, "03": 4}[month[5:]]


def ons_crime(month: str, issue: int) -> bytes:
    """A workbook with the tables of police forces and those of partnerships (section C), as the publisher has it."""
    now, before = (f"ending {MONTHS[int(month[5:]) - 1]} {int(month[:4]) - back}" for back in (0, 1))
    words = {
        **{f"ending December {year}": now for year in (2024, 2022)},
        **{f"ending December {year}": before for year in (2023, 2021)},
    }
    return _workbook(_crime_template(), words, issue)


@cache
def _crime_template() -> bytes:
    whole = openpyxl.load_workbook(FIXTURES / "ons_pfa" / "year_ending_december_2024.xlsx")
    partnerships = openpyxl.load_workbook(BytesIO(workbook_bytes(list(EDITIONS.values())[-1])))
    for name in partnerships.sheetnames:
        if name.startswith("Table C"):
            sheet = whole.create_sheet(name)
            for row in partnerships[name].iter_rows(max_row=_CSP_ROWS):
                for cell in row:
                    if cell.value is not None:
                        sheet.cell(cell.row, cell.column, cell.value)
    saved = BytesIO()
    whole.save(saved)
    return saved.getvalue()


def population(kind: str, year: str, issue: int) -> bytes:
    """Mid-year estimates: of `uk` or `ew` the workbook, of `nomis` the table, of `children` the Department's copy."""
    if kind == "children":
        return _years("ons_population", "children.csv", 2021, int(year), issue)
    if kind == "nomis":
        return _issue(_text("ons_population", "nomis_select.csv").replace("2024", year), issue, ",27\n")
    # The two workbooks of a year have the same figures of other areas: here, other figures of the same ones.
    template = (FIXTURES / "ons_population" / "workbook.xlsx").read_bytes()
    return _workbook(template, {"2024": year}, issue + (2000 if kind == "ew" else 1000))


def education(fixture: str, year: str, issue: int, terms: str = "") -> bytes:
    """A file of the Department for Education: years (`2024`) or academic years (`2024-25`) up to one."""
    source, name, last = _EDUCATION[fixture]
    if "-" not in year:
        return _years(source, name, last, int(year), issue)
    if terms:
        text = _text(source, name)
        keep = [line for number, line in enumerate(text.splitlines()) if not number or "202425" in line]
        start = int(year[:4])
        text = (
            "\n".join(keep).replace("Autumn term", terms).replace("202425", f"{start}{(start + 1) % 100:02d}")
        )
        return _issue(text + "\n", issue)
    return _years(source, name, last, int(year[:4]), issue)


_EDUCATION = {
    "b1": ("dfe_children_in_need", "b1_2024.csv", 2024),
    "c1": ("dfe_children_in_need", "c1_2024.csv", 2024),
    "exclusions": ("dfe_exclusions", "by_geography_2022_23.csv", 2022),
    "exclusions-terms": ("dfe_exclusions", "autumn_2024_25.csv", 2024),
    "looked-after": ("dfe_looked_after", "at_31_march_2026.csv", 2026),
    "neet": ("dfe_neet", "scorecard_2025.csv", 2025),
    "sen": ("dfe_sen", "by_provision_2025.csv", 2024),
}


def lookup(kind: str, year: str, issue: int) -> bytes:
    """A lookup whose codes are those of a year; another issue has one row more."""
    name, header = {
        "lad-csp-pfa": ("lad_csp_pfa.csv", "18"),
        "lsoa-ward": ("lsoa_ward.csv", "18"),
        "ward-region": ("ward_region.csv", "19"),
    }[kind]
    first, *rows = _text("lookups", name).splitlines()
    first = re.sub(rf"(?<=[A-Z]){header}(?=[A-Z])", year[2:], first)
    text = "\n".join([first, *rows]) + "\n"
    return (text if issue == 1 else text.replace("Islington", f"Islington {issue}", 1)).encode()


def _years(source: str, name: str, last: int, wanted: int, issue: int) -> bytes:
    """A file with all its years moved so that the last one is another."""

    def moved(found: re.Match[str]) -> str:
        start = int(found[2]) + wanted - last
        return f"{found[1]}{start}" + (f"{(start + 1) % 100:02d}" if found[3] else "") + ","

    header, *rows = _text(source, name).splitlines()
    rows = [re.sub(r"^((?:[A-Za-z][A-Za-z ]*,)?)(20\d\d)(\d\d)?,", moved, row, count=1) for row in rows]
    return _issue("\n".join([header, *rows]) + "\n", issue)


def _text(source: str, name: str) -> str:
    return (FIXTURES / source / name).read_text(encoding="utf-8-sig")


def _issue(text: str, issue: int, after: str = "\n") -> bytes:
    """Another issue: the last figure that ends a row is another one."""
    if issue == 1:
        return text.encode()
    last = list(re.finditer(rf"(?<=,)[0-9]+(?:\.[0-9]+)?(?={after})", text))[-1]
    return f"{text[: last.start()]}{1000 + issue}{text[last.end() :]}".encode()


def _workbook(template: bytes, words: dict[str, str], issue: int) -> bytes:
    # The calendar goes on asking for what a file that says that it is made up has not brought.
    words = {**words, SYNTHETIC_MARK: "Figures of a test"}
    pattern = re.compile("|".join(map(re.escape, words)))
    written = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(template)) as old,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        names = old.namelist()
        last = max(name for name in names if re.fullmatch(r"xl/worksheets/sheet\d\.xml", name))
        for name in names:
            content = old.read(name)
            if name.startswith("xl/worksheets/") or name == "xl/sharedStrings.xml":
                text = pattern.sub(lambda found: words[found[0]], content.decode())
                if name == last and issue > 1:
                    text, number = re.subn(r"<v>[0-9.]+</v>", f"<v>{issue}</v>", text, count=1)
                    assert number == 1, f"{name} has no figure"
                content = text.encode()
            new.writestr(zipfile.ZipInfo(name, _STAMP), content, zipfile.ZIP_DEFLATED)
    return written.getvalue()


def _written(write: Callable[[Path], object]) -> bytes:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "file"
        write(path)
        return path.read_bytes()
