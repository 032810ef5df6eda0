"""Short answers: of `report`, of `contract`, of `new-source`, and of a command that fails.

Belongs here: what those print with `--json`. Does not belong here: the answers with a module of their own.
"""

from __future__ import annotations

from dataclasses import dataclass, field

from civic_assets.answers.document import MAY_BE_ABSENT


@dataclass(frozen=True, slots=True)
class ReportPlace:
    """Where the site of the publication is: its pages for readers, and the quality report."""

    report: str
    """Path of its first page."""
    url: str
    """The same as an address that a browser opens."""
    publication: str
    """Hash of the publication that it shows."""
    number: int
    """Number of that publication."""
    new: bool
    """Whether it was built by this command."""


@dataclass(frozen=True, slots=True)
class ContractProblem:
    """One problem of a contract."""

    path: str
    """Place in the contract, with the file and the keys that lead to it."""
    reason: str
    """What is wrong, and what to do."""


@dataclass(frozen=True, slots=True)
class CheckedContract:
    """What was found in one contract, or in another file of the folder of contracts."""

    file: str
    """The file."""
    kind: str
    """What it is: `contract`, or the name of another kind of file in the folder of contracts."""
    source: str
    """Source of a contract; empty if the file does not say."""
    problems: tuple[ContractProblem, ...]
    """Every problem, in the order in which they were found."""
    notes: tuple[str, ...]
    """What could not be checked, and why."""


@dataclass(frozen=True, slots=True)
class ContractList:
    """What was found in all files that were named."""

    problems: int
    """Number of problems in all of them."""
    contracts: tuple[CheckedContract, ...]
    """One entry for each file."""


@dataclass(frozen=True, slots=True)
class OpenQuestion:
    """A question that only a person can answer."""

    path: str
    """Place in the contract where the answer belongs."""
    question: str
    """The question."""


@dataclass(frozen=True, slots=True)
class SourceDraft:
    """A first contract and a first fixture, made from a file of a publisher."""

    source: str
    """Name of the source."""
    contract: str
    """Path of the contract."""
    fixture: str
    """Path of the fixture, whose numbers are invented."""
    questions: tuple[OpenQuestion, ...]
    """Questions to answer before the contract can be used."""
    columns: dict[str, str]
    """What was found about each column, by its printed header."""


@dataclass(frozen=True, slots=True)
class Failure:
    """Why a command failed; any command prints this with `--json`, on standard output."""

    error: str
    """What is wrong and what to do, in sentences."""
    exit_code: int
    """Exit code of the command."""
    choices: tuple[str, ...] | None = field(default=None, metadata=MAY_BE_ABSENT)
    """Names of the figures that match; present if there are several."""
