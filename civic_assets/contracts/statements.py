"""What a contract says of the sentences that a source ships beside its tables.

Belongs here: the table of statements, and what each of their subjects is. Does not belong here: reading the sentences
(`civic_assets.parsing.statements`) and setting them against figures (`civic_assets.quality.rules.claims.sentences`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from civic_assets.values.cells import label

if TYPE_CHECKING:
    from civic_assets.contracts.document import Node
    from civic_assets.contracts.model import Contract

PROPERTY = "statements"
"""Custom property of a contract whose source ships statements."""
_KEYS = ("measures", "source", "table", "ended", "because")


@dataclass(frozen=True, slots=True)
class StatementSubject:
    """What the words of a statement's subject stand for.

    Args:
        measures: Whose sum it is, in the source's own tables.
        source: Other source that the sentence speaks of.
        table: Table of that source.
        ended: First day on which a body was no more.
        because: Where that is known from.
    """

    measures: tuple[str, ...] = ()
    source: str = ""
    table: str = ""
    ended: date | None = None
    because: str = ""


def ships_statements(contract: Contract) -> bool:
    """Does the source ship sentences beside its tables?"""
    return PROPERTY in contract.options


def statements_table(contract: Contract) -> str:
    """Name of the table in which they stand."""
    return str(contract.options[PROPERTY]["table"])


def subjects(contract: Contract) -> Mapping[str, StatementSubject]:
    """Subjects by `label`; one that the contract does not know stands for nothing but itself."""
    found: Mapping[str, Mapping[str, Any]] = contract.options[PROPERTY].get("subjects", {})
    return {
        label(name): StatementSubject(**{**entry, "measures": tuple(entry.get("measures", ()))})
        for name, entry in found.items()
    }


def check_statements(node: Node, tables: set[str], measures: set[str]) -> None:
    """Refuses what a contract says of statements where it is wrong.

    Args:
        node: The custom property.
        tables: Names of the contract's tables.
        measures: Measures of its tables, which subjects may name.

    Raises:
        ContractError: It names no table of the contract or no measure of its own, or says how a body ended without why.
    """
    node.only("table", "subjects")
    node.one_of("table", tables)
    entries = node.get("subjects", dict, {})
    for name in entries.value:
        entry = entries.get(name, dict)
        entry.only(*_KEYS)
        for measure in entry.items("measures", []):
            if measure.value not in measures:
                raise measure.refuse(f"{measure.value!r} is no measure of this contract")
        if entry.has("ended"):
            entry.get("ended", date)
            entry.text("because")
        if entry.has("table"):
            entry.text("source")
