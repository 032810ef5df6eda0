"""What a contract says about the sentences that a source ships with its tables.

Belongs here: the table of statements, and what each of their subjects is. Does not belong here: reading the sentences
(`civic_assets.parsing.statements`) and setting them against figures (`civic_assets.quality.rules.claims.sentences`).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from civic_assets.values.cells import label

if TYPE_CHECKING:
    from civic_assets.contracts.model import Contract


@dataclass(frozen=True, slots=True)
class StatementSubject:
    """What the words of a statement's subject stand for.

    Args:
        measures: Measures of the source whose sum it is.
        source: Another source that the sentence is about.
        table: Table of that source.
        ended: First day on which a body no longer existed.
        because: How that is known.
    """

    measures: tuple[str, ...] = ()
    source: str = ""
    table: str = ""
    ended: date | None = None
    because: str = ""


@dataclass(frozen=True, slots=True)
class Statements:
    """The table in which the sentences are, and what their subjects stand for, by their words in the contract."""

    table: str
    subjects: Mapping[str, StatementSubject]


def ships_statements(contract: Contract) -> bool:
    """Whether the source ships sentences with its tables."""
    return contract.statements is not None


def statements_table(contract: Contract) -> str:
    """Name of the table in which they are; empty for a source without any."""
    return contract.statements.table if contract.statements is not None else ""


def subjects(contract: Contract) -> Mapping[str, StatementSubject]:
    """Subjects by `label`; one that the contract does not know stands for itself."""
    found = contract.statements.subjects if contract.statements is not None else {}
    return {label(name): subject for name, subject in found.items()}
