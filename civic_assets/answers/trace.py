"""The answer of `trace`: the chain of one figure.

Belongs here: what `trace --json` prints. Does not belong here: finding it (`civic_assets.publish.queries.trace`) and
printing it for people (`civic_assets.cli.trace`).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from civic_assets.answers.document import MAY_BE_ABSENT
from civic_assets.answers.figure import PublishedFigure
from civic_assets.answers.words import CheckLayer, CheckOutcome, FigureQuality, NotEvaluatedReason, Severity


@dataclass(frozen=True, slots=True)
class ReleaseDay:
    """The day on which a release was published, and how that is known."""

    day: date | None
    """Day of publication; null if it is unknown."""
    basis: str | None
    """`stated` by the publisher, `expected` from the source's usual delay, or `received` (the day it arrived here)."""
    how_known: str
    """The basis, in words."""


@dataclass(frozen=True, slots=True)
class CheckOfFigure:
    """The result of one check that concerns the figure."""

    check_id: str
    """Id of the check in the catalogue, such as `V-12`."""
    name: str | None
    """Name of the check."""
    layer: CheckLayer
    """Layer on which it is made."""
    severity: Severity
    """Severity of a failure."""
    outcome: CheckOutcome
    """`pass`, `fail` or `not_evaluated`."""
    reason: NotEvaluatedReason
    """Why it was not evaluated; empty if it was."""
    n_checked: int | None
    """Number of rows, cells, pairs or equations of the release that were checked."""
    n_failed: int | None
    """Number of them that failed."""
    message: str
    """Messages of its findings about this figure, or else what was checked in the release."""
    waiver_id: str | None
    """Decision that lets the failure pass."""


@dataclass(frozen=True, slots=True)
class CheckElsewhere(CheckOfFigure):
    """A check that failed in the figure's release, but not at this figure as far as its findings say."""

    all_cells_named: bool
    """Whether its findings name every figure that failed; if not, this one may be concerned too."""


@dataclass(frozen=True, slots=True)
class ArchivedFile:
    """The file in the archive from which the figure was read."""

    sha256: str
    """SHA-256 of the bytes, in hexadecimal digits."""
    url: str | None
    """Address that the file was fetched from; null if it was supplied as a file."""
    retrieved_at: str
    """Time at which it was received, in UTC."""
    file_name: str
    """Name under which it was received."""
    origin: str
    """How it came: `sample`, `local` or `live`."""
    synthetic: bool
    """Whether it is a sample with made-up figures."""
    archived_at: str
    """Path of the archived bytes on this machine."""


@dataclass(frozen=True, slots=True)
class SupersededBy:
    """A newer release that covers the area and period, but prints other classes."""

    release: str
    """The newer release."""
    message: str
    """What it prints instead."""


@dataclass(frozen=True, slots=True)
class FigureCorrection:
    """A registered correction of the figure, applied or not."""

    correction_id: str
    """Id of the decision."""
    state: str
    """`applied`, or why it is not."""
    printed_text: str | None
    """Text of the cell that the decision concerns."""
    printed_value: float | None
    """Its value."""
    corrected_value: float | None
    """Value by the decision, in the unit of the figure."""
    expected: str | None
    """Text that must be printed for the decision to apply."""
    reason: str | None
    """Why the figure is corrected."""
    evidence: str | None
    """Where that can be read."""
    reported_to: str | None
    """To whom the error was reported."""
    author_role: str | None
    """Role of the person who decided."""
    decided: date | None
    """Day of the decision."""
    message: str
    """The decision in a sentence."""


@dataclass(frozen=True, slots=True)
class OtherGroup:
    """Another group of the same measure, area and period, such as one reason next to the total."""

    name: str
    """Full name of its figure, without the release."""
    figure_id: str
    """Id of its figure."""
    breakdown: str
    """The group."""
    release: str
    """Release that prints it."""
    value: float | None
    """Value in the unit of the traced figure; null if none is printed."""
    status: str | None
    """Why the value is absent or special."""
    quality: FigureQuality
    """`ok`, `disputed` or `withheld`."""
    value_text: str | None
    """Text of the cell, as printed."""
    locator: str
    """Cell of the file."""


@dataclass(frozen=True, slots=True)
class FigureFinding:
    """A finding that names the figure's cell, or its measure, area and period."""

    finding_id: str
    """Id of the finding, the same in every run."""
    check_id: str
    """Check that found it."""
    severity: Severity
    """Severity of the finding."""
    locator: str | None
    """Cell to look at first."""
    observed: str | None
    """What was found, as printed or in words."""
    expected: str | None
    """What was expected: a number, an interval or words."""
    proposal: str | None
    """Most likely value of the cell; it is never written over the published one."""
    n_ties: int
    """Number of equally small repairs; 0 if no value is proposed."""
    message: str
    """The finding in sentences, with what to do."""
    status: str
    """`open` or `waived`."""
    waiver_id: str | None
    """Decision that lets it pass."""


@dataclass(frozen=True, slots=True)
class WaiverOfFigure:
    """A decision that lets a check pass for the figure's release, or for its cell."""

    waiver_id: str
    """Id of the decision."""
    check_id: str
    """Check that may fail."""
    state: str
    """Whether the decision is in force, and why not."""
    reason: str
    """Why it was made."""
    author_role: str
    """Role of the person who decided."""
    given: date
    """Day of the decision."""
    expires: date
    """Last day on which it is in force."""


@dataclass(frozen=True, slots=True)
class PublisherNote:
    """A note of the publisher that concerns the figure."""

    locator: str
    """Cell of the note."""
    text: str
    """The note, as printed."""
    number: str | None
    """Number by which marks refer to it; null without one."""
    effects: tuple[str, ...]
    """What it says about the figure, in the words of `catalogue.note_effects`; empty if nothing recognised it."""
    marked_at: tuple[str, ...]
    """Cells of the figure's table from which a mark leads to it."""


@dataclass(frozen=True, slots=True)
class CellAppearance:
    """How the cell looks to a person who opens the workbook."""

    number_format: str
    """Number format, as a spreadsheet program writes it, such as `#,##0`."""
    formula: str | None
    """Formula, if the value is the result of one."""
    note: str | None
    """Note or comment at the cell."""
    crossed_out: bool
    """Whether the text is crossed out."""
    hidden: tuple[str, ...]
    """Which of `sheet`, `row` and `column` are hidden."""
    merged: str | None
    """Merged range that the cell is in, such as `B4:D4`."""
    in_words: str
    """All of this, in words."""


@dataclass(frozen=True, slots=True)
class CellNotKnown:
    """Why it cannot be said how the cell looks."""

    not_known: str
    """The reason, in a sentence."""


@dataclass(frozen=True, slots=True)
class FigureChain:
    """The chain of one figure, from the published value to the cell of the file from which it was read."""

    name: str
    """Full name of the figure, with its release."""
    figure_id: str
    """Id of the figure, the same in every release."""
    figure: PublishedFigure
    """The figure."""
    release: str
    """Release that prints it."""
    published: ReleaseDay
    """When that release was published."""
    checks: tuple[CheckOfFigure, ...]
    """Checks that concern the figure, passed, failed or not evaluated."""
    release_checks: tuple[CheckElsewhere, ...]
    """Checks that failed elsewhere in the release."""
    file: ArchivedFile
    """The archived file."""
    locator: str
    """Cell of the file."""
    value_text: str | None
    """Text of the cell, as printed."""
    counted_from_rows: int | None
    """Number of rows that the figure counts, for a source of single incidents; null if it is printed in a cell."""
    superseded: SupersededBy | None
    """Newer release that covers the area and period with other classes."""
    correction: FigureCorrection | None
    """Registered correction of the figure."""
    earlier: tuple[PublishedFigure, ...]
    """The figure in earlier releases, the newest first."""
    later: tuple[PublishedFigure, ...]
    """The figure in later releases, the newest first."""
    other_groups: tuple[OtherGroup, ...]
    """Other groups of the same measure, area and period."""
    findings: tuple[FigureFinding, ...]
    """Findings about the figure."""
    waivers: tuple[WaiverOfFigure, ...]
    """Decisions that concern the figure."""
    notes: tuple[PublisherNote, ...]
    """The publisher's notes that concern the figure."""
    cell: CellAppearance | CellNotKnown | None = field(default=None, metadata=MAY_BE_ABSENT)
    """How the cell looks in the archived workbook; present only with `--cell`."""
    evidence_page: str | None = field(default=None, metadata=MAY_BE_ABSENT)
    """Address of the page of the report that shows the figure among its neighbours, from the folder of the report."""
