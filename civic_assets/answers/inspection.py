"""The answer of `inspect`: what a file is, and what is wrong with it.

Belongs here: what `inspect --json` prints. Does not belong here: reading and checking (`civic_assets.intake.inspect`)
and printing for people (`civic_assets.cli.inspect`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from civic_assets.answers.cause import FileNotRead, FoundCause
from civic_assets.answers.document import MAY_BE_ABSENT
from civic_assets.answers.words import CheckOutcome, InspectionOutcome, NotEvaluatedReason, Severity


@dataclass(frozen=True, slots=True)
class HiddenPart:
    """What of a table a person who opens the workbook does not see."""

    sheet: bool
    """Whether the whole sheet is hidden."""
    rows: int
    """Number of hidden rows of the table."""
    columns: int
    """Number of hidden columns of the table."""
    first: str
    """Address of the first hidden cell; empty if the sheet is hidden."""


@dataclass(frozen=True, slots=True)
class NothingHidden:
    """Nothing of the table is hidden."""


@dataclass(frozen=True, slots=True)
class FoundTable:
    """A table of the contract that was found in the file."""

    table: str
    """Name of the table in the contract."""
    sheet: str
    """Sheet that it is on; empty for a file without sheets."""
    title: str
    """Address of its title."""
    rows: int
    """Number of its data rows."""
    hidden: HiddenPart | NothingHidden
    """What of it is hidden in the workbook; an empty object if nothing is."""


@dataclass(frozen=True, slots=True)
class LayoutDifference:
    """One difference between the file and the layout that its contract describes."""

    kind: str
    """Type of difference, such as `missing_column` or `added_column`."""
    table: str
    """Table of the contract; empty for a whole sheet."""
    header: str
    """Header as printed (if added) or as in the contract (if missing)."""
    locator: str
    """Cell to look at, or the name of the sheet."""
    message: str
    """What was found, what was expected, and what to do."""
    breaking: bool
    """Whether the release would be held back because of it."""


@dataclass(frozen=True, slots=True)
class InspectedCheck:
    """The result of one check of the file."""

    check_id: str
    """Id of the check in the catalogue, such as `V-12`."""
    outcome: CheckOutcome
    """`pass`, `fail` or `not_evaluated`."""
    reason: NotEvaluatedReason
    """Why it was not evaluated; empty if it was."""
    severity: Severity
    """Severity of a failure."""
    message: str
    """What was checked, or what failed."""


@dataclass(frozen=True, slots=True)
class InspectedFinding:
    """One finding in the file."""

    check_id: str
    """Check that found it."""
    severity: Severity
    """Severity of the finding."""
    locator: str | None
    """Cell to look at first."""
    locators: Sequence[str]
    """All cells concerned."""
    measure: str | None
    """Measure concerned."""
    area_code: str | None
    """Code of the area concerned, in the common vocabulary."""
    period_start: str | None
    """First day of the period concerned."""
    period_end: str | None
    """Day after the last day of the period concerned."""
    observed: str | None
    """What was found, as printed or in words."""
    expected: str | None
    """What was expected: a number, an interval or words."""
    proposal: str | None
    """Most likely value of the cell."""
    n_ties: int
    """Number of equally small repairs; 0 if no value is proposed."""
    message: str
    """The finding in sentences, with what to do."""
    cause: str | None
    """Text that all findings of one cause share."""
    cause_id: str | None = None
    """Cause of the finding, one of `causes`."""


@dataclass(frozen=True, slots=True)
class Inspection:
    """What a file is and what is wrong with it."""

    recognised: Literal[True]
    """Always true: the file is a release of a known source."""
    file: str
    """Name of the file; of a file in an archive, with the name of the archive before it."""
    sha256: str
    """SHA-256 of the bytes, in hexadecimal digits."""
    source: str
    """Source that it is a release of."""
    release: str
    """Name of the release."""
    synthetic: bool
    """Whether its figures are made up."""
    rows: int
    """Number of figures in it; 0 if it cannot be parsed."""
    row_kinds: Mapping[str, int]
    """Number of rows of each kind."""
    tables: tuple[FoundTable, ...]
    """Tables of the contract that were found."""
    drift: tuple[LayoutDifference, ...]
    """Differences from the layout that the contract describes."""
    checks: tuple[InspectedCheck, ...]
    """Results of all checks, by their order in the catalogue."""
    findings: tuple[InspectedFinding, ...]
    """All findings, in the order of the checks."""
    held_back: tuple[str, ...]
    """Why the release would be held back; empty if it would be published."""
    tracebacks: tuple[str, ...]
    """Tracebacks of errors of the program itself; empty in an ordinary run."""
    outcome: InspectionOutcome
    """`clean`, `warnings`, `disputed` or `blocked`."""
    causes: tuple[FoundCause, ...] = ()
    """Causes of the findings, those that ask for action first."""
    also: tuple[Inspection, ...] | None = field(default=None, metadata=MAY_BE_ABSENT)
    """Further releases in the file; present for a file of several sources, and for an archive."""
    not_read: tuple[FileNotRead, ...] | None = field(default=None, metadata=MAY_BE_ABSENT)
    """Files of an archive that are not releases; present only for an archive."""

    @property
    def parts(self) -> tuple[Inspection, ...]:
        """This release and the further ones."""
        return (self, *(self.also or ()))


@dataclass(frozen=True, slots=True)
class NotRecognisedFile:
    """A file of a folder that is not a release of a known source, or cannot be read."""

    recognised: Literal[False]
    """Always false."""
    file: str
    """Path of the file within the folder."""
    source: None
    """Always null."""
    release: None
    """Always null."""
    tables: tuple[FoundTable, ...]
    """Always empty."""
    drift: tuple[LayoutDifference, ...]
    """Always empty."""
    findings: tuple[InspectedFinding, ...]
    """Always empty."""
    outcome: Literal["blocked"]
    """Always `blocked`."""
    message: str
    """Why the file is not read, in a sentence."""

    @classmethod
    def because(cls, file: str, message: str) -> NotRecognisedFile:
        """The answer about a file that is not read."""
        return cls(False, file, None, None, (), (), (), "blocked", message)


@dataclass(frozen=True, slots=True)
class FailedInspection:
    """A file that is not a release of a known source, or cannot be read, and the exit code of the command."""

    recognised: Literal[False]
    """Always false."""
    source: None
    """Always null."""
    release: None
    """Always null."""
    tables: tuple[FoundTable, ...]
    """Always empty."""
    drift: tuple[LayoutDifference, ...]
    """Always empty."""
    findings: tuple[InspectedFinding, ...]
    """Always empty."""
    outcome: Literal["blocked"]
    """Always `blocked`."""
    message: str
    """Why the file is not read, in a sentence."""
    error: str
    """The same sentence."""
    exit_code: int
    """Exit code of the command."""

    @classmethod
    def because(cls, sentence: str, exit_code: int) -> FailedInspection:
        """The answer about a file that is not read."""
        return cls(False, None, None, (), (), (), "blocked", sentence, sentence, exit_code)


@dataclass(frozen=True, slots=True)
class FolderInspection:
    """What each file of a folder is."""

    folder: str
    """The folder, as it was named."""
    files: tuple[Inspection | NotRecognisedFile, ...]
    """One answer for each file of the folder and its sub-folders, by name."""
    exit_code: int
    """Exit code of the command: that of the worst file."""
