"""The Home Office's notes on single police forces, with the areas they concern.

Belongs here: finding the notes in the workbook and the areas each concerns. Does not belong here: figures
(`home_office_prc`).

A note such as "Kent: ... Medway and Maidstone stand under Unassigned Kent in the year ending March 2025" means that a
tiny figure in that area is not its real level. It is stored as printed, with the areas that it names.
"""

from __future__ import annotations

from collections.abc import Iterator

from civic_assets.contracts.model import Contract
from civic_assets.parsing.observations import Note
from civic_assets.readers.grid import Grid
from civic_assets.sources.ons.partnerships import partnerships_of, words
from civic_assets.sources.police.home_office_options import Options
from civic_assets.values.cells import as_printed, label, plain
from civic_assets.values.period_text import years_ending


def force_notes(grid: Grid, contract: Contract) -> list[Note]:
    """Notes below the heading that the contract names under `forceNotes`, in printed order.

    Args:
        grid: Grid of the file; a file without such a sheet has no notes.
        contract: Contract, which lists the forces by name.
    """
    forces = Options.of(contract).forces
    notes = []
    for locator, text in _lines(grid, contract):
        own = [name for name in forces if f"{words(text)} ".startswith(f"{words(name)} ")]
        if own:
            force = max(own, key=len)
            areas = _named(text, force, forces[force])
            notes.append(Note(locator, text, areas or (forces[force],), tuple(years_ending(text))))
        else:
            notes.append(Note(locator, text))
    return notes


def _lines(grid: Grid, contract: Contract) -> Iterator[tuple[str, str]]:
    """Address and text of each row between the headings."""
    layout = Options.of(contract).force_notes
    for sheet in grid.sheets:
        if label(sheet.name) not in layout.sheets:
            continue
        within = False
        for row, cells in enumerate(sheet.rows):
            text = " ".join(plain(as_printed(cell)) for cell in cells if cell != "").strip()
            heading = label(text).rstrip(":")
            if heading in (layout.begins, layout.ends):
                within = heading == layout.begins
            elif within and text:
                yield sheet.locator(row, 0), text


def _named(text: str, force: str, code: str) -> tuple[str, ...]:
    """Codes of the force's partnerships in a text, and of its unassigned crimes if the text mentions them.

    Spaces are ignored, since the publisher's notes run words together; case matters, since names are capitalised.
    """
    rest = "".join(text.split())
    # Without the name of the force: Derby is a partnership, but also the beginning of Derbyshire.
    for own in {name for name in _spellings(force)}:
        rest = rest.replace(own, "")
    named = {"".join(name.split()): found.code for found in partnerships_of(code) for name in found.names}
    areas = []
    for name in sorted(named, key=len, reverse=True):
        if name in rest:
            areas.append(named[name])
            rest = rest.replace(name, "")
    if "unassigned" in text.casefold():
        areas.append(f"{code}/unassigned")
    return tuple(dict.fromkeys(areas))


def _spellings(force: str) -> set[str]:
    spaced = " ".join(word if word in ("and", "of") else word.capitalize() for word in force.split())
    return {"".join(spaced.split()), "".join(spaced.replace(" and ", " & ").split())}
