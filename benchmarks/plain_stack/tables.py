"""The C-tables of the workbook with pandas alone: raw cells, typed values, one vocabulary.

Belongs here: what the three assets of the comparison compute. It shares no code with `civic_assets`, so that
the benchmark compares two ways of doing the work. Everything is vectorised: a slow loop would make the comparison
unfair. Does not belong here: Dagster (`definitions`) and Great Expectations (`expectations`).
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd
from openpyxl.utils import get_column_letter

KEYS = {
    "police force area code": "force_code",
    "police force area name": "force_name",
    "community safety partnership code": "partnership_code",
    "community safety partnership name": "partnership_name",
    "local authority code": "authority_code",
    "local authority name": "authority_name",
}
MEASURES = {
    "total recorded crime (excluding fraud)": "total_recorded_crime",
    "violence against the person": "violence_against_the_person",
    "homicide": "homicide",
    "death or serious injury caused by illegal driving": "death_or_serious_injury_illegal_driving",
    "death or serious injury - unlawful driving": "death_or_serious_injury_illegal_driving",
    "violence with injury": "violence_with_injury",
    "violence without injury": "violence_without_injury",
    "stalking and harassment": "stalking_and_harassment",
    "sexual offences": "sexual_offences",
    "robbery": "robbery",
    "theft offences": "theft_offences",
    "burglary": "burglary",
    "residential burglary": "residential_burglary",
    "residential burglary (per 1,000 population)": "residential_burglary",
    "residential burglary (per 1,000 household)": "residential_burglary",
    "residential burglary (per 1,000 households)": "residential_burglary",
    "non-residential burglary": "non_residential_burglary",
    "vehicle offences": "vehicle_offences",
    "theft from the person": "theft_from_the_person",
    "bicycle theft": "bicycle_theft",
    "shoplifting": "shoplifting",
    "all other theft offences": "all_other_theft",
    "other theft offences": "all_other_theft",
    "criminal damage and arson": "criminal_damage_and_arson",
    "drug offences": "drug_offences",
    "possession of weapons offences": "possession_of_weapons",
    "public order offences": "public_order_offences",
    "miscellaneous crimes against society": "miscellaneous_crimes",
    "miscellaneous crimes": "miscellaneous_crimes",
}
STATUSES = {"[x]": "not_available", "": "not_available", "[u]": "low_reliability", "[u1]": "suppressed"}
UNITS = ["count", "percent", "per_1000_population", "per_1000_households"]

_SHEET = re.compile(r"table c[2-5]", re.IGNORECASE)
_YEAR_ENDING = re.compile(r"year ending (\w+ \d{4})")
_DENOMINATOR = re.compile(r"(population|household) figures \(mid-(\d{4})\).*")


def _labels(cells: pd.Series) -> pd.Series:
    """Headers without note markers, line breaks, doubled spaces and capitals."""
    text = cells.astype(str).str.replace(r"\[note[^\]]*\]", " ", regex=True)
    return text.str.split().str.join(" ").str.lower()


def read_cells(workbook: Path) -> pd.DataFrame:
    """Cells of Tables C2 to C5, as printed, one row each, with the keys of their row.

    Only these four sheets of the workbook are read, which favours the plain stack.

    Returns:
        sheet, title, row (from 1), column (letters), header, text, and the six key columns.
    """
    with pd.ExcelFile(workbook, engine="openpyxl") as book:
        names = [name for name in book.sheet_names if _SHEET.fullmatch(str(name).strip())]
        sheets = book.parse(names, header=None, dtype=object, keep_default_na=False)
    tables = []
    for name, sheet in sheets.items():
        first = _labels(sheet[0])
        header_row = first.tolist().index("police force area code")
        title = first[first.str.match(r"table c\d")].iloc[0]
        headers = _labels(sheet.iloc[header_row])
        keys = {position: KEYS[header] for position, header in headers.items() if header in KEYS}
        body = sheet.iloc[header_row + 1 :].astype(str).rename(columns=keys)
        body["row"] = body.index + 1
        cells = body.melt([*keys.values(), "row"], var_name="position", value_name="text")
        cells["header"] = cells["position"].map(headers)
        cells["column"] = cells["position"].map({i: get_column_letter(i + 1) for i in headers.index})
        tables.append(cells.drop(columns="position").assign(sheet=name, title=title))
    cells = pd.concat(tables, ignore_index=True)
    return cells[cells["header"].ne("") & cells["force_code"].ne("")]


def type_cells(cells: pd.DataFrame) -> pd.DataFrame:
    """Cells of known columns with value or status, unit, statistic and period.

    Raises:
        ValueError: A cell is neither a number nor a known symbol, or a title does not say what its table is.
    """
    known = cells["header"].isin(MEASURES) | cells["header"].str.fullmatch(_DENOMINATOR)
    typed = cells[known].copy()
    typed["value"] = pd.to_numeric(typed["text"].str.replace(",", ""), errors="coerce")
    typed["status"] = typed["text"].str.strip().str.lower().map(STATUSES).where(typed["value"].isna())
    unreadable = typed[typed["value"].isna() & typed["status"].isna()]
    if len(unreadable):
        raise ValueError(f"neither number nor symbol:\n{unreadable[['sheet', 'row', 'column', 'text']]}")
    abouts = pd.DataFrame([_about_title(title) for title in typed["title"].unique()])
    if abouts["unit"].isna().any():
        raise ValueError(f"titles that no table has: {abouts.loc[abouts['unit'].isna(), 'title'].tolist()}")
    typed = typed.merge(abouts, on="title", validate="many_to_one")
    return _with_denominators(typed)


def _about_title(title: str) -> dict[str, object]:
    """Unit, statistic and period of a table, from its title."""
    ends = pd.to_datetime(_YEAR_ENDING.findall(title), format="%B %Y") + pd.offsets.MonthBegin()
    kinds = {
        "number of": ("count", "flow"),
        "percentage change": ("percent", "change"),
        "rate": ("per_1000_population", "rate"),
    }
    unit, statistic = next((kind for words, kind in kinds.items() if words in title), (None, None))
    end = ends.max()
    start = end - pd.DateOffset(years=1)
    return {"title": title, "unit": unit, "statistic": statistic, "period_start": start, "period_end": end}


def _with_denominators(typed: pd.DataFrame) -> pd.DataFrame:
    """Population and households as counts at mid-year; one rate is per household."""
    denominator = typed["header"].str.extract(_DENOMINATOR)
    stock = denominator[1].notna()
    typed["measure"] = typed["header"].map(MEASURES)
    typed.loc[stock, "measure"] = denominator[0].map({"population": "population", "household": "households"})
    typed.loc[stock, ["unit", "statistic"]] = ["count", "stock"]
    mid_year = pd.to_datetime(denominator.loc[stock, 1] + "-06-30")
    typed.loc[stock, "period_start"] = mid_year
    typed.loc[stock, "period_end"] = mid_year + pd.Timedelta(days=1)
    typed.loc[typed["header"].str.contains("per 1,000 household", regex=False), "unit"] = (
        "per_1000_households"
    )
    return typed


def harmonise(typed: pd.DataFrame) -> pd.DataFrame:
    """Observations: one area code and name for each row of the publisher, and the cell of each figure."""
    # A few rows have the neighbouring force's code: the code that most rows of a force print is the force's.
    force = typed.groupby("force_name")["force_code"].agg(lambda codes: codes.mode().iloc[0])
    force_code = typed["force_name"].map(force)
    name = typed["partnership_name"].str.strip()
    slug = name.str.lower().str.replace(r"^unassigned.*", "unassigned", regex=True)
    slug = slug.str.replace(r"[^a-z0-9]+", "-", regex=True)
    is_force, is_partnership = name.eq(""), typed["partnership_code"].ne("")
    area_type = pd.Series("police_force", index=typed.index).mask(~is_force, "place_without_code")
    area_type = area_type.mask(slug.eq("unassigned"), "unassigned")
    return pd.DataFrame(
        {
            "measure": typed["measure"],
            "area_code": typed["partnership_code"].where(
                is_partnership, force_code.where(is_force, force_code + "/" + slug)
            ),
            "area_name": name.where(~is_force, typed["force_name"]),
            "area_type": area_type.mask(is_partnership, "community_safety_partnership"),
            "period_start": typed["period_start"],
            "period_end": typed["period_end"],
            "statistic": typed["statistic"],
            "unit": typed["unit"],
            "value": typed["value"],
            "status": typed["status"],
            "value_text": typed["text"],
            "locator": typed["sheet"] + "!" + typed["column"] + typed["row"].astype(str),
        }
    )
