"""Parser of the ONS mid-year population estimates: the workbooks, and the Department for Education's copy.

Belongs here: the area, age, sex and mid-year of a cell. Does not belong here: answers of Nomis
(`ons.nomis`), the kinds of area (the contract), and summing ages into bands.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date

from civic_assets.contracts.model import Column, Contract
from civic_assets.errors import CivicError
from civic_assets.parsing.observations import Area, ObservationColumns, Parsed, RowProblem, observe
from civic_assets.parsing.reading import is_synthetic
from civic_assets.parsing.table_finder import Block, FoundTables
from civic_assets.readers.grid import Grid
from civic_assets.sources.ons import nomis
from civic_assets.sources.ons.no_residents import refuse_no_one
from civic_assets.sources.ons.population_options import Options
from civic_assets.values.cells import as_printed, label, plain
from civic_assets.values.period_text import mid_year
from civic_assets.values.periods import Period, day

_BY_AGE = ("persons", "females", "males")
_SEX = {"m": "male", "f": "female"}


def edition(found: FoundTables, contract: Contract) -> str | None:
    """Release key, which is the vintage: `2023-mye`, `2024-age-0-17` for the copy of the Department for Education.

    For an answer of Nomis see `ons.nomis.edition`.
    """
    if "persons" in found and (stated := mid_year(found["persons"].title)):
        return f"{stated.start.year}-mye"
    if "children" in found:
        years = [text for text in found["children"].texts("time_period") if re.fullmatch(r"[0-9]{4}", text)]
        return f"{max(years)}-age-0-17" if years else None
    return nomis.edition(found["nomis"]) if "nomis" in found else None


def why_no_edition(found: FoundTables, contract: Contract) -> str:
    """Why an answer of Nomis has no release key; `""` for other files."""
    return nomis.why_no_edition(found["nomis"]) if "nomis" in found else ""


def parse(grid: Grid, found: FoundTables, contract: Contract) -> Parsed:
    """Every figure of the file; figures of the latest mid-year repeated in another sheet are read once.

    Raises:
        CivicError: A title or header names no mid-year, a row names an unknown sex, year or age group, or an
            area has no residents.
    """
    columns = ObservationColumns()
    problems: list[RowProblem] = []
    kinds: Counter[str] = Counter()
    parents = _parents(found, contract)
    for name in _BY_AGE:
        if name in found:
            areas = _areas(found[name], contract, problems, parents)
            kinds.update(area.kind for area in areas)
            observe(columns, found[name], areas, contract, period=_of_title, breakdown=_age)
    if "totals" in found:
        block = _earlier(found["totals"], found)
        areas = _areas(block, contract, problems, parents)
        observe(columns, block, areas, contract, period=_of_header)
    if "by_age_and_sex" in found:
        block = _earlier(found["by_age_and_sex"], found)
        breakdowns = _ages_and_sexes(block)
        areas = _areas(block, contract, problems, parents)
        observe(columns, block, areas, contract, period=_of_header, breakdowns=breakdowns)
    if "children" in found:
        block = found["children"]
        areas = _areas_of_the_copy(block)
        kinds.update(area.kind for area in areas)
        groups = Options.of(contract).age_groups
        breakdowns = [f"age={_known(groups, block, 'age_group', row)}" for row in range(len(block.rows))]
        observe(columns, block, areas, contract, periods=_years(block), breakdowns=breakdowns)
    if "nomis" in found:
        _observe_nomis(found["nomis"], contract, columns, problems, kinds)
    observations = columns.table()
    refuse_no_one(observations)
    return Parsed(
        source=contract.source,
        edition=edition(found, contract) or "",
        found=found,
        observations=observations,
        problems=[*columns.problems, *{problem.locator: problem for problem in problems}.values()],
        row_kinds=kinds,
        synthetic=is_synthetic(grid),
    )


def _observe_nomis(
    block: Block,
    contract: Contract,
    columns: ObservationColumns,
    problems: list[RowProblem],
    kinds: Counter[str],
) -> None:
    nomis.whole(block)
    block = nomis.without_zeros(block, problems)
    areas = nomis.areas(block, contract, problems)
    kinds.update(area.kind for area in areas)
    observe(
        columns,
        block,
        areas,
        contract,
        periods=nomis.periods(block),
        breakdowns=nomis.breakdowns(block, contract),
    )


def _of_title(block: Block, _name: str, _column: Column) -> Period:
    stated = mid_year(block.title)
    if stated is None:
        raise CivicError(
            f"the title at {block.title_locator} names no mid-year such as mid-2023: {block.title!r}; download "
            f"the file again"
        )
    return stated


def _of_header(block: Block, name: str, _column: Column) -> Period:
    return day(date(int(block.header(name).strip()[-4:]), 6, 30))


def _age(block: Block, name: str, column: Column) -> str:
    """`age=7`, followed by the sex of the sheet; all ages together have only the sheet's breakdown."""
    if column.name == "all_ages":
        return column.breakdown
    age = f"age={plain(block.header(name))}"
    return age if column.breakdown == "total" else f"{age};{column.breakdown}"


def _earlier(block: Block, found: FoundTables) -> Block:
    """A table without the columns for the mid-year that MYE2 has in full."""
    latest = mid_year(found["persons"].title) if "persons" in found else None
    repeated = {name for name, column in block.figures() if _of_header(block, name, column) == latest}
    return replace(block, columns={name: at for name, at in block.columns.items() if name not in repeated})


def _ages_and_sexes(block: Block) -> list[str]:
    breakdowns = []
    for row, (age, sex) in enumerate(zip(block.cells("age"), block.cells("sex"), strict=True)):
        years = as_printed(age)
        breakdowns.append(
            f"age={'90+' if years == '90' else years};sex={_known(_SEX, block, 'sex', row, sex)}"
        )
    return breakdowns


def _years(block: Block) -> list[Period]:
    known = {text: None for text in block.texts("time_period")}
    wrong = next((text for text in known if not re.fullmatch(r"[0-9]{4}", text)), None)
    if wrong is not None:
        where = block.locators("time_period")[block.texts("time_period").index(wrong)]
        raise CivicError(
            f"{where} has the year {wrong!r}; four digits are expected. Download the file again."
        )
    days = {text: day(date(int(text), 6, 30)) for text in known}
    return [days[text] for text in block.texts("time_period")]


def _known(words: Mapping[str, str], block: Block, name: str, row: int, text: object = None) -> str:
    printed = str(block.cells(name)[row] if text is None else text)
    if label(printed) not in words:
        where = block.locators(name)[row]
        raise CivicError(
            f"{where} has {printed!r}, which is not one of {', '.join(words)}; add it to the contract."
        )
    return words[label(printed)]


def _areas(
    block: Block, contract: Contract, problems: list[RowProblem], parents: Mapping[str, str]
) -> list[Area]:
    types = Options.of(contract).area_types
    known: dict[tuple[str, ...], Area] = {}
    keys: Sequence[tuple[str, ...]] = list(zip(*map(block.texts, ("code", "name", "geography")), strict=True))
    for row, key in enumerate(keys):
        if key in known:
            continue
        code, name, geography = key
        kind = _kind(geography)
        if label(geography) not in types:
            where = block.locators("geography")[row]
            message = (
                f"{where} calls {name!r} ({code}) a {geography!r}, a kind of area unknown to the contract. Add "
                f"it to the contract."
            )
            problems.append(RowProblem("V-05", where, geography, ", ".join(types), message, code))
        known[key] = Area(kind, code, name, types.get(label(geography), "unlisted_kind"), parents.get(code))
    return [known[key] for key in keys]


def _parents(found: FoundTables, contract: Contract) -> dict[str, str]:
    """The parent of each area, from a sheet that prints districts below their county, region and country.

    One sheet of an edition may do so while another prints all countries, then all regions. A sheet with a region or
    county that has nothing below it is in the second order, and shows no parents.
    """
    levels = {_kind(geography): level for geography, level in Options.of(contract).levels.items()}
    for name in (*_BY_AGE, "totals"):
        if name not in found:
            continue
        parents: dict[str, str] = {}
        above: list[tuple[int, str]] = []
        with_parts = set()
        for code, geography in zip(*map(found[name].texts, ("code", "geography")), strict=True):
            level = levels.get(_kind(geography), 0)
            if "county" in _kind(geography) or level == levels["region"]:
                with_parts.add(code)
            while above and above[-1][0] >= level:
                above.pop()
            # Each code begins with the letter of its country.
            if above and above[-1][1][:1] == code[:1]:
                parents[code] = above[-1][1]
            above.append((level, code))
        if with_parts <= set(parents.values()):
            return parents
    return {}


def _kind(geography: str) -> str:
    return label(geography).replace(" ", "_").replace("-", "_")


def _areas_of_the_copy(block: Block) -> list[Area]:
    names = (
        "geographic_level",
        "country_code",
        "country_name",
        "region_code",
        "region_name",
        "new_la_code",
        "la_name",
    )
    areas = []
    for level, country, country_name, region, region_name, code, name in zip(
        *map(block.texts, names), strict=True
    ):
        if code or name:
            areas.append(Area("local_authority", code, name, "local_authority", region or None, None, code))
        elif region or region_name:
            kind = "region" if region.startswith("E12") else "sub_region"
            areas.append(Area(kind, region, region_name, kind, country))
        else:
            areas.append(Area(label(level), country, country_name, "country"))
    return areas
