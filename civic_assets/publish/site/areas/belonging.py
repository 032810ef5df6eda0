"""What an area belongs to, what lies in it, and what came before and after it.

Belongs here: relations of areas in words, with links to their pages. Does not belong here: the register of areas
(`civic_assets.harmonise.areas`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from civic_assets.publish.report.words import day
from civic_assets.publish.site.areas.blocks import Row

_RELATIONS: Mapping[str, str] = {
    "country": "Country",
    "region": "Region",
    "county": "County council",
    "authority": "Local authority",
    "police_force": "Police force",
    "partnership": "Community safety partnership",
}
_BEFORE: Mapping[str, str] = {
    "merged": "From {day} it took in {names}.",
    "recoded": "From {day} it has the code {code} instead of {others}.",
    "renamed": "From {day} it has this name instead of {names}.",
    "boundary_change": "Its boundary was changed on {day}; before, its code was {others}.",
    "split": "From {day} it has a part of {names}.",
}
_AFTER: Mapping[str, str] = {
    "merged": "It was merged into {names} on {day}.",
    "recoded": "Its code became {others} on {day}.",
    "renamed": "Its name became {names} on {day}.",
    "boundary_change": "Its boundary was changed on {day}; since then its code is {others}.",
    "split": "It was divided into {names} on {day}.",
}


def belonging(area: Row, around: Sequence[Row], successions: Sequence[Row]) -> Mapping[str, Any]:
    """Relations of an area.

    Args:
        area: Row of the area.
        around: Rows of the block `around`.
        successions: Rows of the block `successions`.
    """
    larger: dict[str, list[Row]] = {}
    for row in sorted(around, key=lambda row: (row["place"], row["other_name"], row["other"])):
        if row["relation"] in _RELATIONS:
            larger.setdefault(_RELATIONS[row["relation"]], []).append(row)
    members = [row for row in around if row["relation"] == "member"]
    wards: dict[Any, list[Row]] = {}
    for row in around:
        if row["relation"] == "ward":
            wards.setdefault(row["seen_to"], []).append(row)
    return {
        "larger": list(larger.items()),
        "members": _named(members),
        "wards": [
            (f"figures to {day(until)}" if until else "", _named(wards[until]))
            for until in sorted(wards, key=lambda until: str(until or ""), reverse=True)
        ],
        "history": _history(area, successions),
    }


def _named(rows: Sequence[Row]) -> list[Row]:
    return sorted(rows, key=lambda row: (row["other_name"], row["other"]))


def _history(area: Row, successions: Sequence[Row]) -> list[tuple[str, list[Row]]]:
    """Sentences about predecessors and successors, with the areas that have pages."""
    grouped: dict[tuple[str, Any, str], list[Row]] = {}
    for row in sorted(successions, key=lambda row: (row["date"], row["direction"], row["other"])):
        grouped.setdefault((row["direction"], row["date"], row["kind"]), []).append(row)
    said = []
    for (direction, on, kind), rows in grouped.items():
        forms, other = (_BEFORE, "On {day} it followed {names}.") if direction == "before" else (
            _AFTER, "On {day} it was followed by {names}.")  # fmt: skip
        sentence = forms.get(kind, other).format(
            day=day(on),
            code=area["area_code"],
            names=_listed([row["other_name"] for row in rows]),
            others=_listed([f"{row['other']} ({row['other_name']})" for row in rows]),
        )
        said.append((sentence, [row for row in rows if row["has_page"]]))
    return said


def _listed(names: Sequence[str]) -> str:
    *first, last = dict.fromkeys(names)
    return f"{', '.join(first)} and {last}" if first else last
