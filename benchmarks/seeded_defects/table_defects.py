"""Errors in rows, columns and whole files: pasted, shifted, missing, of another year, in another unit.

Belongs here: kinds of errors that concern more than two cells. Does not belong here: single cells (`cell_defects`).
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import replace
from random import Random

from benchmarks.seeded_defects.plants import Planted, kind
from benchmarks.seeded_defects.printed_cells import Cell, Cells, Place, with_rows
from civic_assets.quality.equations.edits import edits_of
from civic_assets.readers.grid import Grid
from civic_assets.values.cells import CellValue

# The year may be followed by the number of a footnote: 'December 20191,2'.
_MONTH = re.compile(r"\b(march|june|september|december) ((?:19|20)\d\d)", re.IGNORECASE)
_QUARTERS = ("march", "june", "september", "december")
_WIDE = re.compile(r"(\d{4})(\d{2})")


def _replaced(kind: str, pairs: Sequence[tuple[Cell, CellValue]], **more: object) -> Planted | None:
    """Cells with the values of others, if that changes them."""
    changed = [(cell, value) for cell, value in pairs if value != cell.value]
    if not changed:
        return None
    planted = Planted(
        kind, {cell.place: value for cell, value in changed}, {cell.locator: cell.text for cell, _ in changed}
    )
    return replace(planted, **more)  # type: ignore[arg-type]


def _two_rows(cells: Cells, chance: Random) -> tuple[list[Cell], list[Cell]] | None:
    """Figures of two rows of one table, of areas of one kind in one period."""
    observations = cells.good.clean.release.observations
    columns = [observations[name].to_pylist() for name in ("row_kind", "period_start", "breakdown")]
    table = chance.choice(sorted(cells.blocks))
    by_kind: dict[tuple[object, ...], list[int]] = {}
    block = cells.blocks[table]
    first = block.figures()[0][0]
    for cell in cells.column(table, first):
        if (at := cells.good.rows.get(cell.locator)) is not None:
            by_kind.setdefault(tuple(column[at] for column in columns), []).append(cell.place.row)
    kinds = [rows for rows in by_kind.values() if len(rows) > 1]
    if not kinds:
        return None
    one, other = chance.sample(chance.choice(kinds), 2)
    return cells.row(table, one), cells.row(table, other)


@kind("two rows swapped")
def rows_swapped(cells: Cells, chance: Random) -> Planted | None:
    """The figures of two areas exchanged, while codes and names stay."""
    rows = _two_rows(cells, chance)
    if rows is None:
        return None
    one, other = rows
    pairs = [(a, b.value) for a, b in zip(one, other, strict=True)]
    pairs += [(b, a.value) for a, b in zip(one, other, strict=True)]
    return _replaced("two rows swapped", pairs)


@kind("row pasted over another")
def row_pasted_over(cells: Cells, chance: Random) -> Planted | None:
    """The figures of one area under the name of another."""
    rows = _two_rows(cells, chance)
    if rows is None:
        return None
    return _replaced("row pasted over another", [(a, b.value) for a, b in zip(*rows, strict=True)])


@kind("row pasted twice", single=False, localised=False)
def row_twice(cells: Cells, chance: Random) -> Planted | None:
    """A row that is repeated below itself."""
    table = chance.choice(sorted(cells.blocks))
    block = cells.blocks[table]
    row = chance.choice(list(block.rows))

    def reshape(grid: Grid) -> Grid:
        rows = list(_rows(grid, block.sheet.name))
        return with_rows(grid, block.sheet.name, [*rows[: row + 1], rows[row], *rows[row + 1 :]])

    named = [cell.locator for at in (row, row + 1) for cell in _figures_at(cells, table, row, at)]
    return Planted("row pasted twice", named=named, reshape=reshape)


def _figures_at(cells: Cells, table: str, row: int, at: int) -> list[Cell]:
    """Figures of a row with the addresses that they have in another row."""
    block = cells.blocks[table]
    return [
        replace(
            cell,
            locator=cell.locator
            if at == row
            else (
                block.sheet.locator(at, cell.place.column, block.header(cell.column).strip())
                if block.sheet.line_numbers is None
                else re.sub(r"^L\d+", f"L{block.sheet.line_numbers[row] + 1}", cell.locator)
            ),
        )
        for cell in cells.row(table, row)
    ]


def _rows(grid: Grid, sheet: str) -> Sequence[list[CellValue]]:
    return next(s.rows for s in grid.sheets if s.name == sheet)


def _one_column(cells: Cells, chance: Random) -> list[Cell]:
    table = chance.choice(sorted(cells.blocks))
    name, _ = chance.choice(cells.blocks[table].figures())
    return cells.column(table, name)


@kind("column shifted by one", single=False, localised=False)
def column_shifted(cells: Cells, chance: Random) -> Planted | None:
    """The cells of a column are one row too low; the last one is at the top."""
    column = _one_column(cells, chance)
    above = [column[-1].value, *(cell.value for cell in column[:-1])]
    return _replaced("column shifted by one", list(zip(column, above, strict=True)))


@kind("last year's column pasted as this year's", single=False, localised=False)
def last_year_pasted(cells: Cells, chance: Random) -> Planted | None:
    """Counts of the year before under this year's header, in their own table or in the column of the year before."""
    name = "last year's column pasted as this year's"
    tables = {
        block.table.occurrence: table
        for table, block in cells.blocks.items()
        if block.table.occurrence != "only"
    }
    if len(tables) == 2:
        column = chance.choice([name for name, _ in cells.blocks[tables["latest"]].figures()])
        keys = [c.name for c in cells.blocks[tables["latest"]].table.keys]
        before = {
            tuple(
                cells.blocks[tables["previous"]].sheet.rows[c.place.row][
                    cells.blocks[tables["previous"]].columns[k]
                ]
                for k in keys
            ): c.value
            for c in cells.column(tables["previous"], column)
        }
        block = cells.blocks[tables["latest"]]
        now = cells.column(tables["latest"], column)
        old = [
            before.get(tuple(block.sheet.rows[c.place.row][block.columns[k]] for k in keys), c.value)
            for c in now
        ]
        return _replaced(name, list(zip(now, old, strict=True)))
    months = {header: (table, name) for header, table, name in _months(cells)}
    pairs = [(now, then) for now in months if (then := f"{int(now[:4]) - 1}{now[4:]}") in months]
    if not pairs:
        return None
    this, that = (cells.column(*months[header]) for header in chance.choice(sorted(pairs)))
    return _replaced(name, [(a, b.value) for a, b in zip(this, that, strict=True)])


def _months(cells: Cells) -> list[tuple[str, str, str]]:
    """Columns of single months: header, table, name."""
    return [
        (match[0], table, name)
        for table, block in cells.blocks.items()
        for name, _ in block.figures()
        if (match := _WIDE.fullmatch(block.header(name).strip()))
    ]


@kind("total not updated after a revision")
def stale_total(cells: Cells, chance: Random) -> Planted | None:
    """A count is revised, with everything that depends on it except one total, whose change and rate are old as well.

    Only these are wrong afterwards: the others are as after any revision. The release revised throughout is the clean
    one of this kind, so no revision has to be written into the file: the total is simply too low by some offences.
    """
    release = cells.good.clean.release
    edits = release.derived(edits_of)
    locators = release.observations["locator"].to_pylist()
    totals = sorted(
        {
            int(edits.tested[e])
            for e, r in enumerate(edits.rules)
            if r.kind in ("identity", "parent", "sum")
            and r.severity == "blocking"
            and not edits.operands_missing[e]
        }
    )
    totals = [t for t in totals if edits.values[t] > 100]
    if not totals:
        return None
    by_locator = {cell.locator: cell for cell in cells.numbers}
    for total in chance.sample(totals, min(50, len(totals))):
        cell = by_locator.get(locators[total])
        if cell is None:
            continue
        missed = chance.randint(1, max(2, int(cell.number * 0.02)))
        planted = {cell: cell.number - missed}
        for other, value in _derived(cells, total, cell.number - missed, by_locator, locators):
            planted[other] = value
        return Planted(
            "total not updated after a revision",
            {
                c.place: c.written(f"{v:.17g}" if isinstance(c.value, float) else f"{v:.0f}")
                for c, v in planted.items()
            },
            {c.locator: c.text for c in planted},
        )
    return None


def _derived(
    cells: Cells, total: int, value: float, by_locator: Mapping[str, Cell], locators: Sequence[str]
) -> list[tuple[Cell, float]]:
    """Changes and rates that follow from a count, computed from another value of it, with the printed decimals."""
    edits = cells.good.clean.release.derived(edits_of)
    found = []
    for edit in sorted(set(edits.edit_of[edits.cells == total].tolist())):
        rule, tested = edits.rules[edit], int(edits.tested[edit])
        cell = by_locator.get(locators[tested])
        if rule.kind not in ("change", "rate", "ratio") or tested == total or cell is None:
            continue
        now, before = float(edits.values[total]), value
        if rule.kind == "change":
            current, previous = (float(edits.values[c]) for c in edits.cells_of(edit)[1:])
            made = (
                100 * (value - previous) / previous
                if edits.cells_of(edit)[1] == total
                else 100 * (current - value) / value
            )
        else:
            made = cell.number * before / now
        places = len(cell.text.partition(".")[2])
        made = made if isinstance(cell.value, float) else round(made, places)
        if made != cell.number:
            found.append((cell, made))
    return found


@kind("rates of a row on a wrong denominator", localised=False)
def row_on_wrong_denominator(cells: Cells, chance: Random) -> Planted | None:
    """All rates of an area divided by the population of another."""
    name = "rates of a row on a wrong denominator"
    tables = [
        t for t, b in cells.blocks.items() if sum(c.unit.startswith("per_") for _, c in b.figures()) > 2
    ]
    tables = [t for t in tables if any(c.measure == "population" for _, c in cells.blocks[t].figures())]
    if not tables:
        return None
    table = chance.choice(tables)
    block = cells.blocks[table]
    base = next(n for n, c in block.figures() if c.measure == "population")
    known = [c for c in cells.column(table, base) if c.number > 0]
    one, other = chance.sample(known, 2)
    if one.number == other.number:
        return None
    pairs = [
        (cell, cell.written(f"{cell.number * one.number / other.number:.15g}"))
        for cell in cells.row(table, one.place.row)
        if cell.number > 0 and dict(block.figures())[cell.column].unit == "per_1000_population"
    ]
    return _replaced(name, pairs, named=[one.locator]) if pairs else None


@kind("units changed", single=False, localised=False)
def units_changed(cells: Cells, chance: Random) -> Planted | None:
    """A column of counts in thousands, or of rates per ten times fewer people."""
    column = _one_column(cells, chance)
    if sum(not math.isnan(cell.number) for cell in column) < 5:
        return None
    unit = dict(cells.blocks[column[0].table].figures())[column[0].column].unit
    by = 1000 if unit == "count" else 10
    pairs = [
        (cell, cell.written(f"{cell.number / by:.15g}")) for cell in column if cell.number == cell.number
    ]
    return _replaced("units changed", pairs)


@kind("month missing", single=False, localised=False)
def month_missing(cells: Cells, chance: Random) -> Planted | None:
    """A month's column missing among the others."""
    months = sorted(_months(cells))[1:-1]
    if not months:
        return None
    header, table, name = chance.choice(months)
    return _without_column(
        cells, table, name, "month missing", [header, f"{header[:4]}-{header[4:]}", "month"]
    )


@kind("category missing", single=False, localised=False)
def category_missing(cells: Cells, chance: Random) -> Planted | None:
    """A class, a phase or a measure missing everywhere: the rows of one, or its column in one table."""
    rows = [
        (table, column.name)
        for table, block in cells.blocks.items()
        for column in block.table.keys
        if column.name
        in (
            "minor_class",
            "minor",
            "offence",
            "phase",
            "education_phase",
            "characteristic",
            "school_type",
            "social_care_group",
            "category",
        )
        and column.name in block.columns
    ]
    if rows:
        table, name = chance.choice(rows)
        values = sorted({cell.text for cell in cells.column(table, name)} - {"", "Total"})
        if len(values) > 1:
            return _without_rows(cells, [table], name, chance.choice(values), "category missing")
    if _months(cells):
        return None
    table = chance.choice(sorted(cells.blocks))
    name, column = chance.choice(cells.blocks[table].figures())
    return _without_column(
        cells,
        table,
        name,
        "category missing",
        [repr(cells.blocks[table].header(name)), column.printed, name, column.measure],
    )


@kind("whole force missing", single=False, localised=False)
def force_missing(cells: Cells, chance: Random) -> Planted | None:
    """A police force (borough, authority, region) missing from one table, or from all."""
    for ending in ("force_name", "borough", "la_name", "new_la_code", "authority_code", "area_code", "code"):
        named = [(table, name) for table, name in cells.keys(ending)]
        if named:
            break
    else:
        return None
    table, name = chance.choice(named)
    values = sorted({cell.text for cell in cells.column(table, name)} - {""})
    if len(values) < 3:
        return None
    tables = [table] if chance.random() < 0.5 else [t for t, n in named if n == name]
    return _without_rows(cells, tables, name, chance.choice(values), "whole force missing")


def _without_column(cells: Cells, table: str, name: str, kind: str, words: Sequence[str]) -> Planted:
    block = cells.blocks[table]
    at = block.columns[name]

    def reshape(grid: Grid) -> Grid:
        rows = [[*row[:at], *row[at + 1 :]] for row in _rows(grid, block.sheet.name)]
        return with_rows(grid, block.sheet.name, rows)

    return Planted(kind, words=[word for word in words if word], reshape=reshape)


def _without_rows(cells: Cells, tables: Sequence[str], name: str, value: str, kind: str) -> Planted:
    gone: dict[str, set[int]] = {}
    words = {value}
    observations = cells.good.clean.release.observations
    codes, names = observations["area_code"].to_pylist(), observations["area_name"].to_pylist()
    measures, breakdowns = observations["measure"].to_pylist(), observations["breakdown"].to_pylist()
    for table in tables:
        block = cells.blocks[table]
        rows = [cell.place.row for cell in cells.column(table, name) if cell.text == value]
        gone.setdefault(block.sheet.name, set()).update(rows)
        for row in rows:
            for cell in cells.row(table, row):
                if (at := cells.good.rows.get(cell.locator)) is not None:
                    words |= (
                        {codes[at] or "", names[at] or ""}
                        if kind == "whole force missing"
                        else {measures[at], breakdowns[at]}
                    )

    def reshape(grid: Grid) -> Grid:
        for sheet, rows in gone.items():
            grid = with_rows(
                grid, sheet, [row for at, row in enumerate(_rows(grid, sheet)) if at not in rows]
            )
        return grid

    return Planted(kind, words=sorted(words - {"", "total"}), reshape=reshape)


@kind("stale file republished as new", single=False, localised=False)
def stale_file(cells: Cells, chance: Random) -> Planted | None:
    """The last edition again, under titles or headers of the next period; the last edition is held."""
    release = cells.good.clean.release
    changed: dict[Place, CellValue] = {}
    months = _months(cells)
    for header, table, name in months:
        block = cells.blocks[table]
        year, month = int(header[:4]), int(header[4:])
        year, month = (year, month + 1) if month < 12 else (year + 1, 1)
        place = Place(block.sheet.name, block.header_row, block.columns[name])
        changed[place] = f"{year}{month:02}"
    if not months:
        for sheet in cells.good.grid.sheets:
            for row, values in enumerate(sheet.rows[:12]):
                for column, value in enumerate(values[:3]):
                    if isinstance(value, str) and _MONTH.search(value):
                        changed[Place(sheet.name, row, column)] = _MONTH.sub(
                            lambda found: _next_quarter(found[1], found[2]), value
                        )
    if not changed:
        return None
    return Planted(
        "stale file republished as new",
        changed,
        words=["repeat", "same figures"],
        history={**cells.good.history, release.release: release.observations},
    )


def _next_quarter(month: str, year: str) -> str:
    at = _QUARTERS.index(month.lower())
    return f"{_QUARTERS[(at + 1) % 4].capitalize()} {int(year) + (at == 3)}"
