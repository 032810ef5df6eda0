"""Breaks as the program works with them, from `breaks.yaml`.

Belongs here: mapping validated entries to breaks, one for each source. Does not belong here: what may be written in the
file (`civic_assets.contracts.models.breaks`), and which breaks concern a series
(`civic_assets.harmonise.comparability.breaks`).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.contracts.file_kinds import BREAKS
from civic_assets.contracts.load import contracts_folder
from civic_assets.contracts.typed_file import read_valid, remembered
from civic_assets.errors import ContractError
from civic_assets.harmonise.comparability.area_scope import AreaScope
from civic_assets.harmonise.comparability.breaks import Break
from civic_assets.harmonise.measures.vocabulary import measures
from civic_assets.values.periods import PeriodKind

if TYPE_CHECKING:
    from civic_assets.contracts.models.breaks import BreakEntry, BreakRegister
    from civic_assets.contracts.problems import Problem

_CODE = ("harmonise/comparability",)


def load_breaks() -> tuple[Break, ...]:
    """The breaks in the folder of contracts."""
    return _load(contracts_folder() / BREAKS.pattern)


@cache
def _load(file: Path) -> tuple[Break, ...]:
    return read_breaks(file)


def read_breaks(file: Path) -> tuple[Break, ...]:
    """Breaks in a file.

    Args:
        file: A register of breaks.

    Raises:
        ContractError: The file is not such a register, or a measure is not in the vocabulary; names file, path and
            the nearest known name.
    """
    content = file.read_bytes()
    known = sorted({name for name, _ in measures()})

    def make() -> tuple[Break, ...]:
        register: BreakRegister = read_valid(BREAKS, file, content)
        problem = next(unknown_measures(register, known), None)
        if problem is not None:
            raise ContractError(file, problem.path, problem.reason)
        return tuple(one for entry in register.breaks for one in _of_each_source(entry, register))

    return remembered((BREAKS.name, content, " ".join(known)), make, tuple, made_by=_CODE)


def unknown_measures(register: BreakRegister, known: Collection[str]) -> Iterator[Problem]:
    """Measures of breaks and groups that are not in the vocabulary.

    Args:
        register: The file.
        known: Measures of the vocabulary.
    """
    from civic_assets.contracts.models.whole_file import unknown

    for name, members in register.measure_groups.items():
        reason = "{} is not a measure of vocabularies/measures.yaml"
        yield from unknown(f"measure_groups.{name}", members, known, reason, "measures")
    for index, entry in enumerate(register.breaks):
        reason = "{} is neither a measure of vocabularies/measures.yaml nor a group of this file"
        names = {*known, *register.measure_groups}
        yield from unknown(f"breaks[{index}].measures", entry.measures or (), names, reason, "measures")


def _of_each_source(entry: BreakEntry, register: BreakRegister) -> Iterator[Break]:
    sources: list[str] | list[None] = register.members(register.source_groups, entry.sources) or [None]
    for source in sources:
        yield Break(
            id=entry.id,
            source=source,
            measures=_set(register.members(register.measure_groups, entry.measures)),
            areas=_areas(entry, register),
            breakdowns=_set(entry.breakdowns),
            units=_set(entry.units),
            date_from=entry.from_,
            date_to=entry.to,
            last_old_edition=entry.last_old_edition,
            period_kinds=None
            if entry.period_kinds is None
            else frozenset(map(PeriodKind, entry.period_kinds)),
            effect=entry.effect,
            action=entry.action,
            abnormal=entry.abnormal is True,
            reference=entry.reference,
            verified=entry.verified,
            reclassifies=entry.reclassifies is True,
            first_new_edition=entry.first_new_edition,
            only_editions=entry.only_editions,
            last_edition_without=entry.last_edition_without,
        )


def _areas(entry: BreakEntry, register: BreakRegister) -> AreaScope | None:
    if entry.areas is None:
        return None
    return AreaScope(
        **{
            reach: tuple(
                code
                for area in register.members(register.area_groups, written) or ()
                for code in _codes(area)
            )
            for reach, written in entry.areas.by_reach().items()
        }
    )


def _codes(written: str) -> list[str]:
    """Codes of a run such as `E09000002..E09000033`; anything else unchanged."""
    first, dots, last = written.partition("..")
    if not dots:
        return [written]
    return [f"{first[:3]}{number:06d}" for number in range(int(first[3:]), int(last[3:]) + 1)]


def _set(values: Iterable[str] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(values)
