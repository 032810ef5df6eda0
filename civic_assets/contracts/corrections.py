"""Corrections: registered decisions that a published figure should read otherwise than it is printed.

Belongs here: reading `data_contracts/corrections/*.yaml`, and refusing what is no whole decision. Does not belong here:
holding a correction against the published cell, and what it changes (`civic_assets.publish.read_model.decisions`).

One file is one decision, named by its id. Nobody's guess belongs in it: `evidence` names what confirms the value (the
publisher's answer, a later edition, the source's own cell). `expect` is the guard: the figure as it was printed when
the decision was made. Once the publisher prints something else, the correction is not applied, and fails (K-02).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.contracts.document import Node, read_document
from civic_assets.contracts.folders import contracts_folders
from civic_assets.contracts.nearest_names import suggestion
from civic_assets.errors import ContractError

if TYPE_CHECKING:
    from civic_assets.contracts.models.registers import FigureEntry

ID = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class FigureKey:
    """A figure by what it is about, for cells that have no address that lasts.

    Args:
        start, end: First day of the period, and the day after its last.
    """

    measure: str
    area: str
    start: date
    end: date
    unit: str
    breakdown: str


@dataclass(frozen=True, slots=True)
class Correction:
    """One decision.

    Args:
        id: Name of its file.
        release: The one issue that it is about, e.g. `2024-12.r2`; empty when it is about every issue of an edition.
        edition: Every issue of it; empty when it is about one release.
        locator: The cell; empty when `figure` says which.
        expect: The text as printed, or the number that is read from it.
        reported_to: Whom the publisher's error was reported to, and how.
        author_role: The role of the person who decided.
        decided: When.
    """

    id: str
    file: Path
    source: str
    release: str
    edition: str
    locator: str
    figure: FigureKey | None
    expect: str | float
    corrected: float
    reason: str
    evidence: str
    reported_to: str
    author_role: str
    decided: date


def load_corrections(folders: Sequence[Path] | None = None) -> tuple[Correction, ...]:
    """Every registered correction, sorted by id.

    Args:
        folders: Folders of contracts; those of `contracts_folders` when None.

    Raises:
        ContractError: A file is no whole decision, or two decide on one cell; names file, key and reason.
    """
    places = contracts_folders() if folders is None else list(folders)
    known = {file.name.removesuffix(".odcs.yaml") for place in places for file in place.glob("*.odcs.yaml")}
    files = sorted(
        (file for place in places for file in place.glob("corrections/*.yaml")), key=lambda f: f.name
    )
    found: dict[str, Correction] = {}
    cells: dict[tuple[object, ...], Correction] = {}
    for file in files:
        one = read_correction(file, known)
        if one.id in found:
            raise ContractError(file, "id", f"{one.id!r} stands in {found[one.id].file} as well")
        cell = (one.source, one.release, one.edition, one.locator, one.figure)
        if cell in cells:
            raise ContractError(
                file, "(file)", f"{cells[cell].id} decides on the same figure; keep one of them"
            )
        found[one.id] = cells[cell] = one
    return tuple(found.values())


def read_correction(file: Path, sources: set[str]) -> Correction:
    """One file.

    Args:
        file: `<id>.yaml`.
        sources: That have a contract.

    Raises:
        ContractError: A key is missing, unknown or empty, or says what no correction can say.
    """
    from civic_assets.contracts.models.registers import CorrectionEntry
    from civic_assets.contracts.problems import read_as

    top = read_document(file, file.read_bytes())
    if not isinstance(top.value, dict):
        raise top.refuse("expected one correction, a mapping of keys")
    entry = read_as(CorrectionEntry, file, top.value)

    def refuse(key: str, reason: str) -> ContractError:
        return top.get(key, object).refuse(reason)

    if entry.id != file.stem or not ID.fullmatch(entry.id):
        raise refuse(
            "id",
            f"is {entry.id!r}, but the file is {file.name}: an id is of lower-case letters, digits and single dashes, "
            "and names its file",
        )
    source = of_source(top, entry.source, sources)
    if (entry.release is None) == (entry.edition is None):
        raise top.refuse("needs either 'release' (one issue) or 'edition' (every issue of it)")
    if (entry.locator is None) == (entry.figure is None):
        raise top.refuse("needs either 'locator' (a cell) or 'figure' (measure, area, start, end, unit)")
    if isinstance(entry.expect, str) and not entry.expect.strip():
        raise refuse(
            "expect",
            "is empty: a correction mends a number that is printed; what a publisher left out stays out",
        )
    if not isinstance(entry.expect, str) and float(entry.expect) == entry.corrected:
        raise refuse("corrected", f"is {entry.corrected:g}, as printed: nothing is corrected")
    return Correction(
        id=entry.id,
        file=file,
        source=source,
        release=entry.release or "",
        edition=entry.edition or "",
        locator=entry.locator or "",
        figure=_figure(top.get("figure", dict), entry.figure) if entry.figure is not None else None,
        expect=entry.expect if isinstance(entry.expect, str) else float(entry.expect),
        corrected=float(entry.corrected),
        reason=entry.reason,
        evidence=entry.evidence,
        reported_to=entry.reported_to,
        author_role=entry.author_role,
        decided=entry.date,
    )


def of_source(node: Node, source: str, sources: set[str]) -> str:
    """A source that is named under `source`, which must have a contract.

    Raises:
        ContractError: There is none of that name.
    """
    if source not in sources:
        raise node.get("source", str).refuse(
            f"{source!r} has no contract{suggestion(source, sources, 'there are')}"
        )
    return source


def _figure(node: Node, entry: FigureEntry) -> FigureKey:
    if entry.end <= entry.start:
        raise node.refuse(
            f"ends on {entry.end}, not after it starts on {entry.start}; 'end' is the day after the last day"
        )
    return FigureKey(entry.measure, entry.area, entry.start, entry.end, entry.unit, entry.breakdown)


def words(corrections: Sequence[Correction]) -> Iterator[str]:
    """What a publication depends on, one text for each correction; the place of its file is none of it."""
    for one in corrections:
        yield repr((
            one.id, one.source, one.release, one.edition, one.locator, one.figure, one.expect, one.corrected,
            one.reason, one.evidence, one.reported_to, one.author_role, one.decided.isoformat(),
        ))  # fmt: skip
