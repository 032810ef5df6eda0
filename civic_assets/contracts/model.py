"""What a contract says, as values that the rest of the program reads.

Belongs here: the shape of a loaded contract. Does not belong here: reading and refusing YAML
(`load`), or turning a contract into schemas for other tools (`compile`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path
from typing import Any, Literal, TypeAlias

from civic_assets.answers import words
from civic_assets.contracts.acquisition import Acquisition
from civic_assets.contracts.disclosure import Disclosure
from civic_assets.contracts.identity import Identity
from civic_assets.contracts.particulars import (
    CarriedForward,
    MeasureLabel,
    NamedPlace,
    NotCovered,
    ParserChoice,
    RecordLimit,
    ReturnsDue,
    WithoutRows,
)
from civic_assets.contracts.rows import Rows
from civic_assets.contracts.statements import Statements
from civic_assets.house_numbers.calendar import DAYS_PER_MONTH
from civic_assets.values.cells import Symbol, label
from civic_assets.values.period_format import PeriodChoice
from civic_assets.values.periods import PeriodKind, Statistic

Severity: TypeAlias = words.Severity


@dataclass(frozen=True, slots=True)
class PeriodRule:
    """Where a column's reference period is printed, and of what kind it is.

    `title` must name one period; of a `latest_in_title` that compares several years the latest counts. `choice` says
    which period of the kind is meant where a cell leaves it open.
    """

    source: Literal["title", "latest_in_title", "header", "cell"]
    kind: PeriodKind
    choice: PeriodChoice = field(default_factory=PeriodChoice)


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a publisher's table.

    Args:
        name: Our name; for a figure, unique within the table.
        headers: Labels (`civic_assets.values.cells.label`) under which the publisher prints it.
        pattern: Matches the labels of a header that carries a period or changes with the edition.
        type: ODCS logical type.
        expected: Every file prints this column; the table is not what it claims to be without it.
        key: Says what a row is about; not a figure.
        repeats: The table has one such column for each period (or area); its pattern matches them all.
        measure, unit, statistic, breakdown, period, rounding: How a figure is to be read; unset for keys.
        description: Text for people.
        status: Status that accompanies every figure of the column, empty if none does.
    """

    name: str
    headers: tuple[str, ...]
    pattern: re.Pattern[str] | None
    type: str
    expected: bool
    key: bool
    measure: str = ""
    unit: str = ""
    statistic: Statistic | None = None
    breakdown: str = "total"
    period: PeriodRule | None = None
    rounding: float = 0
    repeats: bool = False
    printed: str = ""
    description: str = ""
    status: str = ""

    def matches(self, header_label: str) -> bool:
        """Whether a header, as `label`, belongs to this column."""
        return header_label in self.headers or bool(self.pattern and self.pattern.fullmatch(header_label))


@dataclass(frozen=True, slots=True)
class Rule:
    """One declared quality rule of a table: an identity, a parent's sum, a triangle, ..."""

    id: str
    check_id: str
    kind: str
    table: str
    description: str
    severity: Severity
    options: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Table:
    """One table of a publisher, found by its title and its header words.

    Args:
        name: Our name.
        title: Matches the `label` of the title cell; None when the table has no title (delimited files).
        occurrence: Which of several tables with this title: of the latest or of the previous period.
        identified_by: Columns that no other publication has; a table without a title is found by all of them.
        banded: Whether merged cells above the header row are part of the headers: `Robbery` over `Number of offences`.
        rows_with: Column that has text in every row of data, even without a number; footnotes and units have none.
        identity: Headers, levels and values that say that a file is a sibling publication and not this table.
        columns: Keys first, then figures, in contract order.
        symbols: Marks of this table where they differ from the contract's (publishers change them over the years).
        ends: Whether the table ends at the first blank row, or with the sheet.
        on_all_sheets: The table goes on from sheet to sheet, under the same headers (a sheet for each year).
        rows: What a row is about, for a table that the tidy parser reads.
    """

    name: str
    printed_name: str
    title: re.Pattern[str] | None
    occurrence: Literal["only", "latest", "previous"]
    optional: bool
    ends: Literal["sheet", "blank_row"]
    identified_by: tuple[str, ...]
    symbols: Mapping[str, Symbol] | None
    columns: tuple[Column, ...]
    rules: tuple[Rule, ...]
    options: Mapping[str, Any]
    description: str = ""
    granularity: str = ""
    identity: Identity = field(default_factory=Identity)
    banded: bool = False
    rows_with: str = ""
    on_all_sheets: bool = False
    rows: Rows | None = None

    @property
    def not_with(self) -> frozenset[str]:
        """Labels of headers that only another publication has."""
        return frozenset(header for group in self.identity.not_columns for header in group.headers)

    @property
    def ignored_headers(self) -> frozenset[str]:
        """Labels of columns that are known and not read; the layout's `ignoredColumns` says why."""
        groups = self.options.get("ignoredColumns", ())
        return frozenset(label(header) for group in groups for header in group["headers"])

    @property
    def keys(self) -> tuple[Column, ...]:
        """Columns that say what a row is about."""
        return tuple(column for column in self.columns if column.key)

    @property
    def figures(self) -> tuple[Column, ...]:
        """Columns that hold figures."""
        return tuple(column for column in self.columns if not column.key)


@dataclass(frozen=True, slots=True)
class Threshold:
    """A number that a rule needs, with the reason for its value."""

    value: float
    because: str


@dataclass(frozen=True, slots=True)
class KnownValue:
    """A figure that every expert knows; when it reads differently, the reader is wrong (or the file is)."""

    edition: str
    measure: str
    area: str
    unit: str
    start: date
    end: date
    value: float
    because: str
    breakdown: str = "total"


@dataclass(frozen=True, slots=True)
class SheetToIgnore:
    """A sheet that this source does not read, with the reason; known by its name, or by its first text.

    Publishers give a name such as 'Table P6' to one table in one edition and to another in the next.
    """

    name: re.Pattern[str] | None
    because: str
    title: re.Pattern[str] | None = None

    def covers(self, name: str, title: str) -> bool:
        """Whether this is the sheet, by name and first text as printed."""
        if self.title is not None and self.title.search(label(title)):
            return True
        return self.name is not None and bool(self.name.fullmatch(label(name)))


@dataclass(frozen=True, slots=True)
class FileNotRead:
    """A file of this publisher that is known and contains nothing that is read, with the reason.

    Args:
        headers: Labels of one of its rows, in any order and among others; empty for a file without any cell.
        formats: Formats of such files: `csv`, `json`, ...
        because: Completes `<file> is ...`.
        also: Whether other headers are allowed as well.
    """

    headers: frozenset[str]
    formats: frozenset[str]
    because: str
    also: bool = True

    def covers(self, format: str, top_labels: Sequence[frozenset[str]]) -> bool:
        """Whether this is the file, by its format and the labels of its first rows."""
        if format not in self.formats:
            return False
        if not self.headers:
            return not top_labels
        return any(self.headers <= row if self.also else self.headers == row for row in top_labels)


@dataclass(frozen=True)
class Contract:
    """One source, as `data_contracts/<source>.odcs.yaml` describes it.

    Args:
        parser: Which module reads its files, with the options for it.
        measures: Measures that only this source has; the others are in the vocabulary.
        measure_labels: What labels in the rows stand for, by `label`.
        null_shares: The share of cells without a value that is usual in a table, by its name.
        side_by_side: Tables that set different measures in one column.
        places: Areas that the text of the source names, by our word for each.
        files_not_read: Other files of the publisher that a person is likely to have with those that are read.
        disclosure: What the publisher hides so that nobody can be recognised; the first entry about a figure counts.
        sha256: Hash of the file.
        acquisition: Where its files are found; None if the contract does not say.
        reading_sha256: Hash of what the file says, without comments and without `acquisition`: what was made of a
            release is stale when it changes.
    """

    source: str
    file: Path
    sha256: str
    version: str
    status: str
    purpose: str
    limitations: str
    usage: str
    owner: str
    publisher: Mapping[str, str]
    release: Mapping[str, Any]
    tables: tuple[Table, ...]
    measures: Mapping[str, Mapping[str, Any]]
    symbols: Mapping[str, Symbol]
    thresholds: Mapping[str, Threshold]
    known_values: tuple[KnownValue, ...]
    ignored_sheets: tuple[SheetToIgnore, ...]
    severities: Mapping[str, tuple[Severity, str]]
    expected_lag_days: int
    frequency_months: float
    parser: ParserChoice
    files_not_read: tuple[FileNotRead, ...] = ()
    disclosure: tuple[Disclosure, ...] = ()
    measure_labels: Mapping[str, MeasureLabel] = field(default_factory=dict)
    null_shares: Mapping[str, Threshold] = field(default_factory=dict)
    not_covered: tuple[NotCovered, ...] = ()
    returns_due: ReturnsDue | None = None
    without_rows: WithoutRows | None = None
    carried_forward: tuple[CarriedForward, ...] = ()
    negative_counts: bool = False
    answers_of_at_most: RecordLimit | None = None
    reissues_without_notice: str = ""
    published_on: date | None = None
    side_by_side: tuple[str, ...] = ()
    statements: Statements | None = None
    places: Mapping[str, NamedPlace] = field(default_factory=dict)
    reason_not_read: str = ""
    acquisition: Acquisition | None = None
    reading_sha256: str = ""
    document: Mapping[str, Any] = field(repr=False, default_factory=dict)

    @property
    def stale_after_days(self) -> int:
        """Days after the last day of the newest period at which a source is late: expected lag and one cycle (X-02)."""
        return self.expected_lag_days + round(self.frequency_months * DAYS_PER_MONTH)

    def symbols_of(self, table: Table) -> Mapping[str, Symbol]:
        """Marks by case-folded text, as they are read in a table."""
        return self.symbols if table.symbols is None else table.symbols

    def table(self, name: str) -> Table:
        """The table of that name.

        Raises:
            KeyError: The contract has no such table.
        """
        for table in self.tables:
            if table.name == name:
                return table
        raise KeyError(f"{self.file.name} has no table {name!r}")

    def disclosure_of(self, table: str, measure: str) -> Disclosure | None:
        """How small counts of a measure are treated in a table; None if the contract does not say."""
        return next((entry for entry in self.disclosure if entry.concerns(table, measure)), None)

    @property
    def not_read_because(self) -> str | None:
        """Why no file of this source is read; None for a source that is read."""
        if self.status == "active":
            return None
        return self.reason_not_read or f"its contract is a {self.status}"

    @property
    def printed_measures(self) -> frozenset[str]:
        """Every measure that a column or a label of a row names."""
        columns = {column.measure for table in self.tables for column in table.figures}
        return frozenset(columns.union(*(entry.measures for entry in self.measure_labels.values())))

    @cached_property
    def row_keys(self) -> Mapping[str, Collection[str]]:
        """Labels that rows may have, by the name under which a table's `populations` ask for them (`keysOf`)."""
        options = {name: value for name, value in self.parser.options.items() if isinstance(value, Mapping)}
        return {**options, "measureLabels": self.measure_labels}

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """All declared rules of all tables."""
        return tuple(rule for table in self.tables for rule in table.rules)

    def ignores_sheet(self, name: str, title: str = "") -> SheetToIgnore | None:
        """The reason for which a sheet of this name or first text is not read, or None when it is unknown."""
        return next((ignored for ignored in self.ignored_sheets if ignored.covers(name, title)), None)
