"""Figures changed by typing errors: whether what would be published differs without a finding.

    python -m civic_assets_tests.fuzz.figures --changes 40 --seed 1 [--files DIR]

Belongs here: changing one number as people and programs get numbers wrong, and comparing what would be published with
the file as it was. Does not belong here: damage that keeps a file from being read (`changes`).

A release is examined alone, without earlier ones and without other sources. In a refresh both find more. A figure that
is in no equation, and is changed to one that would be plausible too, cannot be told from a legitimate one by
any check: such changes are counted, and no check is made to accuse legitimate figures for their sake.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from civic_assets.errors import CivicError
from civic_assets.layers.examine import examine
from civic_assets.parsing.observations import KEY
from civic_assets.parsing.recognise import recognise
from civic_assets.parsing.table_finder import FoundTables
from civic_assets.quality.framework.release import FileFacts
from civic_assets.quality.framework.results import Assessment, Finding
from civic_assets.readers.grid import Grid
from civic_assets.readers.open_file import read_grid
from civic_assets.values.cells import as_printed
from civic_assets_tests.fuzz.trial import contracts
from civic_assets_tests.parsing.damaged_files import whole_files
from civic_assets_tests.releases import Place, report, sample, value_at, with_cells

FACTS = FileFacts("a file", "0" * 64, "0" * 64, 10_000_000, "csv")
SEEN = (
    "held back",
    "disputed",
    "names the cell",
    "names the row, column or table",
    "another finding",
    "no finding",
)
"""What came of a changed figure, the strongest first."""
LARGEST = 700_000
_LINE = re.compile(r"L[0-9]+:.*", re.DOTALL)
_OF_A_CHECK = re.compile(r"[A-Z]-[0-9]+\b")
_OF_FIGURES = "share of disputed figures"
# With the cell: a file may have two figures of one key, which is a finding (V-01).
_SAME = (*KEY, "table_id", "locator")


@dataclass(frozen=True)
class Release:
    """A release whose figures are read; a fixture, of a few rows of a file, would be held back for what it lacks.

    Args:
        name: Name of the file.
        figures: Value and status of each figure by its key.
        rows: Figures with a number whose cell is known.
        findings: Findings about the file as it is.
        held_back: Why it would be held back as it is.
        places: Cell of each figure by its address in findings.
    """

    name: str
    source: str
    grid: Grid
    figures: Mapping[tuple[Any, ...], tuple[Any, Any]]
    rows: Sequence[Mapping[str, Any]]
    findings: frozenset[tuple[str, str, str]]
    held_back: frozenset[str]
    places: Mapping[str, Place]


def typing_errors(text: str) -> dict[str, str]:
    """A printed number with each typing error that changes it, by the name of the error; without thousands commas."""
    digits = text.replace(",", "")
    number = digits.lstrip("-")
    errors = {
        "digits swapped": next(
            (number[:at] + number[at + 1] + number[at] + number[at + 2 :] for at in range(len(number) - 1)
             if number[at] != number[at + 1] and "." not in number[at : at + 2]), "",
        ),
        "digit dropped": number[:-1] if len(number) > 1 and "." not in number else number[1:],
        "digit added": number[:1] + number,
        "ten times": _times(number, 10),
        "a tenth": _times(number, 0.1),
        "thousand times": _times(number, 1000),
        "sign": f"-{number}",
    }  # fmt: skip
    return {
        name: changed for name, changed in errors.items()
        if re.fullmatch(r"-?[0-9]+(\.[0-9]+)?", changed) and float(changed) != float(digits)
    }  # fmt: skip


def _times(number: str, factor: float) -> str:
    value = float(number) * factor
    return str(round(value)) if value == round(value) else repr(round(value, 6))


def of_grid(name: str, grid: Grid) -> Iterator[Release]:
    """The releases in a file whose figures can be read."""
    for found in recognise(grid, contracts()):
        source = found.contract.source
        looked = _examined(grid, source)
        if looked is None:
            continue
        assessment, table = looked
        places = _places(found.found)
        rows = [row for row in table if row["value"] is not None and row["locator"] in places
                and re.fullmatch(r"-?[0-9][0-9,]*(\.[0-9]+)?", row["value_text"] or "")]  # fmt: skip
        if rows:
            yield Release(name, source, grid, _figures(table), rows,
                          frozenset(map(_identity, assessment.findings)), _held_back(assessment), places)  # fmt: skip


def _examined(grid: Grid, source: str) -> tuple[Assessment, list[dict[str, Any]]] | None:
    """What is found in a file as a release of a source, and its figures; None if they cannot be read."""
    for found in recognise(grid, contracts(), (source,)):
        assessment, table, _ = examine(found.contract, found.edition, FACTS, grid, found.found, {})
        if table is not None:
            return assessment, table.select([*_SAME, "value", "status", "value_text"]).to_pylist()
    return None


def _held_back(assessment: Assessment) -> frozenset[str]:
    """The checks that hold a release back; and that too many figures are disputed, if that is a reason."""
    return frozenset(
        reason.partition(":")[0] if _OF_A_CHECK.match(reason) else _OF_FIGURES
        for reason in assessment.held_back
    )


def _figures(rows: Sequence[Mapping[str, Any]]) -> dict[tuple[Any, ...], tuple[Any, Any]]:
    return {tuple(row[name] for name in _SAME): (row["value"], row["status"]) for row in rows}


def _identity(finding: Finding) -> tuple[str, str, str]:
    return finding.check_id, finding.locator, finding.message


def _places(found: FoundTables) -> dict[str, Place]:
    """Cell of each figure by its address in findings; without addresses that two cells have."""
    places: dict[str, Place] = {}
    twice: set[str] = set()
    for block in found.blocks.values():
        for name, _ in block.figures():
            for locator, row in zip(block.locators(name), block.rows, strict=True):
                if locator in places:
                    twice.add(locator)
                places[locator] = Place(block.sheet.name, row, block.columns[name])
    return {locator: place for locator, place in places.items() if locator not in twice}


def outcomes(release: Release, row: Mapping[str, Any], printed: str) -> Iterator[tuple[str, str]]:
    """For each figure that would be published otherwise, what came of it and the checks that noticed.

    Args:
        release: The release as it is.
        row: The figure whose cell is changed.
        printed: What is in the cell instead.
    """
    place = release.places[row["locator"]]
    new = float(printed) if isinstance(value_at(release.grid, place), float) else printed
    # Rows are copied, since sheets that keep what they know of their columns would not see the change.
    grid = with_cells(release.grid, {place: new})
    try:
        looked = _examined(grid, release.source)
    except CivicError:
        looked = None
    if looked is None:
        yield SEEN[0], ""
        return
    assessment, table = looked
    if _held_back(assessment) - release.held_back:
        yield SEEN[0], " ".join(sorted(_held_back(assessment) - release.held_back - {_OF_FIGURES}))
        return
    fresh = [finding for finding in assessment.findings if _identity(finding) not in release.findings]
    for one in table:
        key = tuple(one[name] for name in _SAME)
        if release.figures.get(key) != (one["value"], one["status"]):
            yield _seen(one, fresh, assessment.disputed)


def _seen(row: Mapping[str, Any], fresh: Sequence[Finding], disputed: set[str]) -> tuple[str, str]:
    cell = row["locator"]
    naming = [f for f in fresh if cell in (f.locator, *f.locators, *f.cells, *f.disputes)]
    if cell in disputed:
        return SEEN[1], _checks(naming)
    if naming:
        return SEEN[2], _checks(naming)
    near = [
        f for f in fresh if row["area_code"] == f.area_code or row["measure"] == f.measure or _beside(cell, f)
    ]
    if near:
        return SEEN[3], _checks(near)
    return (SEEN[4], _checks(fresh)) if fresh else (SEEN[5], "")


def _beside(cell: str, finding: Finding) -> bool:
    """Whether a finding names a cell of the same row, or the sheet's table."""
    row = cell.partition(":")[0] if _LINE.fullmatch(cell) else re.sub(r"![A-Z]+", "!", cell)
    named = (finding.locator, *finding.locators)
    return any(row in (one.partition(":")[0], re.sub(r"![A-Z]+", "!", one)) for one in named if one)


def _checks(findings: Sequence[Finding]) -> str:
    return " ".join(sorted({finding.check_id for finding in findings}))


def shipped() -> Iterator[Release]:
    """Releases of the fixtures and samples that would be published if their file were as large as a real one."""
    yield from of_grid("sample", sample())
    yield from of_grid("report", report())
    for name, grid in whole_files():
        if name not in ("sample", "report"):
            yield from of_grid(name, grid)


def of_folder(folder: Path) -> Iterator[Release]:
    """Releases of files below a folder that are not large."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.suffix in (".csv", ".xlsx", ".json") and path.stat().st_size <= LARGEST:
            try:
                yield from of_grid(path.name, read_grid(path))
            except CivicError:
                continue


def counted(releases: Sequence[Release], changes: int, seed: int) -> dict[str, Counter[tuple[str, str, str]]]:
    """For each source, how often each error ended how, with the checks that noticed.

    Args:
        releases: Releases.
        changes: Changes of each release.
        seed: Of the random choices.
    """
    by_source: dict[str, Counter[tuple[str, str, str]]] = {}
    for release in releases:
        rng = Random(f"{seed}-{release.name}-{release.source}")
        counter = by_source.setdefault(release.source, Counter())
        for _ in range(changes):
            row = rng.choice(release.rows)
            errors = typing_errors(row["value_text"])
            if neighbour := _neighbour(release, row):
                errors["neighbour's value"] = neighbour
            error = rng.choice(sorted(errors)) if errors else ""
            if not error:
                continue
            for seen, checks in outcomes(release, row, errors[error]):
                counter[error, seen, checks] += 1
    return by_source


def _neighbour(release: Release, row: Mapping[str, Any]) -> str:
    """Number in the cell below, as printed; empty if it is the same or none."""
    place = release.places[row["locator"]]
    below = replace(place, row=place.row + 1)
    try:
        text = as_printed(value_at(release.grid, below)).replace(",", "")
    except IndexError:
        return ""
    own = row["value_text"].replace(",", "")
    return text if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text) and float(text) != float(own) else ""


def table(by_source: Mapping[str, Counter[tuple[str, str, str]]]) -> list[str]:
    """Lines with the numbers by source and by error, and the checks that noticed most."""
    lines = []
    groups: dict[str, Counter[str]] = {}
    checks: Counter[str] = Counter()
    for source, counter in by_source.items():
        for (error, seen, noticed), number in counter.items():
            groups.setdefault(f"source {source}", Counter())[seen] += number
            groups.setdefault(f"error  {error}", Counter())[seen] += number
            groups.setdefault("all", Counter())[seen] += number
            for check in noticed.split():
                checks[check] += number
    lines.append(f"{'':<32}{'changed':>9}" + "".join(f"{seen:>33}" for seen in SEEN))
    for name in sorted(groups, key=lambda one: (one == "all", one)):
        numbers = groups[name]
        lines.append(f"{name:<32}{numbers.total():>9,}" + "".join(f"{numbers[seen]:>33,}" for seen in SEEN))
    lines.append(
        "Checks that noticed: " + ", ".join(f"{one} {number:,}" for one, number in checks.most_common())
    )
    return lines


def main() -> None:
    """Change figures, and print what came of them."""
    parser = argparse.ArgumentParser(prog="python -m civic_assets_tests.fuzz.figures", description=__doc__)
    parser.add_argument("--changes", type=int, default=40, help="changes of each release")
    parser.add_argument("--seed", type=int, default=1, help="of the random choices")
    parser.add_argument("--files", type=Path, help="folder of sound files, in addition to those that ship")
    chosen = parser.parse_args()
    releases = [*shipped(), *(of_folder(chosen.files) if chosen.files else ())]
    print(f"{len(releases)} releases", flush=True)
    print("\n".join(table(counted(releases, chosen.changes, chosen.seed))))


if __name__ == "__main__":
    main()
