"""Reading `data_contracts/breaks.yaml`, and refusing an entry that concerns nothing that exists.

Belongs here: the file in, breaks out, every mistake named with its position. Does not belong here: which breaks concern
a series (`civic_assets.harmonise.comparability.breaks`).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import cast

from civic_assets.contracts.document import Node, read_document
from civic_assets.contracts.load import contracts_folder
from civic_assets.harmonise.comparability.breaks import Action, Break
from civic_assets.harmonise.measures.vocabulary import measures
from civic_assets.values.periods import PeriodKind

_KEYS = (
    "id",
    "sources",
    "measures",
    "areas",
    "breakdowns",
    "units",
    "from",
    "to",
    "last_old_edition",
    "period_kinds",
    "effect",
    "action",
    "abnormal",
    "reference",
    "verified",
    "reclassifies",
)


def load_breaks() -> tuple[Break, ...]:
    """The breaks in the folder of contracts."""
    return _load(contracts_folder() / "breaks.yaml")


@cache
def _load(file: Path) -> tuple[Break, ...]:
    return read_breaks(file)


def read_breaks(file: Path) -> tuple[Break, ...]:
    """Breaks in a file.

    Raises:
        ContractError: A key is unknown, a date is invalid, an id is used twice, or a measure is not in the vocabulary.
    """
    top = read_document(file, file.read_bytes())
    top.only("source_groups", "measure_groups", "area_groups", "breaks")
    groups = {name: top.get(f"{name}_groups", dict, {}).value for name in ("source", "measure", "area")}
    known = {name for name, _ in measures()}
    found: dict[str, list[Break]] = {}
    for node in top.items("breaks"):
        entries = list(_of_each_source(node, groups))
        if entries[0].id in found:
            raise node.refuse(f"the id {entries[0].id!r} is used twice; give each entry its own id")
        for measure in sorted((entries[0].measures or frozenset()) - known):
            raise node.refuse(
                f"{measure!r} is neither a measure of vocabularies/measures.yaml nor a group here"
            )
        found[entries[0].id] = entries
    return tuple(entry for entries in found.values() for entry in entries)


def _of_each_source(node: Node, groups: Mapping[str, Mapping[str, list[str]]]) -> Iterator[Break]:
    node.only(*_KEYS)
    starts, ends = node.get("from", date).value, node.get("to", date, None).value
    if ends is not None and ends <= starts:
        raise node.refuse(f"ends on {ends}, which is not after its start on {starts}")
    if node.get("reclassifies", bool, False).value and not node.has("last_old_edition"):
        raise node.refuse("reclassifies is for a change between editions: add last_old_edition")
    areas, kinds = _listed(node, "areas", groups["area"]), _listed(node, "period_kinds", {})
    sources: list[str] | list[None] = _listed(node, "sources", groups["source"]) or [None]
    for source in sources:
        yield Break(
            id=node.text("id"),
            source=source,
            measures=_set(_listed(node, "measures", groups["measure"])),
            areas=None if areas is None else tuple(code for area in areas for code in _codes(area)),
            breakdowns=_set(_listed(node, "breakdowns", {})),
            units=_set(_listed(node, "units", {})),
            date_from=starts,
            date_to=ends,
            last_old_edition=node.get("last_old_edition", dict, None).value,
            period_kinds=None if kinds is None else frozenset(map(PeriodKind, kinds)),
            effect=node.text("effect"),
            action=cast(Action, node.one_of("action", {"block", "caveat"})),
            abnormal=bool(node.get("abnormal", bool, False).value),
            reference=node.text("reference"),
            verified=bool(node.get("verified", bool).value),
            reclassifies=bool(node.get("reclassifies", bool, False).value),
        )


def _codes(written: str) -> list[str]:
    """Codes of a run such as `E09000002..E09000033`; anything else unchanged."""
    first, dots, last = written.partition("..")
    if not dots:
        return [written]
    return [f"{first[:3]}{number:06d}" for number in range(int(first[3:]), int(last[3:]) + 1)]


def _listed(node: Node, key: str, groups: Mapping[str, list[str]]) -> list[str] | None:
    if not node.has(key):
        return None
    return [member for item in node.items(key) for member in groups.get(item.value, [item.value])]


def _set(values: Iterable[str] | None) -> frozenset[str] | None:
    return None if values is None else frozenset(values)
