"""The text of a first contract: what a file shows, and a question where only a person can decide.

Belongs here: the lines of the contract from top to bottom. Does not belong here: finding what a file shows (`table`,
`roles`), and the table in the contract (`table_text`).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from civic_assets.contracts.open_questions import OPEN
from civic_assets.scaffold.roles import Roles
from civic_assets.scaffold.table import ShownColumn, ShownTable
from civic_assets.scaffold.table_text import named_figures, table_lines
from civic_assets.scaffold.words import question, quoted

_STATUSES = "suppressed, not_available, not_applicable, low"
# What is usual, to be judged by anyone who knows the source: a file with twice as many cells without a value, ...
_TWICE, _FEWEST_SHARE, _RELEASES = 2, 0.05, 4


@dataclass(frozen=True, slots=True)
class Sizes:
    """Bytes and figures of the file and of its fixture, and the largest share of a column without a number."""

    file_bytes: int
    fixture_bytes: int
    file_figures: int
    fixture_figures: int
    absent: float


def contract_text(source: str, table: ShownTable, roles: Roles, sizes: Sizes) -> str:
    """A first contract.

    Args:
        source: Name of the source.
        table: The table that was shown.
        roles: What its columns are for.
        sizes: Sizes of the file and of the fixture.
    """
    lines = [
        *_head(source, table),
        "",
        "schema:",
        *table_lines(source, table, roles),
        "",
        "customProperties:",
        *_publisher(),
        *_measures(source, roles),
        *_disclosure(),
        *_marks(roles.figures),
        *_sheets(table),
        *_thresholds(sizes),
    ]
    return "\n".join(lines) + "\n"


def _head(source: str, table: ShownTable) -> Iterator[str]:
    yield f"# A first contract, written by 'civic-assets new-source' from {table.grid.file}."
    yield f"# Each question begins with {OPEN}. Answer it in the line below it, and remove the comment; then run:"
    yield f"# civic-assets contract {source}.odcs.yaml"
    yield "apiVersion: v3.1.0"
    yield "kind: DataContract"
    yield f"id: {source.replace('_', '-')}"
    yield f"name: {source}"
    yield "version: 1.0.0"
    yield "status: active"
    yield "description:"
    yield from question("What are the figures, for which areas, periods and groups? One sentence.", 2)
    yield f"  purpose: {OPEN}"
    yield from question(
        "What do the figures not say? For example: offences recorded by the police, not crimes committed.", 2
    )
    yield f"  limitations: {OPEN}"
    yield from question("What may a reader do with them? For example: quarters may be added to years.", 2)
    yield f"  usage: {OPEN}"
    yield "team:"
    yield "  members:"
    yield from question("Who answers for this contract? An e-mail address.", 4)
    yield f"    - {{username: {OPEN}, role: owner}}"
    yield "servers:"
    yield "  - {server: tables, type: local, path: '${CIVIC_TABLES}/{model}.csv', format: csv}"
    yield "slaProperties:"
    yield from question("How many months are there from one release to the next?", 2)
    yield f"  - {{id: release-frequency, property: frequency, value: {OPEN}, unit: month, driver: analytics}}"
    yield from question("How many days after the end of a period does the publisher usually release it?", 2)
    yield f"  - {{id: release-latency, property: latency, value: {OPEN}, unit: d, driver: analytics}}"


def _publisher() -> Iterator[str]:
    yield "  - property: publisher"
    yield "    value:"
    for key, text in (
        ("name", "Who publishes the file?"),
        ("licence", "Under which licence? For example: Open Government Licence v3.0."),
        ("legalBasis", "On what legal basis may we hold it? For example: published statistics."),
        ("sharingAgreement", "Is there an agreement about sharing it? Write none if there is none."),
    ):
        yield from question(text, 6)
        yield f"      {key}: {OPEN}"
    yield "  - property: release"
    yield "    value:"
    yield "      edition: the latest period of the file"
    yield from question("How often does a release appear? For example: yearly, in May.", 6)
    yield f"      cadence: {OPEN}"


def _measures(source: str, roles: Roles) -> Iterator[str]:
    figures = named_figures(source, roles)
    yield "  - property: measures"
    yield "    value:"
    for measure in dict.fromkeys(one.measure for one in figures):
        own = [one for one in figures if one.measure == measure]
        counts = [one for one in own if not one.rate]
        yield f"      {measure}:"
        header = (counts or own)[0].column.header
        yield from question(
            f"What does {header!r} count? Say in one sentence what is counted, and what is not. Look in "
            "vocabularies/measures.yaml first: a measure that is there already needs no entry here.",
            8,
        )
        yield f"        definition: {OPEN}"
        yield from question(
            "What is one of it? For example: persons, offences, incidents, episodes, households.", 8
        )
        yield f"        unit_of_count: {OPEN}"
        if rates := [one for one in own if one.rate]:
            yield from question(
                "What is the rate divided by? A name under 'denominators' of vocabularies/measures.yaml, such as "
                "residents or pupils; 'unstated' where the publisher does not say.",
                8,
            )
            pairs = ", ".join(f"{unit}: {OPEN}" for unit in dict.fromkeys(one.unit for one in rates))
            yield f"        rates: {{{pairs}}}"


def _disclosure() -> Iterator[str]:
    yield "  - property: disclosure"
    yield "    value:"
    yield from question(
        "What does the publisher do so that nobody can be recognised from a small count? Write suppressed (with "
        "'lowest' and 'highest', the counts that are hidden) or unsuppressed, and how you know.",
        6,
    )
    yield f"      - {{practice: {OPEN}, because: {OPEN}}}"


def _marks(figures: tuple[ShownColumn, ...]) -> Iterator[str]:
    marks = dict.fromkeys(mark for column in figures for mark in column.marks)
    if not marks:
        return
    yield "  - property: symbols"
    yield "    value:"
    for mark in marks:
        number = sum(column.marks.get(mark, 0) for column in figures)
        shown = repr(mark) if mark else "an empty cell"
        cells = "1 cell" if number == 1 else f"{number:,} cells"
        yield from question(
            f"What does the publisher say that {shown} ({cells}) stands for? The status is one of {_STATUSES}. If "
            "nobody says, ask the publisher; do not guess.",
            6,
        )
        yield f"      - {{mark: {quoted(mark)}, status: {OPEN}, meaning: {OPEN}}}"


def _sheets(table: ShownTable) -> Iterator[str]:
    if not table.other_sheets:
        return
    yield "  - property: ignoredSheets"
    yield "    value:"
    for name in table.other_sheets:
        yield from question(f"What is on the sheet {name.strip()!r}, and why is it not read?", 6)
        yield f"      - {{name: {quoted(_as_pattern(name))}, because: {OPEN}}}"


def _as_pattern(name: str) -> str:
    import re

    from civic_assets.values.cells import label

    return re.escape(label(name)).replace("\\ ", " ").replace("\\-", "-")


def _thresholds(sizes: Sizes) -> Iterator[str]:
    fewest, most = sizes.fixture_figures, sizes.file_figures * _RELEASES
    shown = f"{sizes.file_figures:,} figures"
    least = min(sizes.fixture_bytes, sizes.file_bytes) // 2
    share = max(_FEWEST_SHARE, min(1.0, round(sizes.absent * _TWICE, 2)))
    yield "  - property: thresholds"
    yield "    value:"
    yield _threshold("minimum_bytes", max(1, least), "half of the first file or its fixture (house rule)")
    yield from question(
        f"How few figures can a release have? The fixture has {fewest}, the first file {shown}.", 6
    )
    yield _threshold("figures_least", fewest, "the figures of the fixture (E-01)")
    yield from question("How many figures can a release have?", 6)
    yield _threshold("figures_most", most, f"four times the first file, which has {shown} (E-02)")
    because = (
        f"in the first file and its fixture at most {sizes.absent:.1%} of a column have no value; twice as many "
        "would be unusual (house rule)"
    )
    yield _threshold("null_share", share, because)
    because = "beyond one in twenty the file is not what its headers say (house rule)"
    yield _threshold("disputed_share", 0.05, because)


def _threshold(name: str, value: float, because: str) -> str:
    return f"      - {{name: {name}, value: {value}, because: {quoted(because)}}}"
