"""Waivers: registered decisions to let a failing check have no consequence for a while.

Belongs here: reading `data_contracts/waivers.yaml`, and whether a waiver is in force on a day. Does not belong here:
what may be written in the file (`civic_assets.contracts.models.registers`), the outcome of a check (a waiver never
changes it), and the consequences of a waiver (`civic_assets.quality.run`,
`civic_assets.publish.read_model.decisions`).

A waiver ends by itself: at most one release cycle of its source after it was given, and at most a year (a house rule),
since the next release deserves a decision of its own. Checks of privacy cannot be waived.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.contracts.corrections import sources_of
from civic_assets.contracts.file_kinds import WAIVERS
from civic_assets.contracts.load import contracts_folders, load_contract
from civic_assets.contracts.typed_file import read_plain, read_valid
from civic_assets.errors import ContractError
from civic_assets.house_numbers.calendar import DAYS_PER_MONTH, WAIVER_DAYS

if TYPE_CHECKING:
    from civic_assets.contracts.models.registers import WaiverEntry, WaiverRegister
    from civic_assets.contracts.problems import Problem


@dataclass(frozen=True, slots=True)
class Waiver:
    """One decision.

    Args:
        check_id: The check whose failure has no consequence.
        source: Source of the release.
        release: The one issue that it is about, e.g. `2024-12.r2`.
        cells: Locators that it is about; empty for the whole release.
        author_role: The role of the named person who decided.
        given: First day in force.
        expires: Last day in force.
    """

    id: str
    check_id: str
    source: str
    release: str
    cells: tuple[str, ...]
    reason: str
    author_role: str
    given: date
    expires: date

    def in_force(self, today: date) -> bool:
        """Whether it counts on a day."""
        return self.given <= today <= self.expires

    def covers(self, source: str, release: str) -> bool:
        """Whether it is about a release."""
        return (self.source, self.release) == (source, release)

    def lets_pass(self, check_id: str, cells: Collection[str]) -> bool:
        """Whether it is about a failure of a check in some cells; a waiver that names cells must name all of them."""
        return self.check_id == check_id and (
            not self.cells or (bool(cells) and set(cells) <= set(self.cells))
        )


def load_waivers(folders: Sequence[Path] | None = None) -> tuple[Waiver, ...]:
    """Every registered waiver, sorted by id, whether in force or not.

    Args:
        folders: Folders of contracts; those of `contracts_folders` when None.

    Raises:
        ContractError: An entry is not a whole decision, waives what may not be waived, or lasts too long.
    """
    places = contracts_folders() if folders is None else list(folders)
    contracts = sources_of(places)
    found: dict[str, Waiver] = {}
    for place in places:
        file = place / WAIVERS.pattern
        for index, entry in enumerate(_entries(file, contracts) if file.is_file() else ()):
            if entry.id in found:
                reason = f"the id {entry.id!r} is used in another folder of contracts too"
                raise ContractError(file, f"waivers[{index}].id", reason)
            found[entry.id] = _waiver(entry)
    return tuple(found[name] for name in sorted(found))


def waivers_for(source: str, release: str, today: date | None = None) -> tuple[Waiver, ...]:
    """Waivers of one release that are in force on a day; today when None."""
    on = today or date.today()
    return tuple(one for one in load_waivers() if one.covers(source, release) and one.in_force(on))


def _entries(file: Path, contracts: Mapping[str, Path]) -> list[WaiverEntry]:
    content = file.read_bytes()
    if read_plain(WAIVERS, file, content) == {"waivers": []}:
        return []  # the usual case needs no model
    from civic_assets.contracts.problems import refused

    register: WaiverRegister = read_valid(WAIVERS, file, content)
    if problems := list(why_not_these_waivers(register, contracts)):
        raise refused(file, problems)
    return register.waivers


def why_not_these_waivers(register: WaiverRegister, contracts: Mapping[str, Path]) -> Iterator[Problem]:
    """Waivers of sources without a contract, and those that last longer than a release cycle of their source.

    Args:
        register: The file.
        contracts: Contract of each source.

    Raises:
        ContractError: The contract of a source is wrong.
    """
    from civic_assets.contracts.models.whole_file import unknown
    from civic_assets.contracts.problems import Problem

    for index, entry in enumerate(register.waivers):
        path = f"waivers[{index}]"
        if entry.source not in contracts:
            reason = "{} has no contract"
            yield from unknown(f"{path}.source", [entry.source], contracts, reason, "sources")
            continue
        longest = entry.date + timedelta(days=_cycle(contracts[entry.source]))
        if entry.expires > longest:
            yield Problem(
                f"{path}.expires",
                f"is {entry.expires}, more than one release cycle of {entry.source} after {entry.date}: {longest} at "
                "the latest (house rule); the next release needs a decision of its own",
            )


def _waiver(entry: WaiverEntry) -> Waiver:
    return Waiver(
        id=entry.id,
        check_id=entry.check,
        source=entry.source,
        release=entry.release,
        cells=tuple(entry.cells or ()),
        reason=entry.reason,
        author_role=entry.author_role,
        given=entry.date,
        expires=entry.expires,
    )


def _cycle(file: Path) -> int:
    """Days of one release cycle of a source, rounded up, and at most a year."""
    contract = load_contract(file)
    if contract.frequency_months <= 0:
        raise ContractError(file, "slaProperties", "states no frequency; without one, no check can be waived")
    return min(math.ceil(contract.frequency_months * DAYS_PER_MONTH), WAIVER_DAYS)


def words(waivers: Sequence[Waiver]) -> Iterator[str]:
    """What results depend on, one text for each waiver."""
    for one in waivers:
        yield repr((
            one.id, one.check_id, one.source, one.release, one.cells, one.reason, one.author_role,
            one.given.isoformat(), one.expires.isoformat(),
        ))  # fmt: skip
