"""Parsing and checking one release, storing nothing.

Belongs here: from the cells of a file to its figures, its results and the facts about it. Does not belong here: what
is stored (`validated`), and rules and parsers themselves.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import fields
from typing import TYPE_CHECKING

from civic_assets.answers.inspection import FoundTable
from civic_assets.contracts.model import Contract
from civic_assets.contracts.waivers import Waiver
from civic_assets.layers.facts import (
    CodeCounts,
    NoteFact,
    NoteMarkFact,
    ReleaseFacts,
    StatementFact,
    WaivedFailure,
)
from civic_assets.parsing.release_date import stated_release_date
from civic_assets.quality.analyses.area_codes import area_codes_of
from civic_assets.readers.grid import Grid

if TYPE_CHECKING:
    import pyarrow as pa

    from civic_assets.parsing.observations import Note
    from civic_assets.parsing.statements import Statement
    from civic_assets.parsing.table_finder import FoundTables
    from civic_assets.quality.framework.release import FileFacts, ReleaseView
    from civic_assets.quality.framework.results import Assessment, Failures
    from civic_assets.values.periods import Period


def examine(
    contract: Contract,
    release: str,
    file: FileFacts,
    grid: Grid,
    found: FoundTables,
    history: Mapping[str, pa.Table],
    *,
    issues: Mapping[str, pa.Table] | None = None,
    waivers: Sequence[Waiver] = (),
    tracebacks: Sequence[str] = (),
    judge: Callable[[Contract, pa.Table], Failures] | None = None,
) -> tuple[Assessment, pa.Table | None, ReleaseFacts]:
    """Parse and check a release, storing nothing. There is an assessment even if the parser or a rule fails.

    Args:
        contract: The contract of the source.
        release: Its partition key.
        file: What is known of the bytes.
        grid: Their cells.
        found: The contract's tables in it.
        history: Observations of earlier releases.
        issues: Observations of earlier issues of the edition.
        waivers: Decisions that concern the release.
        tracebacks: Tracebacks of what failed before.
        judge: What runs the contract's predicates; see `civic_assets.quality.framework.rule.ReleaseView`.

    Returns:
        The assessment, the observations (None when the release cannot be parsed), and facts about the file.
    """
    from civic_assets.parsing.claims import parsed_or_why
    from civic_assets.quality.framework.release import ReleaseView
    from civic_assets.quality.run import assess

    parsed, found, stopped = parsed_or_why(grid, found, contract)
    if parsed is not None:
        # A parser may see differences within the rows, such as a measure unknown to the contract.
        found = parsed.found
    under = ReleaseView(contract, release, file, grid, found, parsed, history, issues or {}, waivers, judge)
    assessment = assess(under)
    observations = parsed.observations if parsed else None
    about = ReleaseFacts(
        tables=tuple(
            FoundTable(name, block.sheet.name, block.title_locator, len(block.rows), block.hidden())
            for name, block in found.blocks.items()
        ),
        drift=tuple(drift.as_answer() for drift in found.drift),
        row_kinds=dict(parsed.row_kinds) if parsed else {},
        synthetic=bool(parsed and parsed.synthetic),
        published_on=stated.isoformat() if (stated := stated_release_date(grid)) else None,
        rows=observations.num_rows if observations is not None else 0,
        disputed=len(assessment.disputed),
        waived=tuple(
            WaivedFailure(waiver, result.check_id, result.message)
            for waiver, result in assessment.waived_blocks
        ),
        area_codes=_area_codes(under) if parsed else {},
        tracebacks=(*tracebacks, *stopped, *assessment.tracebacks),
        notes=tuple(_note(note) for note in _notes(under)),
        statements=tuple(_statement(statement) for statement in (parsed.statements if parsed else ())),
    )
    return assessment, observations, about


def _area_codes(release: ReleaseView) -> dict[str, CodeCounts]:
    from civic_assets.harmonise.areas.code_status import counts

    return {how: CodeCounts(**numbers) for how, numbers in counts(release.derived(area_codes_of)).items()}


def _notes(release: ReleaseView) -> Sequence[Note]:
    """Notes that the parser states and all others of the file, each cell once; none if it could not be parsed."""
    if release.parsed is None:
        return ()
    from civic_assets.quality.analyses.publisher_notes import publisher_notes_of

    stated = release.parsed.notes
    own = {note.locator for note in stated}
    return [*stated, *(note for note in release.derived(publisher_notes_of).notes if note.locator not in own)]


def _note(note: Note) -> NoteFact:
    marks = [
        NoteMarkFact(
            mark.locator, mark.table, mark.place, list(mark.areas), list(mark.measures), _spans(mark.periods)
        )
        for mark in note.marks
    ]
    return NoteFact(
        note.locator,
        note.text,
        list(note.areas),
        _spans(note.periods),
        note.kind,
        note.number,
        note.caption,
        marks,
    )


def _spans(periods: Sequence[Period]) -> list[str]:
    return [f"{period.start}/{period.end}" for period in periods]


def _statement(statement: Statement) -> StatementFact:
    span = statement.span
    words = {one.name: getattr(statement, one.name) for one in fields(statement) if one.name != "span"}
    return StatementFact(
        **words,
        span=span.words if span else None,
        span_start=span.start.isoformat() if span else None,
        span_end=span.end.isoformat() if span else None,
    )
