"""What is known of one release besides its figures: stored with the results of its checks.

Belongs here: the record and how it is read from a store. Does not belong here: finding the facts (`examine`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any

from civic_assets.answers.inspection import FoundTable, HiddenPart, LayoutDifference, NothingHidden


@dataclass(frozen=True, slots=True)
class WaivedFailure:
    """A failure that would hold the release back without a waiver.

    Args:
        waiver: Id of the waiver.
        check: Id of the check.
        message: Message of the failure.
    """

    waiver: str
    check: str
    message: str


@dataclass(frozen=True, slots=True)
class CodeCounts:
    """Area codes of one status.

    Args:
        codes: Number of distinct codes.
        figures: Number of figures of those areas.
    """

    codes: int
    figures: int


@dataclass(frozen=True, slots=True)
class NoteMarkFact:
    """A place of a table from which a note is reached; see `civic_assets.parsing.observations.NoteMark`.

    Args:
        periods: Periods of a marked column, each as `START/END`.
    """

    locator: str
    table: str
    place: str
    areas: Sequence[str]
    measures: Sequence[str]
    periods: Sequence[str]


@dataclass(frozen=True, slots=True)
class NoteFact:
    """A publisher's note.

    Args:
        locator: Cell of the note.
        text: The note, as printed.
        areas: Codes of the areas concerned; empty if it is about all.
        periods: Periods that it names, each as `START/END`; empty if it names none.
        kind: Where it is; see `civic_assets.parsing.observations.Note`.
        number: Number by which marks refer to it; empty without one.
        caption: Heading of its list; empty without one.
        marks: Places of the tables that it is about.
    """

    locator: str
    text: str
    areas: Sequence[str]
    periods: Sequence[str]
    kind: str = "source"
    number: str = ""
    caption: str = ""
    marks: Sequence[NoteMarkFact] = ()

    def __post_init__(self) -> None:
        """Marks that a store holds as mappings become records."""
        stored: Sequence[Any] = self.marks
        marks = tuple(NoteMarkFact(**mark) if isinstance(mark, dict) else mark for mark in stored)
        object.__setattr__(self, "marks", marks)


@dataclass(frozen=True, slots=True)
class StatementFact:
    """A statement of a report in prose; see `civic_assets.parsing.statements.Statement`.

    Args:
        span: Time that the sentence names, in its words; None if it names none.
        span_start: First day of that time, YYYY-MM-DD.
        span_end: Day after its last day, YYYY-MM-DD.
    """

    locator: str
    section: str
    text: str
    claim: str
    subject: str
    said: str
    value: float | None
    unit: str
    area: str
    area_name: str
    span: str | None
    span_start: str | None
    span_end: str | None


@dataclass(frozen=True, slots=True)
class ReleaseFacts:
    """Facts about a release. A store may hold those of an older version of the program, which lack some.

    Args:
        tables: Tables of the contract that were found.
        drift: Differences from the layout that the contract describes.
        row_kinds: Number of rows of each kind.
        synthetic: Whether its figures are made up.
        published_on: Day of publication that the file states, YYYY-MM-DD; None if it states none.
        rows: Number of figures.
        disputed: Number of disputed figures.
        waived: Failures that would hold it back without a waiver.
        area_codes: Area codes by their status in the register.
        tracebacks: Tracebacks of errors of the program itself.
        notes: The publisher's notes.
        statements: Statements, of a report in prose.
        held_back: Why it is not published; empty if it is.
        history: Earlier releases that its checks looked back to.
    """

    tables: Sequence[FoundTable] = ()
    drift: Sequence[LayoutDifference] = ()
    row_kinds: Mapping[str, int] = field(default_factory=dict)
    synthetic: bool = False
    published_on: str | None = None
    rows: int = 0
    disputed: int = 0
    waived: Sequence[WaivedFailure] = ()
    area_codes: Mapping[str, CodeCounts] = field(default_factory=dict)
    tracebacks: Sequence[str] = ()
    notes: Sequence[NoteFact] = ()
    statements: Sequence[StatementFact] = ()
    held_back: Sequence[str] = ()
    history: Sequence[str] = ()

    @classmethod
    def from_document(cls, document: Mapping[str, Any]) -> ReleaseFacts:
        """The facts that a store holds; what an older version did not write is empty.

        Args:
            document: JSON object, as `civic_assets.answers.document.as_document` makes it of the facts.
        """
        read = {one.name: document[one.name] for one in fields(cls) if one.name in document}
        for name, record in _RECORDS.items():
            read[name] = tuple(record(**entry) for entry in read.get(name, ()))
        read["tables"] = tuple(
            FoundTable(
                **{
                    **entry,
                    "hidden": HiddenPart(**hidden) if (hidden := entry["hidden"]) else NothingHidden(),
                }
            )
            for entry in read.get("tables", ())
        )
        read["area_codes"] = {how: CodeCounts(**counts) for how, counts in read.get("area_codes", {}).items()}
        return cls(**read)


_RECORDS: Mapping[str, type[LayoutDifference | WaivedFailure | NoteFact | StatementFact]] = {
    "drift": LayoutDifference,
    "waived": WaivedFailure,
    "notes": NoteFact,
    "statements": StatementFact,
}
