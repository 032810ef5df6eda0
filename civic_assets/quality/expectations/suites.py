"""The expectation suites of `data_contracts/expectations/`: what each expectation is, before anybody runs it.

Belongs here: mapping the files, which are in the JSON form of Great Expectations, to expectations. Does not belong
here: what may be written in them (`civic_assets.contracts.models.suites`), the tables that they are about (`profiles`)
and running them (`run_suites`). Nothing here imports Great Expectations, so that listing the checks does not wait for
it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from string import Formatter
from typing import TYPE_CHECKING, Any

from civic_assets.contracts.file_kinds import SUITE
from civic_assets.contracts.load import contracts_folder
from civic_assets.contracts.typed_file import read_plain, read_valid
from civic_assets.errors import ContractError
from civic_assets.quality.expectations.profiles import ROWS
from civic_assets.quality.framework.results import Reason, Scope
from civic_assets.quality.published.engine import ALL_RULES
from civic_assets.quality.published.rule import PublishedRule

if TYPE_CHECKING:
    from civic_assets.contracts.model import Severity
    from civic_assets.contracts.models.suites import ExpectationEntry, SuiteFile

_OPERANDS = ("column", "column_A", "column_B")


@dataclass(frozen=True, slots=True)
class Expectation:
    """One expectation of a suite.

    Args:
        id: As in the catalogue of checks.
        profile: The table `quality.profile_<profile>` that it is about, a row at a time.
        type: Name of the expectation in Great Expectations.
        operands: Columns that it looks at; a row in which one is absent is not evaluated.
        because: Why its threshold is what it is.
        sentence: Message for a failing row, with the row's columns in braces; ends in what to do.
        observed, expected: Values of a failing row, in the same way.
        passed: What was found in order, after the number of rows and a comma.
        reason: Why a row is not evaluated in which an operand is absent.
        unknown: The same as a sentence; may name the row's columns.
    """

    id: str
    name: str
    profile: str
    dimension: str
    severity: Severity
    statement: str
    because: str
    cannot_tell: str
    type: str
    operands: tuple[str, ...]
    sentence: str
    observed: str
    expected: str
    passed: str
    reason: Reason
    unknown: str
    scope: Scope = "value"

    @property
    def table(self) -> str:
        """The table of schema `quality` that it is about."""
        return f"profile_{self.profile}"

    @property
    def columns(self) -> frozenset[str]:
        """Columns of the profile that its condition and sentences name."""
        texts = (self.sentence, self.observed, self.expected, self.unknown)
        named = (name for text in texts for _, name, _, _ in Formatter().parse(text) if name)
        return frozenset((*self.operands, *named))


@dataclass(frozen=True, slots=True)
class Suite:
    """One file of expectations about one profile.

    Args:
        document: The file as it is, in the form that Great Expectations reads.
        sha256: Hash of the file.
        gates: Whether a failure of a blocking expectation, or a suite that cannot be run, keeps the publication back.
    """

    name: str
    profile: str
    notes: str
    expectations: tuple[Expectation, ...]
    document: Mapping[str, Any]
    sha256: str
    gates: bool = False


def suites_folder() -> Path:
    """Folder of the suites, next to the vocabularies."""
    return contracts_folder() / "expectations"


def suites_sha256() -> str:
    """Hash of the suites, so that a read model that was judged by others is built again."""
    digest = hashlib.sha256()
    for file in sorted(suites_folder().glob("*.json")):
        digest.update(file.name.encode())
        digest.update(file.read_bytes())
    return digest.hexdigest()


def load_suites(folder: Path | None = None) -> list[Suite]:
    """Reads all suites, in the order of the profiles.

    Args:
        folder: `suites_folder()` when None.

    Raises:
        ContractError: A file is not a suite, or an expectation does not say what it must; names file, place and reason.
    """
    suites = [_suite(file) for file in sorted((folder or suites_folder()).glob("*.json"))]
    taken: dict[str, str] = {}
    for suite in suites:
        for expectation in suite.expectations:
            if expectation.id in taken:
                raise ContractError(
                    f"{suite.name}.json", expectation.id, f"is taken by {taken[expectation.id]}.json"
                )
            taken[expectation.id] = suite.name
    return sorted(suites, key=lambda suite: list(ROWS).index(suite.profile))


def expectations(folder: Path | None = None) -> list[Expectation]:
    """All expectations, in the order of their ids."""
    found = (expectation for suite in load_suites(folder) for expectation in suite.expectations)
    return sorted(found, key=lambda expectation: expectation.id)


def of_what_is_published() -> list[PublishedRule | Expectation]:
    """Rules over derived tables, then expectations in the order of their ids."""
    return [*ALL_RULES, *expectations()]


def columns_named(entry: ExpectationEntry) -> dict[str, list[str]]:
    """Columns that an expectation and its sentences name, by their place below the expectation."""
    meta = entry.meta
    texts = {name: getattr(meta, name) for name in ("sentence", "observed", "expected")}
    found = {
        f"meta.{name}": [field for _, field, _, _ in Formatter().parse(text) if field]
        for name, text in (texts | {"unknown.message": meta.unknown.message}).items()
    }
    for name in _OPERANDS:
        if hasattr(entry.kwargs, name):
            found[f"kwargs.{name}"] = [getattr(entry.kwargs, name)]
    return found


def _suite(file: Path) -> Suite:
    content = file.read_bytes()
    written: SuiteFile = read_valid(SUITE, file, content)
    if file.stem != written.name:
        reason = f"is {written.name!r}, so the file must be called {written.name}.json"
        raise ContractError(file, "name", reason)
    return Suite(
        written.name,
        written.meta.profile,
        written.notes,
        tuple(_expectation(entry, written.meta.profile) for entry in written.expectations),
        read_plain(SUITE, file, content),
        hashlib.sha256(content).hexdigest(),
        bool(written.meta.gates),
    )


def _expectation(entry: ExpectationEntry, profile: str) -> Expectation:
    meta, arguments = entry.meta, entry.kwargs
    return Expectation(
        id=meta.check_id,
        name=meta.name,
        profile=profile,
        dimension=meta.dimension,
        severity=meta.severity,
        statement=meta.statement,
        because=meta.because,
        cannot_tell=meta.cannot_tell,
        type=entry.type,
        operands=tuple(getattr(arguments, name) for name in _OPERANDS if hasattr(arguments, name)),
        sentence=meta.sentence,
        observed=meta.observed,
        expected=meta.expected,
        passed=meta.passed,
        reason=meta.unknown.reason,
        unknown=meta.unknown.message,
    )
