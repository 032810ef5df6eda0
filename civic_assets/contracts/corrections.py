"""Corrections: registered decisions that a published figure should read otherwise than it is printed.

Belongs here: reading `data_contracts/corrections/*.yaml`. Does not belong here: what may be written in such a file
(`civic_assets.contracts.models.registers`), and comparing a correction with the published cell and applying it
(`civic_assets.publish.read_model.decisions`).

One file is one decision, named by its id. It never contains a guess: `evidence` names what confirms the value (the
publisher's answer, a later edition, the source's own cell). `expect` is the figure as it was printed when the decision
was made. Once the publisher prints something else, the correction is not applied, and fails (K-02).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.contracts.file_kinds import CONTRACT, CORRECTION
from civic_assets.contracts.folders import contracts_folders
from civic_assets.contracts.typed_file import read_valid
from civic_assets.errors import ContractError

if TYPE_CHECKING:
    from civic_assets.contracts.models.registers import CorrectionEntry
    from civic_assets.contracts.problems import Problem


@dataclass(frozen=True, slots=True)
class FigureKey:
    """A figure by what it is about, for cells whose address may change.

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
        release: The one issue that it is about, e.g. `2024-12.r2`; empty if it is about every issue of an edition.
        edition: Edition of which every issue is meant; empty if it is about one release.
        locator: The cell; empty if `figure` says which.
        expect: Text as printed, or the number that is read from it.
        reported_to: Whom the publisher's error was reported to, and how.
        author_role: Role of the person who decided.
        decided: Day of the decision.
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
        ContractError: A file is not a whole decision, or two decide on one figure; names file, key and reason.
    """
    places = contracts_folders() if folders is None else list(folders)
    known = sources_of(places)
    files = sorted(
        (file for place in places for file in place.glob(CORRECTION.pattern)), key=lambda f: f.name
    )
    found: dict[str, Correction] = {}
    figures: dict[tuple[object, ...], Correction] = {}
    for file in files:
        one = _correction(file, known)
        if one.id in found:
            raise ContractError(file, "id", f"{one.id!r} is also the id of {found[one.id].file}")
        figure = (one.source, one.release, one.edition, one.locator, one.figure)
        if figure in figures:
            reason = f"{figures[figure].id} decides on the same figure; keep one of them"
            raise ContractError(file, "(file)", reason)
        found[one.id] = figures[figure] = one
    return tuple(found.values())


def sources_of(folders: Sequence[Path]) -> dict[str, Path]:
    """The contract of each source.

    Args:
        folders: Folders of contracts.
    """
    ending = CONTRACT.pattern.removeprefix("*")
    files = (file for folder in folders for file in folder.glob(CONTRACT.pattern))
    return {file.name.removesuffix(ending): file for file in files}


def why_not_this_correction(
    entry: CorrectionEntry, file: Path, sources: Collection[str]
) -> Iterator[Problem]:
    """What is wrong with a correction beyond its own words.

    Args:
        entry: The correction.
        file: Its file.
        sources: Sources that have a contract.
    """
    from civic_assets.contracts.models.whole_file import unknown
    from civic_assets.contracts.problems import Problem

    if entry.id != file.stem:
        yield Problem("id", f"is {entry.id!r}, but the file is {file.name}: the id names its file")
    yield from unknown("source", [entry.source], sources, "{} has no contract", "sources")


def _correction(file: Path, sources: Collection[str]) -> Correction:
    from civic_assets.contracts.problems import refused

    entry: CorrectionEntry = read_valid(CORRECTION, file)
    if problems := list(why_not_this_correction(entry, file, sources)):
        raise refused(file, problems)
    figure = entry.figure
    return Correction(
        id=entry.id,
        file=file,
        source=entry.source,
        release=entry.release or "",
        edition=entry.edition or "",
        locator=entry.locator or "",
        figure=None
        if figure is None
        else FigureKey(figure.measure, figure.area, figure.start, figure.end, figure.unit, figure.breakdown),
        expect=entry.expect if isinstance(entry.expect, str) else float(entry.expect),
        corrected=float(entry.corrected),
        reason=entry.reason,
        evidence=entry.evidence,
        reported_to=entry.reported_to,
        author_role=entry.author_role,
        decided=entry.date,
    )


def words(corrections: Sequence[Correction]) -> Iterator[str]:
    """What a publication depends on, one text for each correction; where its file is does not count."""
    for one in corrections:
        yield repr((
            one.id, one.source, one.release, one.edition, one.locator, one.figure, one.expect, one.corrected,
            one.reason, one.evidence, one.reported_to, one.author_role, one.decided.isoformat(),
        ))  # fmt: skip
