"""Rules about what a release leaves out: areas of a kind, rows of a table, classes that it used to have.

Belongs here: K-05. Does not belong here: tables and columns that a contract asks for (R-03, R-09, `rules.file`),
numbers of rows (R-08), cells without a value (V-07), and suppliers who do not report (X-06).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from civic_assets.harmonise.areas.code_status import COMPLETE
from civic_assets.harmonise.areas.register import AreaRegister
from civic_assets.house_numbers.completeness import FEWEST_AREAS_DUE, NEARLY_ALL_AREAS_SHARE
from civic_assets.house_numbers.listing import AREAS_NAMED
from civic_assets.quality.analyses.area_codes import area_codes_of
from civic_assets.quality.analyses.history import columns_of
from civic_assets.quality.analyses.row_keys import MissingRow, siblings_of
from civic_assets.quality.framework.in_sql import in_sql
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, not_evaluated, outcome_of
from civic_assets.quality.framework.rule import rule
from civic_assets.quality.framework.wording import breakdown_words, counted, measure_words, table_name

if TYPE_CHECKING:
    import pyarrow as pa


_CLASS = ["table_id", "measure", "breakdown"]


@rule(
    "K-05",
    "Nothing left out",
    dimension="completeness",
    layer="validated",
    severity="warning",
    scope="structural",
    statement="Tables that print the same list of areas have the same rows; a release with at least 90% of the "
    "areas of "
    "a kind has all that are in force; classes and areas of the release before are still there (a house "
    "rule).",
    cannot_tell="an area that no table, no register and no earlier release has",
    guidance="Ask the publisher, because nothing is filled in.",
)
def nothing_left_out(release: ReleaseView) -> RuleOutcome:
    """K-05: one finding for each table, kind of area, or table and release before, which names what is missing."""
    groups = release.derived(siblings_of)
    findings = [finding for _, _, missing in groups for finding in _rows(release, missing)]
    compared = sum(group.number for group, _, _ in groups)
    areas, of_a_kind = _of_a_kind(release)
    classes, gone = _since_the_release_before(release)
    checked = compared + areas + classes
    if not checked:
        return not_evaluated(
            "no_reference",
            "the release has one table, no earlier release and no kind of area that is nearly complete",
        )
    said = (
        f"{counted(compared, 'row')} of related tables, {counted(areas, 'area')} of kinds that are nearly complete, "
        f"{counted(classes, 'class and area', 'classes and areas')} of the release before"
    )
    return outcome_of(checked, [*findings, *of_a_kind, *gone], said)


def _rows(release: ReleaseView, missing: Iterable[MissingRow]) -> list[Finding]:
    """Rows that related tables have, one finding for each table, without those that the contract says it never has."""
    known = {(entry.table, entry.row) for entry in release.contract.not_covered}
    by_table: dict[str, list[MissingRow]] = defaultdict(list)
    for row in missing:
        if not any((row.table, part) in known for part in row.row):
            by_table[row.table].append(row)
    findings = []
    for table, rows in by_table.items():
        names = [" ".join(part for part in row.row if part) for row in rows]
        message = (
            f"{_table(release, table)} lacks {counted(len(rows), 'row')} that the other tables of this release have "
            f"(the first at {rows[0].there}): {_listed(names)}."
        )
        findings.append(_finding(message, rows[0].there, [row.there for row in rows], len(rows)))
    return findings


def _of_a_kind(release: ReleaseView) -> tuple[int, list[Finding]]:
    """Missing areas of kinds for which the release has nearly all others, and how many areas are compared."""
    register = AreaRegister.shipped()
    latest = max((code.last_day for code in release.derived(area_codes_of)), default=None)
    if latest is None:
        return 0, []
    # A file of all years may end years after some months: an area that appears in it at any time counts as present.
    printed = {code.code for code in release.derived(area_codes_of)} | set(
        release.observations["parent_code"].unique().to_pylist()
    )
    entries = release.contract.not_covered
    printed |= {entry.area for entry in entries if entry.area and entry.measures is None}
    wanted: dict[tuple[str, str], list[str]] = defaultdict(list)
    for code, area in register.areas.items():
        if (
            code[:3] in COMPLETE
            and "/" not in code
            and area.live(latest)
            and area.live(latest - timedelta(days=364))
        ):
            wanted[area.type, area.form].append(code)
    checked, findings = 0, []
    for (kind, form), codes in wanted.items():
        there = [code for code in codes if code in printed]
        if len(there) < FEWEST_AREAS_DUE or len(there) < NEARLY_ALL_AREAS_SHARE * len(codes):
            continue
        checked += len(codes)
        absent = [
            code for code in codes if code not in printed and not _under_another_code(register, code, printed)
        ]
        if absent:
            names = [f"{register.areas[code].name} ({code})" for code in absent]
            what = (form or kind).replace("_", " ")
            message = (
                f"This release has {len(there):,} of the {len(codes):,} areas of kind {what}; missing: "
                f"{_listed(names)}."
            )
            findings.append(_finding(message, "", [], len(absent), area=absent[0]))
    return checked, findings


def _under_another_code(register: AreaRegister, code: str, printed: set[str | None]) -> bool:
    """Whether the release prints a predecessor or a successor of the area."""
    before = {succession.old for succession in register.predecessors(code)}
    after = {succession.new for succession in register.successors(code)}
    return bool((before | after) & printed)


def _since_the_release_before(release: ReleaseView) -> tuple[int, list[Finding]]:
    """Classes and areas that the newest earlier release has in a shared table, and how many are compared."""
    if not release.history:
        return 0, []
    before = list(release.history)[-1]
    then = columns_of(release.history, before, [*_CLASS, "area_code", "period_end", "value"])
    now = release.observations
    tables = set(now["table_id"].unique().to_pylist())
    number, findings = 0, []
    latest = _latest(then)
    end = max((found.last_day for found in release.derived(area_codes_of)), default=date.max)
    # Codes with these beginnings are in some editions only.
    beyond = tuple(start for entry in release.contract.not_covered for start in entry.codes)
    for what, keys in (("class", _CLASS), ("area", ["table_id", "area_code"])):
        old = _distinct(_in_use(latest) if what == "class" else latest, keys)
        new = set(_distinct(now, keys))
        known = [key for key in old if key[0] in tables]
        number += len(known)
        absent = [key for key in known if key not in new and (what == "class" or _in_force(key[1], end))]
        if what == "area":
            absent = [key for key in absent if not key[1].startswith(beyond)]
        by_table: dict[str, list[tuple[str, ...]]] = defaultdict(list)
        for key in absent:
            by_table[key[0]].append(key[1:])
        for table, gone in by_table.items():
            names = [_class_words(key, what) for key in gone]
            many = counted(len(gone), what, "classes" if what == "class" else "areas")
            message = f"{_table(release, table)} has no figures of {many} that release {before} has: {_listed(names)}."
            findings.append(
                _finding(message, "", [], len(gone), measure=gone[0][0] if what == "class" else "")
            )
    return number, findings


def _latest(table: pa.Table) -> pa.Table:
    """Observations of the last period of each table: what a publisher ended years ago is not missing now."""
    import pyarrow as pa
    import pyarrow.compute as pc

    last = table.group_by("table_id").aggregate([("period_end", "max")])
    ends = dict(zip(last["table_id"].to_pylist(), last["period_end_max"].to_pylist(), strict=True))
    keep = None
    for name, end in ends.items():
        own = pc.and_(
            pc.equal(table["table_id"], name), pc.equal(table["period_end"], pa.scalar(end, pa.date32()))
        )
        keep = own if keep is None else pc.or_(keep, own)
    return table if keep is None else table.filter(keep)


def _in_use(table: pa.Table) -> pa.Table:
    """Classes with figures other than 0 in half of their areas: late records of an ended class are few.

    A breakdown that names a year (`compared_with=2017-01-01/...`) changes with every release and is not a class.
    """
    with in_sql(o=table) as connection:
        return connection.sql(_IN_USE).to_arrow_table()


_IN_USE = f"""
SELECT table_id, measure, breakdown FROM o
WHERE NOT regexp_matches(breakdown, '[0-9]{{4}}')
GROUP BY ALL HAVING count(*) FILTER (value <> 0) >= greatest({FEWEST_AREAS_DUE}, count(*) / 2)
ORDER BY ALL
"""


def _distinct(table: pa.Table, keys: Sequence[str]) -> list[tuple[str, ...]]:
    """Different combinations of some columns, in the order in which they come first."""
    rows = table.select(list(keys)).group_by(list(keys), use_threads=False).aggregate([])
    return list(zip(*(rows[name].to_pylist() for name in keys), strict=True))


def _in_force(code: str | None, day: date) -> bool:
    """Whether the register has the area as in force on a day."""
    return bool(code and AreaRegister.shipped().live(code, day))


def _table(release: ReleaseView, table: str) -> str:
    """A table at the beginning of a sentence."""
    name = table_name(release.contract, table)
    return name[:1].upper() + name[1:]


def _class_words(key: Sequence[str], what: str) -> str:
    """A class as `recorded crime (burglary, domestic burglary)`, or the code of an area."""
    if what != "class":
        return " ".join(key)
    measure, breakdown = key
    classes = breakdown_words(breakdown)
    return measure_words(measure) + (f" ({classes})" if classes else "")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names[:AREAS_NAMED]) + (
        f" and {len(names) - AREAS_NAMED:,} more" if len(names) > AREAS_NAMED else ""
    )


def _finding(
    message: str, locator: str, locators: Sequence[str], number: int, *, measure: str = "", area: str = ""
) -> Finding:
    return Finding(
        "K-05", message, locator, locators, severity="warning", measure=measure, area_code=area, observed="absent",
        expected="present", evidence={"number": number, "classes": bool(measure)},
    )  # fmt: skip
