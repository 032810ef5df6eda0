"""Small publications of several sources that change at random: what comes in, is issued again, withdrawn or held back.

Belongs here: synthetic releases as stored tables, and the changes. Does not belong here: any expectation.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

import pyarrow as pa

from civic_assets.archive import Receipt, release_sort_key
from civic_assets.contracts.corrections import Correction
from civic_assets.harmonise.observations import FIELDS
from civic_assets.layers.checked import FINDINGS, RESULTS
from civic_assets.layers.facts import NoteFact, NoteMarkFact, ReleaseFacts
from civic_assets.layers.store import Store
from civic_assets.publish.member import Member
from civic_assets.quality.framework.result_tables import FINDING_TEXTS

_TYPES = {"string": pa.string(), "date32": pa.date32(), "float64": pa.float64(), "bool": pa.bool_()}
_FIGURES = pa.schema([(name, _TYPES.get(kind, pa.int32())) for name, kind, _ in FIELDS])
_RESULTS = pa.schema(
    [
        (name, pa.string())
        for name in ("check_id", "source", "release", "layer", "dimension", "severity", "outcome")
    ]
    + [("n_checked", pa.int64()), ("n_failed", pa.int64())]
    + [(name, pa.string()) for name in ("message", "reason", "scope", "waiver_id")]
)
_FINDINGS = pa.schema(
    [(name, pa.string()) for name in FINDING_TEXTS]
    + [("n_ties", pa.int64())]
    + [(name, pa.string()) for name in ("evidence", "status", "message", "waiver_id")]
    + [("locators", pa.list_(pa.string())), ("disputes", pa.list_(pa.string()))]
)
BOROUGHS = {"E09000019": "Islington", "E09000007": "Camden", "E09000012": "Hackney"}
WARDS = {"E05099901": "North", "E05099902": "South"}
SMALL = {"E01999901": "Islington 001A", "E01999902": "Islington 001B"}
CLASSES = (
    "major=burglary;minor=domestic burglary",
    "major=robbery;minor=personal property",
    "major=theft;minor=other",
)
Rows = list[dict[str, Any]]


def _month(number: int) -> date:
    return date(number // 12, number % 12 + 1, 1)


def _row(
    measure: str, area: str, name: str, start: date, end: date, value: float | None, **other: Any
) -> dict[str, Any]:
    return {
        "measure": measure, "area_code": area, "area_name": name, "area_type": "local_authority", "period_start": start,
        "period_end": end, "period_kind": "month", "statistic": "flow", "breakdown": "total", "unit": "count",
        "value": value, "status": None if value is not None else "suppressed",
        "value_text": "c" if value is None else f"{value:g}", "row_kind": "row", "table_id": "table", **other,
    }  # fmt: skip


def _met(rng: random.Random, number: int) -> Rows:
    months = [_month(number - back) for back in range(rng.choice([2, 13, 23]), -1, -1)]
    year = date(number // 12 - 1, 1, 1)
    # Some issues print a whole year too, which goes before what months add up to.
    years = [
        _row("recorded_crime_met", "E09000007", "Camden", year, year.replace(year=year.year + 1), rng.randint(9, 900),
             breakdown=CLASSES[0], table_id="boroughs", parent_code="E23000001", row_kind="borough",
             period_kind="calendar_year")
    ]  # fmt: skip
    return (years if rng.random() < 0.5 else []) + [
        _row("recorded_crime_met", code, name, start, _month(start.year * 12 + start.month), rng.randint(0, 90),
             breakdown=kind, table_id="boroughs", parent_code="E23000001", row_kind="borough")
        for start in months
        for code, name in BOROUGHS.items()
        for kind in CLASSES[: rng.choice([2, 3])]
    ]  # fmt: skip


def _wards(rng: random.Random, number: int) -> Rows:
    # A ward that no register has is named by its newest release.
    inside = {code: rng.choice(list(BOROUGHS)) for code in WARDS}
    said = {code: name + rng.choice(["", " Ward", " End"]) for code, name in WARDS.items()}
    return [
        _row("recorded_crime_met", code, name, start, _month(start.year * 12 + start.month), rng.randint(0, 30),
             breakdown=kind, table_id="wards", area_type="ward",
             parent_code=inside[code], row_kind="ward")
        for start in [_month(number - back) for back in range(12, -1, -1)]
        for code, name in said.items()
        for kind in CLASSES[:2]
    ]  # fmt: skip


def _street(rng: random.Random, number: int) -> Rows:
    start, end = _month(number), _month(number + 1)
    areas = {**SMALL, **({"E05099901": "North of the street"} if rng.random() < 0.5 else {})}
    return [
        _row("street_level_crimes", code, name, start, end, rng.randint(0, 9), breakdown="crime_type=burglary",
             table_id="street", area_type="ward" if code.startswith("E05") else "lsoa", row_kind="lsoa_2021")
        for code, name in areas.items()
    ] + [
        _row("street_level_crimes", "E23000034/unassigned", "No place", start, end, rng.randint(0, 9),
             breakdown="crime_type=burglary", table_id="street", area_type="unassigned", row_kind="unassigned")
    ]  # fmt: skip


def _csp(rng: random.Random, number: int) -> Rows:
    years = [(_month(number - 12 * back - 11), _month(number - 12 * back + 1)) for back in range(4)]
    return [
        _row(measure, code, name, start, end, rng.randint(5, 900), period_kind="rolling_year",
             table_id="counts_current",
             parent_code="E23000001", row_kind="partnership")
        for start, end in years
        for code, name in BOROUGHS.items()
        for measure in ("burglary", "robbery", "total_recorded_crime")
    ]  # fmt: skip


def _knives(rng: random.Random, number: int) -> Rows:
    years = [(_month(number - 12 * back - 11), _month(number - 12 * back + 1)) for back in range(5)]
    return [
        _row("knife_crime", "E23000001", "Metropolitan Police", start, end, rng.randint(500, 900),
             area_type="police_force",
             period_kind="rolling_year", table_id="knife_series", row_kind="force")
        for start, end in years
    ]  # fmt: skip


def _people(rng: random.Random, number: int) -> Rows:
    day = date(number // 12, 6, 30)
    return [
        _row("population", code, name, day, day.replace(month=7, day=1), rng.randint(800, 1500),
             period_kind="point_in_time",
             statistic="stock", breakdown=breakdown, table_id="persons", row_kind="row")
        for code, name in BOROUGHS.items()
        for breakdown in ("total", *(f"age={age}" for age in range(26)))
    ]  # fmt: skip


def _looked_after(rng: random.Random, number: int) -> Rows:
    days = [date(number // 12 - back, 3, 31) for back in range(3)]
    areas = {**BOROUGHS, "E13000001": "Inner London"}
    return [
        _row(measure, code, name, day, day.replace(month=4, day=1), None if rng.random() < 0.2 else rng.randint(6, 80),
             period_kind="point_in_time", statistic="stock", table_id="at_31_march", parent_code="E12000007",
             row_kind="local_authority")
        for day in days
        for code, name in areas.items()
        for measure in ("uasc_looked_after", "children_looked_after")
    ]  # fmt: skip


KINDS = {
    "met_borough": (_met, "{0:%Y-%m}"),
    "met_ward": (_wards, "{0:%Y-%m}"),
    "police_uk": (_street, "{0:%Y-%m}-city-of-london"),
    "ons_csp": (_csp, "{0:%Y-%m}"),
    "ons_pfa": (_knives, "{0:%Y-%m}"),
    "ons_population": (_people, "{0:%Y}-mye"),
    "dfe_looked_after": (_looked_after, "{0:%Y}"),
}


@dataclass
class World:
    """A store whose releases change.

    Args:
        store: Holds the tables.
        rng: Decides everything.
        members: The releases now.
        corrections: Registered ones now.
        month: Last month of the release that came in as the newest one, as years times 12 plus months from 0.
    """

    store: Store
    rng: random.Random
    members: dict[tuple[str, str], Member] = field(default_factory=dict)
    corrections: tuple[Correction, ...] = ()
    month: int = 12 * 2025

    def listed(self) -> list[Member]:
        """The releases in the order of a publication."""
        return [
            self.members[key] for key in sorted(self.members, key=lambda k: (k[0], release_sort_key(k[1])))
        ]

    def arrive(self, source: str | None = None) -> str:
        """A release of some source comes in, newer or older than those that are there."""
        source = source or self.rng.choice(sorted(KINDS))
        make, name = KINDS[source]
        number = 12 * self.rng.choice([2022, 2023, 2024]) + self.rng.choice([5, 8, 11])
        release = name.format(_month(number))
        issue = 1
        while (source, release if issue == 1 else f"{release}.r{issue}") in self.members:
            issue += 1
        release = release if issue == 1 else f"{release}.r{issue}"
        self._put(source, release, make(self.rng, number))
        return f"{source} {release} arrives"

    def arrive_newest(self, source: str | None = None, **other: Any) -> str:
        """A release comes in that is later than all that have come in so.

        Args:
            source: Its source; one of those with several kinds of tables if None.
            other: What its rows say instead.
        """
        source = source or self.rng.choice(["met_borough", "met_borough", "met_ward", "police_uk", "ons_csp"])
        make, name = KINDS[source]
        self.month += self.rng.choice([1, 2, 3])
        release = name.format(_month(self.month))
        self._put(source, release, [{**row, **other} for row in make(self.rng, self.month)])
        return f"{source} {release} arrives, the newest"

    def withdraw(self) -> str:
        """A release is no longer published."""
        key = self._one()
        del self.members[key]
        return f"{' '.join(key)} is withdrawn"

    def hold_back(self) -> str:
        """A release is held back."""
        key = self._one()
        held = self.members[key]
        facts = replace(held.facts, held_back=["V-01: figures are printed twice"])
        self.members[key] = replace(held, facts=facts, harmonised=None)
        return f"{' '.join(key)} is held back"

    def correct(self) -> str:
        """A figure of a release is corrected by decision, and an earlier correction no longer is."""
        source, release = self._one()
        ref = self.members[source, release].harmonised
        rows = (
            []
            if ref is None
            else [r for r in self.store.tables.read(ref).to_pylist() if r["value"] is not None]
        )
        if not rows:
            return "nothing to correct"
        row = self.rng.choice(rows)
        self.corrections = (
            Correction(
                id="synthetic", source=source, release=release, edition="", locator=row["locator"], figure=None,
                expect=row["value"], corrected=row["value"] + 1, reason="synthetic", evidence="synthetic",
                reported_to="nobody", author_role="tester", decided=date(2025, 1, 1), file=Path("synthetic.yaml"),
            ),
        )  # fmt: skip
        return f"a figure of {source} {release} is corrected"

    def _one(self) -> tuple[str, str]:
        return self.rng.choice(sorted(self.members))

    def _put(self, source: str, release: str, rows: Sequence[Mapping[str, Any]]) -> None:
        rng, place, tables = self.rng, (source, release), self.store.tables
        sha256 = f"{rng.getrandbits(256):064x}"
        named: Rows = [
            {
                **row,
                "source": source,
                "release": release,
                "source_sha256": sha256,
                "synthetic": True,
                "locator": f"L{n}:value",
            }
            for n, row in enumerate(rows, 1)
        ]
        harmonised = tables.write(
            "harmonised", *place,
            pa.Table.from_pylist([{name: row.get(name) for name in _FIGURES.names} for row in named], schema=_FIGURES),
            sha256,
        )  # fmt: skip
        cells = [rng.choice(named)["locator"]] if rng.random() < 0.5 else []
        found = [
            {
                "finding_id": sha256[:16], "check_id": "V-02", "source": source, "release": release,
                "severity": "warning", "locator": cells[0], "evidence": "{}", "status": "open",
                "message": "It does not add up.", "n_ties": 1,
                "locators": cells, "disputes": cells,
            }
        ] if cells else []  # fmt: skip
        said = {
            "check_id": "V-02", "source": source, "release": release, "layer": "validated", "dimension": "consistency",
            "severity": "warning", "outcome": "fail" if cells else "pass",
            "n_checked": len(named),
            "n_failed": len(cells),
            "message": "Sums.", "reason": "", "scope": "value",
        }  # fmt: skip
        results = tables.write(RESULTS, *place, pa.Table.from_pylist([said], schema=_RESULTS), sha256)
        findings = tables.write(FINDINGS, *place, pa.Table.from_pylist(found, schema=_FINDINGS), sha256)
        facts = ReleaseFacts(rows=len(named), disputed=len(cells), notes=list(_notes(rng, named)))
        receipt = Receipt(
            source=source, release=release, sha256=sha256, size=len(named), file_name=f"{release}.csv", url=None,
            retrieved_at="2025-06-01T00:00:00Z", etag=None, synthetic=True, origin="local",
        )  # fmt: skip
        self.members[place] = Member(receipt, facts, results, findings, harmonised)


def _notes(rng: random.Random, rows: Rows) -> Iterator[NoteFact]:
    texts = (
        "Figures exclude fraud.",
        "Data for Camden are not comparable with earlier years.",
        "Counts are provisional.",
    )
    for number, text in enumerate(texts):
        if rng.random() < 0.5:
            row = rng.choice(rows)
            period = f"{row['period_start']}/{row['period_end']}"
            mark = NoteMarkFact(
                f"A{number}", row["table_id"], "column", [row["area_code"]], [row["measure"]], [period]
            )
            yield NoteFact(
                f"N{number}", text, [row["area_code"]], [period], "footnote", str(number), "Notes", [mark]
            )
