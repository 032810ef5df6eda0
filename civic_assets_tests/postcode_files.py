"""Made-up postcode directories in the layouts of ONS, of any size, for tests and measurements.

Belongs here: the headers of real editions, and rows for them. Does not belong here: real postcodes' areas: nothing in
these files says where a real postcode is, and every file says that it is made up.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

from civic_assets.parsing.reading import SYNTHETIC_MARK

ONSPD_2023 = [
    "pcd",
    "pcd2",
    "pcds",
    "dointr",
    "doterm",
    "oscty",
    "ced",
    "oslaua",
    "osward",
    "parish",
    "usertype",
    "oseast1m",
    "osnrth1m",
    "osgrdind",
    "oshlthau",
    "nhser",
    "ctry",
    "rgn",
    "streg",
    "pcon",
    "eer",
    "teclec",
    "ttwa",
    "pct",
    "itl",
    "statsward",
    "oa01",
    "casward",
    "park",
    "lsoa01",
    "msoa01",
    "ur01ind",
    "oac01",
    "oa11",
    "lsoa11",
    "msoa11",
    "wz11",
    "sicbl",
    "bua11",
    "buasd11",
    "ru11ind",
    "oac11",
    "lat",
    "long",
    "lep1",
    "lep2",
    "pfa",
    "imd",
    "calncv",
    "icb",
    "oa21",
    "lsoa21",
    "msoa21",
]
"""Header of the ONS Postcode Directory of 2023."""
NSPL_2024 = [
    "pcd",
    "pcd2",
    "pcds",
    "dointr",
    "doterm",
    "usertype",
    "oseast1m",
    "osnrth1m",
    "osgrdind",
    "oa21",
    "cty",
    "ced",
    "laua",
    "ward",
    "nhser",
    "ctry",
    "rgn",
    "pcon",
    "ttwa",
    "itl",
    "npark",
    "lsoa21",
    "msoa21",
    "wz11",
    "sicbl",
    "bua22",
    "ru11ind",
    "oac11",
    "lat",
    "long",
    "lep1",
    "lep2",
    "pfa",
    "imd",
    "icb",
]
"""Header of the National Statistics Postcode Lookup of August 2024."""
NSPL_2025 = [
    "pcd7",
    "pcd8",
    "pcds",
    "dointr",
    "doterm",
    "usrtypind",
    "east1m",
    "north1m",
    "gridind",
    "oa21cd",
    "cty25cd",
    "ced25cd",
    "lad25cd",
    "wd25cd",
    "nhser24cd",
    "ctry25cd",
    "rgn25cd",
    "pcon24cd",
    "ttwa15cd",
    "itl25cd",
    "npark16cd",
    "lsoa21cd",
    "msoa21cd",
    "wz11cd",
    "sicbl24cd",
    "bua24cd",
    "ruc21ind",
    "oac11ind",
    "lat",
    "long",
    "lep21cd1",
    "lep21cd2",
    "pfa23cd",
    "imd20ind",
    "icb23cd",
]
"""Header of the National Statistics Postcode Lookup of 2025."""

_NAMES: Mapping[str, Sequence[str]] = {
    "introduced": ("dointr",), "terminated": ("doterm",), "user_type": ("usertype", "usrtypind"),
    "ward": ("osward", "ward", "wd25cd"), "authority": ("oslaua", "laua", "lad25cd"),
    "police_force": ("pfa", "pfa23cd"), "lsoa_2011": ("lsoa11",), "lsoa_2021": ("lsoa21", "lsoa21cd"),
}  # fmt: skip
_FEWEST_OF_A_PART = 5
# What the other columns hold in every row: figures of places that do not exist.
_OTHERS = {"ctry": "E92000001", "rgn": "E12000007", "ctry25cd": "E92000001", "rgn25cd": "E12000007"}


def row(postcode: str, header: Sequence[str] = ONSPD_2023, **cells: str) -> dict[str, str]:
    """A row with the cells of the contract's names; what is not given is in use, small, and in Islington.

    Args:
        postcode: Postcode with one space.
        header: Header of the edition.
        **cells: `introduced`, `terminated`, `user_type`, `ward`, `authority`, `police_force`, `lsoa_2011`, `lsoa_2021`.
    """
    given = {
        "introduced": "198001", "terminated": "", "user_type": "0", "ward": "E05000366", "authority": "E09000019",
        "police_force": "E23000001", "lsoa_2011": "E01002696", "lsoa_2021": "E01002696", **cells,
    }  # fmt: skip
    filled = {name: _OTHERS.get(name, "X99999999") for name in header}
    for ours, names in _NAMES.items():
        filled.update({name: given[ours] for name in names if name in header})
    filled["pcds"] = postcode
    outward, _, inward = postcode.partition(" ")
    filled.update({name: f"{outward:<4}{inward}" for name in ("pcd", "pcd7") if name in header})
    filled.update({name: f"{outward:<5}{inward}" for name in ("pcd2", "pcd8") if name in header})
    return filled


def directory(rows: Iterable[Mapping[str, str]], header: Sequence[str] = ONSPD_2023) -> str:
    """Text of a directory: its header, a line that says that it is made up, and the rows."""
    target = io.StringIO()
    writer = csv.writer(target, lineterminator="\n")
    writer.writerow(header)
    writer.writerow([SYNTHETIC_MARK, *[""] * (len(header) - 1)])
    writer.writerows([cells[name] for name in header] for cells in rows)
    return target.getvalue()


def many(
    number: int, header: Sequence[str] = ONSPD_2023, areas: Sequence[str] = ("N", "NW", "SE")
) -> Iterator[dict[str, str]]:
    """Any number of rows, in order, with some 2,000 in each district, every third one terminated."""
    letters = "ABDEFGHJLNPQRSTUWXYZ"
    units = [f"{digit}{a}{b}" for digit in range(10) for a in letters for b in letters][:2000]
    for at in range(number):
        district, unit = divmod(at, len(units))
        area, place = areas[district * len(areas) // (1 + (number - 1) // len(units))], district
        yield row(
            f"{area}{place % 99 + 1} {units[unit]}", header,
            introduced=f"{1980 + at % 40}{1 + at % 12:02}", terminated="202412" if at % 3 == 0 else "",
            user_type="1" if at % 11 == 0 else "0", ward=f"E05{district * 9 + unit % 9:06}",
            lsoa_2011=f"E01{at // 40:06}", lsoa_2021=f"E01{at // 40:06}",
        )  # fmt: skip


def as_zip(target: Path, text: str, name: str = "ONSPD_FEB_2025_UK") -> Path:
    """The archive as ONS publishes it: the whole, the same rows by postcode area, and documents."""
    header, mark, *rows = text.splitlines(keepends=True)
    parts: dict[str, list[str]] = {}
    for line in rows:
        parts.setdefault("".join(letter for letter in line[:2] if letter.isalpha()), []).append(line)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"Data/{name}.csv", text)
        for area, lines in parts.items():
            if len(lines) < _FEWEST_OF_A_PART:
                continue  # a file of a row or two is taken for one that was cut short
            archive.writestr(f"Data/multi_csv/{name}_{area}.csv", "".join([header, mark, *lines]))
        archive.writestr(
            "Documents/LA_UA names and codes UK as at 04_23.csv",
            "LAD23CD,LAD23NM,LAD23NMW\nE09000019,Islington,\nW06000022,Newport,Casnewydd\n",
        )
    return target
