"""Builds `data_contracts/geography/` from publishers' lookups: areas, successions of codes, and memberships.

Belongs here: reading lookups of the Office for National Statistics and the Department for Education, and writing the
register's tables; run by hand when a lookup is new. Does not belong here: using the register
(`civic_assets.harmonise.areas.register`), and `names.csv`, which is edited by hand.

    python tools/build_geography.py FOLDER

FOLDER contains the lookups as downloaded, under any names: files are recognised by their columns. It needs the
department's list of authorities and its changes of codes, authorities to partnerships to forces (any number of years),
and wards to regions. What no lookup says is in the tables below, with its reference.
"""

from __future__ import annotations

import csv
import re
import sys
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, timedelta
from pathlib import Path

TARGET = Path(__file__).resolve().parents[1] / "data_contracts" / "geography"
# The start of the coding, not of the area: GSS codes were given to the areas of that time.
CODING_STARTED = date(2009, 1, 1)
_FORMS = {
    "E06": "unitary_authority",
    "E07": "non_metropolitan_district",
    "E08": "metropolitan_district",
    "E09": "london_borough",
    "W06": "welsh_unitary_authority",
    "S12": "scottish_council_area",
    "N09": "northern_irish_district",
}
_WHOLES = (
    ("K02000001", "United Kingdom", ""),
    ("K03000001", "Great Britain", "K02000001"),
    ("K04000001", "England and Wales", "K03000001"),
    ("E92000001", "England", "K04000001"),
    ("W92000004", "Wales", "K04000001"),
    ("S92000003", "Scotland", "K03000001"),
    ("N92000002", "Northern Ireland", "K02000001"),
)
_COUNTRY = {"E": "E92000001", "W": "W92000004", "S": "S92000003", "N": "N92000002"}
# Counties whose districts became unitary; the register of changes names only districts. The key is the beginning of the
# order's title.
_COUNTY_OF_ORDER = {
    "Cheshire": "E10000004",
    "Shropshire": "E10000026",
    "Cornwall": "E10000005",
    "Wiltshire": "E10000033",
    "Bedfordshire": "E10000001",
    "County Durham": "E10000010",
    "Northumberland": "E10000022",
    "Bournemouth, Dorset and Poole": "E10000009",
    "Buckinghamshire": "E10000002",
    "Northamptonshire": "E10000021",
    "Cumbria": "E10000006",
    "North Yorkshire": "E10000023",
    "Somerset": "E10000027",
}
# Changes that are in none of the lookups: (from, name, to, name, day, reference, verified).
_SCOTLAND = "National Records of Scotland, council areas; the day is from memory of the register"
_MORE_CHANGES = (
    ("E08000016", "Barnsley", "E08000038", "Barnsley", date(2025, 5, 1),
     "Department for Education's list of authorities; others date the Barnsley and Sheffield order to 1 April 2025",
     False),
    ("E08000019", "Sheffield", "E08000039", "Sheffield", date(2025, 5, 1),
     "Department for Education's list of authorities; others date the Barnsley and Sheffield order to 1 April 2025",
     False),
    ("S12000015", "Fife", "S12000047", "Fife", date(2018, 2, 1), _SCOTLAND, False),
    ("S12000024", "Perth and Kinross", "S12000048", "Perth and Kinross", date(2018, 2, 1), _SCOTLAND, False),
    ("S12000046", "Glasgow City", "S12000049", "Glasgow City", date(2019, 4, 1), _SCOTLAND, False),
    ("S12000044", "North Lanarkshire", "S12000050", "North Lanarkshire", date(2019, 4, 1), _SCOTLAND, False),
)  # fmt: skip
# Local Government Act (Northern Ireland) 2014: eleven districts began together.
_NORTHERN_IRELAND = date(2015, 4, 1)
_TRANSPORT_POLICE = "K04000001/british-transport-police"


@dataclass(frozen=True, slots=True)
class AreaRow:
    """A row of `areas.csv`; `valid_to` is the day after the last, empty while the code is in force."""

    code: str
    name: str
    type: str
    form: str
    valid_from: date | None
    valid_to: date | None
    parent_code: str
    region_code: str
    source: str


@dataclass(frozen=True, slots=True, order=True)
class SuccessionRow:
    """A row of `successions.csv`."""

    date: date
    from_code: str
    to_code: str
    kind: str
    from_name: str
    to_name: str
    reference: str
    verified: str


@dataclass(frozen=True, slots=True, order=True)
class MembershipRow:
    """A row of `memberships.csv`: the part of a partnership or force that an authority makes up."""

    container_code: str
    member_code: str
    container_type: str
    coverage: str
    source: str


def _read(folder: Path) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """Each lookup, named by its contents, with the year removed from its headers (`LAD19CD` is `LADCD`)."""
    kinds = {
        "authorities": {"new_la_code", "old_la_code", "date_of_operation"},
        "changes": {"changed_from_code", "changed_to_code", "desc"},
        "partnerships": {"LADCD", "CSPCD", "PFACD"},
        "wards": {"WDCD", "RGNCD", "CTRYCD"},
    }
    for file in sorted(folder.rglob("*.csv")):
        with file.open(encoding="utf-8-sig", errors="replace", newline="") as stream:
            reader = csv.reader(stream)
            header = [re.sub(r"^([A-Z]+)\d\d(CD|NM)$", r"\1\2", name) for name in next(reader, [])]
            for kind, columns in kinds.items():
                if columns <= set(header):
                    yield kind, [dict(zip(header, row, strict=True)) for row in reader]


def _day(text: str) -> date | None:
    day, month, year = (int(part) for part in text.split("/")) if text else (0, 0, 0)
    return date(year, month, day) if year else None


def _started(day: date | None) -> date | None:
    return None if day is None or day <= CODING_STARTED else day


def successions(changes: list[dict[str, str]]) -> list[SuccessionRow]:
    """Changes of districts as registered, those of their counties derived from them, and those in no lookup."""
    rows, counties = [], defaultdict(set)
    sources = Counter((row["changed_to_code"], row["date"]) for row in changes)
    for row in changes:
        old, new, order = row["changed_from_code"], row["changed_to_code"], row["desc"]
        day = date.fromisoformat(row["date"])
        if old == new:
            kind = "renamed"
        elif "Boundary Change" in order or "(Areas)" in order:
            kind = "boundary_change"
        else:
            kind = "merged" if sources[new, row["date"]] > 1 else "recoded"
        names = (row["changed_from_name"], row["changed_to_name"])
        rows.append(SuccessionRow(day, old, new, kind, *names, order, "yes"))
        for word, county in _COUNTY_OF_ORDER.items():
            if order.startswith(f"The {word} ("):
                counties[county, day, order].add((new, row["changed_to_name"]))
    for (county, day, order), successors in counties.items():
        kind = "recoded" if len(successors) == 1 else "split"
        reference = f"{order}; derived from its districts"
        rows += [
            SuccessionRow(day, county, new, kind, "", name, reference, "yes") for new, name in successors
        ]
    for old, old_name, new, name, day, reference, verified in _MORE_CHANGES:
        shown = "yes" if verified else "no"
        rows.append(SuccessionRow(day, old, new, "boundary_change", old_name, name, reference, shown))
    return sorted(rows)


def areas(
    lookups: Mapping[str, list[list[dict[str, str]]]], changed: list[SuccessionRow]
) -> dict[str, AreaRow]:
    """Every code of a country, region, county, authority, force and partnership, with its dates."""
    found = {
        code: AreaRow(code, name, "country", "", None, None, parent, "", "ONS Open Geography")
        for code, name, parent in _WHOLES
    }
    education = {row["new_la_code"]: row for rows in lookups["authorities"] for row in rows}
    for row in (row for rows in lookups["wards"] for row in rows):
        region = row["RGNCD"] or row["CTRYCD"]
        if row["RGNCD"]:
            found[region] = AreaRow(
                region, row["RGNNM"], "region", "", None, None, row["CTRYCD"], region, "ONS wards"
            )
        if row["CTYCD"]:
            kind = {"E11": "metropolitan_county", "E13": "sub_region"}.get(row["CTYCD"][:3], "county")
            found[row["CTYCD"]] = AreaRow(
                row["CTYCD"], row["CTYNM"], kind, "", None, None, region, region, "ONS wards"
            )
        found[row["LADCD"]] = _authority(
            row["LADCD"], row["LADNM"], row["CTYCD"] or region, region, "ONS wards"
        )
    for code, row in education.items():
        if re.fullmatch(r"E\d{8}", code):
            start, last = _day(row["date_of_operation"]), _day(row["date_of_termination"])
            region = row["parent_geography_code"]
            area = found.get(code) or (
                AreaRow(code, row["la_name"], "county", "", None, None, region, region, "DfE authorities")
                if code.startswith("E10")
                else _authority(code, row["la_name"], region, region, "DfE authorities")
            )
            end = last + timedelta(days=1) if last else None
            found[code] = replace(area, name=row["la_name"], valid_from=_started(start), valid_to=end)
    _from_changes(found, changed)
    for row in (row for rows in lookups["partnerships"] for row in rows):
        region = found[row["LADCD"]].region_code
        found[row["PFACD"]] = AreaRow(
            row["PFACD"], row["PFANM"], "police_force", "", None, None, region, region, "ONS partnerships"
        )
        found[row["CSPCD"]] = AreaRow(
            row["CSPCD"], row["CSPNM"], "community_safety_partnership", "", None, None, row["PFACD"], region,
            "ONS partnerships",
        )  # fmt: skip
    found[_TRANSPORT_POLICE] = AreaRow(
        _TRANSPORT_POLICE,
        "British Transport Police",
        "police_force",
        "",
        None,
        None,
        "K04000001",
        "",
        "no GSS code",
    )
    return {code: found[code] for code in sorted(found)}


def _authority(code: str, name: str, parent: str, region: str, source: str) -> AreaRow:
    start = _NORTHERN_IRELAND if code.startswith("N09") else None
    return AreaRow(code, name, "local_authority", _FORMS[code[:3]], start, None, parent, region, source)


def _from_changes(found: dict[str, AreaRow], changed: list[SuccessionRow]) -> None:
    """Codes that only the register of changes has, and dates that follow from it.

    Latest first, because a code that is only in the register is in the areas of its successor.
    """
    for change in sorted(changed, reverse=True):
        if change.kind == "renamed":
            continue
        heir = found.get(change.to_code) or _authority(
            change.to_code, change.to_name, found[change.from_code].parent_code,
            found[change.from_code].region_code, "changes of codes",
        )  # fmt: skip
        county = next(
            (c for word, c in _COUNTY_OF_ORDER.items() if change.reference.startswith(f"The {word} (")), ""
        )
        before = found.get(change.from_code)
        parent = before.parent_code if before and change.kind == "boundary_change" else heir.parent_code
        found[change.to_code] = replace(heir, valid_from=heir.valid_from or change.date, parent_code=parent)
        old = before or _authority(
            change.from_code, change.from_name, county or parent, heir.region_code, "changes of codes"
        )
        found[change.from_code] = replace(old, valid_to=old.valid_to or change.date)


def memberships(
    lookups: Mapping[str, list[list[dict[str, str]]]], changed: list[SuccessionRow]
) -> list[MembershipRow]:
    """Authorities that a partnership and a force cover, wholly or in part, under each code that they had."""
    kinds = {"CSPCD": "community_safety_partnership", "PFACD": "police_force"}
    containers: dict[tuple[str, str], set[str]] = defaultdict(set)
    for column in kinds:
        for row in (row for rows in lookups["partnerships"] for row in rows):
            containers[row["LADCD"], column].add(row[column])
    printed = set(containers)
    # The successor of an authority lies where that lay; earliest first, since a successor may have one of its own.
    for change in sorted(changed):
        for column in kinds:
            if (change.to_code, column) not in printed and (change.from_code, column) in containers:
                containers[change.to_code, column] |= containers[change.from_code, column]
    return sorted(
        MembershipRow(
            container, authority, kinds[column], "part" if len(held) > 1 else "whole",
            "ONS partnerships" if (authority, column) in printed else "derived from the changes of codes",
        )
        for (authority, column), held in containers.items()
        for container in held
    )  # fmt: skip


def _write(name: str, kind: type, rows: list[AreaRow] | list[SuccessionRow] | list[MembershipRow]) -> None:
    with (TARGET / name).open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, [field.name for field in fields(kind)], lineterminator="\n")
        writer.writeheader()
        writer.writerows(
            {key: "" if value is None else value for key, value in asdict(row).items()} for row in rows
        )
    print(f"{name}: {len(rows)} rows")


def main(folder: Path) -> None:
    """Read the lookups of a folder and write the register's tables."""
    lookups: dict[str, list[list[dict[str, str]]]] = defaultdict(list)
    for kind, rows in _read(folder):
        lookups[kind].append(rows)
    missing = {"authorities", "changes", "partnerships", "wards"} - set(lookups)
    if missing:
        raise SystemExit(
            f"{folder} has no lookup of these kinds: {', '.join(sorted(missing))}. Download them."
        )
    changed = successions([row for rows in lookups["changes"] for row in rows])
    register = areas(lookups, changed)
    named = [replace(row, from_name=row.from_name or register[row.from_code].name) for row in changed]
    _write("areas.csv", AreaRow, list(register.values()))
    _write("successions.csv", SuccessionRow, named)
    _write("memberships.csv", MembershipRow, memberships(lookups, changed))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
