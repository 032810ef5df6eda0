"""Waivers: registered decisions to let a failing check have no consequence for a while.

Belongs here: reading `data_contracts/waivers.yaml`, refusing what may not be waived, and whether a waiver is in force
on a day. Does not belong here: what a check says (a waiver never changes its outcome), and what a waiver lets through
(`civic_assets.quality.run`, `civic_assets.publish.read_model.decisions`).

A waiver ends by itself: at most one release cycle of its source after it was given, and at most a year (a house rule),
since the next release deserves a decision of its own. Checks of privacy can not be waived.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.contracts.corrections import ID, of_source
from civic_assets.contracts.document import Node, read_document
from civic_assets.contracts.known_names import every_check
from civic_assets.contracts.load import contracts_folders, load_contract
from civic_assets.contracts.nearest_names import suggestion
from civic_assets.errors import ContractError
from civic_assets.house_numbers.calendar import DAYS_PER_MONTH, WAIVER_DAYS

if TYPE_CHECKING:
    from civic_assets.contracts.models.registers import WaiverEntry

NOT_WAIVABLE = ("H-18", "H-19", "H-20")
"""Checks that keep people from being recognised (catalogue, section 2)."""


@dataclass(frozen=True, slots=True)
class Waiver:
    """One decision.

    Args:
        check_id: The check whose failure has no consequence.
        source: Of the release.
        release: The one issue that it is about, e.g. `2024-12.r2`.
        cells: Locators that it is about; the whole release when empty.
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
        """Does it count on a day?"""
        return self.given <= today <= self.expires

    def covers(self, source: str, release: str) -> bool:
        """Is it about that release?"""
        return (self.source, self.release) == (source, release)

    def lets_pass(self, check_id: str, cells: Collection[str]) -> bool:
        """Is it about a failure of a check that concerns some cells? One that names cells must name all of them."""
        return self.check_id == check_id and (
            not self.cells or (bool(cells) and set(cells) <= set(self.cells))
        )


def load_waivers(folders: Sequence[Path] | None = None) -> tuple[Waiver, ...]:
    """Every registered waiver, sorted by id, whether in force or not.

    Args:
        folders: Folders of contracts; those of `contracts_folders` when None.

    Raises:
        ContractError: An entry is no whole decision, waives what may not be waived, or lasts too long.
    """
    places = contracts_folders() if folders is None else list(folders)
    cycles = {
        file.name.removesuffix(".odcs.yaml"): file for place in places for file in place.glob("*.odcs.yaml")
    }
    found: dict[str, Waiver] = {}
    for place in places:
        file = place / "waivers.yaml"
        for node, entry in _entries(file) if file.is_file() else ():
            waiver = _read(node, entry, cycles)
            if waiver.id in found:
                raise node.refuse(f"the id {waiver.id!r} stands here twice")
            found[waiver.id] = waiver
    return tuple(found[name] for name in sorted(found))


def waivers_for(source: str, release: str, today: date | None = None) -> tuple[Waiver, ...]:
    """Waivers of one release that are in force on a day; today when None."""
    on = today or date.today()
    return tuple(one for one in load_waivers() if one.covers(source, release) and one.in_force(on))


def _entries(file: Path) -> Iterator[tuple[Node, WaiverEntry]]:
    top = read_document(file, file.read_bytes())
    if not isinstance(top.value, dict):
        raise top.refuse("expected the key 'waivers' with a list, which may be empty")
    if top.value == {"waivers": []}:
        return  # the usual case needs no model
    from civic_assets.contracts.models.registers import WaiverRegister
    from civic_assets.contracts.problems import read_as

    register = read_as(WaiverRegister, file, top.value)
    for index, entry in enumerate(register.waivers):
        yield Node(file, f"waivers[{index}]", top.value["waivers"][index]), entry


def _read(node: Node, entry: WaiverEntry, contracts: dict[str, Path]) -> Waiver:
    def refuse(key: str, reason: str) -> ContractError:
        return node.get(key, object).refuse(reason)

    if not ID.fullmatch(entry.id):
        raise refuse("id", "must be of lower-case letters, digits and single dashes")
    if entry.check not in every_check():
        raise refuse(
            "check", f"{entry.check!r} is no check{suggestion(entry.check, every_check(), 'checks')}"
        )
    if entry.check in NOT_WAIVABLE:
        raise refuse(
            "check",
            f"{entry.check} protects people from being recognised and can not be waived; withhold the figure",
        )
    source = of_source(node, entry.source, set(contracts))
    longest = entry.date + timedelta(days=_cycle(contracts[source]))
    if entry.expires < entry.date:
        raise refuse("expires", f"is {entry.expires}, before the day on which it was given, {entry.date}")
    if entry.expires > longest:
        raise refuse(
            "expires",
            f"is {entry.expires}, more than one release cycle of {source} after {entry.date}: {longest} at the latest "
            "(house rule); the next release needs a decision of its own",
        )
    if entry.cells is not None and not all(cell.strip() for cell in entry.cells or ("",)):
        raise refuse("cells", "names no cell; leave it out for the whole release")
    return Waiver(
        id=entry.id,
        check_id=entry.check,
        source=source,
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
        raise ContractError(file, "slaProperties", "states no frequency; without one nothing can be waived")
    return min(math.ceil(contract.frequency_months * DAYS_PER_MONTH), WAIVER_DAYS)


def words(waivers: Sequence[Waiver]) -> Iterator[str]:
    """What results depend on, one text for each waiver."""
    for one in waivers:
        yield repr((
            one.id, one.check_id, one.source, one.release, one.cells, one.reason, one.author_role,
            one.given.isoformat(), one.expires.isoformat(),
        ))  # fmt: skip
