"""The figures that are exported, with their sources, notes and publication.

Belongs here: from a user's words to rows of the newest published figures. Does not belong here: what a word can mean
(`civic_assets.publish.queries.selection`), notes (`notes`), and files (`flat_files`, `workbook`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from typing import TYPE_CHECKING

from civic_assets.answers.export import ExportedSource
from civic_assets.errors import NotPublished, UsageError
from civic_assets.export.notes import Note, mark_notes
from civic_assets.harmonise.figures.names import NAME_SQL
from civic_assets.house_numbers.display import CHOICES_OF_A_NAME
from civic_assets.publish.queries.selection import Selection, select
from civic_assets.publish.site.titles import title_of
from civic_assets.values.cells import label
from civic_assets.values.period_words import spoken
from civic_assets.values.periods import PeriodKind

if TYPE_CHECKING:
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

_SELECTED = (
    "source", "release", "measure", "area_code", "area_name", "area_type", "period_start", "period_end", "period_kind",
    "statistic", "breakdown", "unit", "value", "status", "quality", "value_text", "source_sha256", "locator",
    "partnership_code", "parent_code", "table_id", "synthetic", "corrected_value", "correction_id", "figure_id",
)  # fmt: skip
_OPEN_LICENCE = "Open Government Licence v3.0"


@dataclass(frozen=True, slots=True)
class Asked:
    """What is exported, in the user's words; an empty part is any.

    Args:
        areas: Codes or names of areas.
        measures: Measures, in any case.
        sources: Sources, in any case.
    """

    areas: Sequence[str] = ()
    measures: Sequence[str] = ()
    sources: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Chosen:
    """The figures, which stay in DuckDB, and what holds for all of them.

    Args:
        connection: Connection to the read model; `rows` can be asked for while it is open.
        title: What was asked for, in words.
        figures: Number of figures.
        without_value: Number of those that have no value.
        disputed: Number of those that are disputed.
        sources: Sources, by name.
        notes: Notes about any of the figures, by number; `rows` has the numbers.
        publication: Hash of the publication.
        number: Its number in the store.
        newest: Day on which the newest of the releases was available, as far as is known, or else the day after the
            newest period; the same for the same publication, and shown to nobody as a fact.
        measures: Definition of each measure, and what it counts; empty if the vocabulary has none.
    """

    connection: DuckDBPyConnection
    title: str
    figures: int
    without_value: int
    disputed: int
    sources: tuple[ExportedSource, ...]
    notes: Mapping[int, Note]
    publication: str
    number: int
    newest: date
    measures: Mapping[str, tuple[str, str]]

    @property
    def synthetic(self) -> bool:
        """Whether any figure is from a synthetic sample."""
        return any(one.synthetic for one in self.sources)

    def rows(self) -> pa.RecordBatchReader:
        """The figures by source, measure, area, group and period.

        Columns: figure (full name with the release), figure_id, source, publisher, licence, release, measure,
        area_code, area_name, area_type, period (in words), period_start, period_end (day after the last), period_kind,
        statistic, breakdown, unit, value, corrected_value, correction_id, status, quality, value_text, notes and own
        (numbers in `Chosen.notes`), locator, source_sha256, synthetic, publication.
        """
        return self.connection.sql(_ROWS, params=[self.publication]).to_arrow_reader(1 << 16)


def choose(connection: DuckDBPyConnection, asked: Asked) -> Chosen:
    """The newest published figures that somebody asks for.

    Args:
        connection: Connection to a read model.
        asked: What is asked for.

    Raises:
        UsageError: Nothing is asked for.
        NotPublished: A word is not in use, or there is no figure of all that is asked for; the sentence says which.
        AmbiguousFigure: Several areas have a name; `choices` has their codes.
    """
    import pyarrow as pa

    if not (asked.areas or asked.measures or asked.sources):
        raise UsageError("Say what to export: give --area, --measure or --source, or several of them.")
    sources = _sources(connection, asked.sources)
    table = select(
        connection,
        Selection(
            "harmonised.latest", list(asked.areas) or None, list(asked.measures) or None, None, _SELECTED,
            {"source": sources} if sources else {},
        ),
    )  # fmt: skip
    if not table.num_rows:
        parts = (("of", asked.measures), ("for", asked.areas), ("by", sources))
        words = " ".join(f"{before} {' or '.join(listed)}" for before, listed in parts if listed)
        raise NotPublished(
            f"No newest figure is published {words}. Ask for less at once, or see what there is with: "
            f"civic-assets search {' '.join([*asked.measures, *asked.areas, *sources])}"
        )
    connection.register(
        "chosen", table.append_column("position", pa.array(range(table.num_rows), pa.int64()))
    )
    _word_periods(connection)
    notes = mark_notes(connection)
    used = connection.execute("SELECT DISTINCT unnest(notes) FROM chosen_notes ORDER BY 1").fetchall()
    publication, number = connection.execute(
        "SELECT publication, number FROM catalogue.publication"
    ).fetchone() or ("", 0)
    counted = connection.execute(_COUNTS).fetchone() or (0, 0, 0, date.min)
    return Chosen(
        connection, _title(connection, asked), int(counted[0]), int(counted[1]), int(counted[2]),
        _exported(connection), {at: notes[at] for (at,) in used}, str(publication), int(number), counted[3],
        _measures(connection),
    )  # fmt: skip


def _sources(connection: DuckDBPyConnection, words: Sequence[str]) -> list[str]:
    """Names of sources from words in any case."""
    known = [
        name for (name,) in connection.execute("SELECT source FROM catalogue.sources ORDER BY 1").fetchall()
    ]
    names = {label(name): name for name in known}
    found = []
    for word in words:
        name = names.get("_".join(label(word).replace("-", " ").split()))
        if name is None:
            near = get_close_matches(label(word), known, CHOICES_OF_A_NAME)
            hint = f"Did you mean {' or '.join(near)}?" if near else f"The sources are: {', '.join(known)}."
            raise NotPublished(f"No source is called {word!r}. {hint}")
        found.append(name)
    return found


def _word_periods(connection: DuckDBPyConnection) -> None:
    """Create the temporary table `chosen_periods` with each period in words."""
    import pyarrow as pa

    rows = connection.execute(
        "SELECT DISTINCT period_start, period_end, period_kind FROM chosen ORDER BY ALL"
    ).fetchall()
    names = ("period_start", "period_end", "period_kind")
    columns = {name: [row[at] for row in rows] for at, name in enumerate(names)}
    words = [spoken(start, end, PeriodKind(kind)) for start, end, kind in rows]
    connection.register("chosen_periods", pa.table({**columns, "period": pa.array(words, pa.string())}))


def _exported(connection: DuckDBPyConnection) -> tuple[ExportedSource, ...]:
    rows = connection.execute(
        """SELECT c.source, any_value(s.publisher), any_value(s.licence), list_sort(list(DISTINCT c.release)), count(*),
            bool_or(c.synthetic)
        FROM chosen c LEFT JOIN catalogue.sources s USING (source) GROUP BY c.source ORDER BY c.source"""
    ).fetchall()
    return tuple(
        ExportedSource(
            source, publisher or "", licence or "", _attribution(source, publisher or "", licence or ""),
            tuple(releases), figures, bool(synthetic),
        )
        for source, publisher, licence, releases, figures, synthetic in rows
    )  # fmt: skip


def _attribution(source: str, publisher: str, licence: str) -> str:
    """What to print with the figures of a source; the open licence prescribes its own sentence."""
    said = (
        f"Contains public sector information licensed under the {_OPEN_LICENCE}."
        if licence.startswith(_OPEN_LICENCE)
        else ""
    )
    return f"Source: {publisher or source} ({source}). {said}".strip()


def _measures(connection: DuckDBPyConnection) -> dict[str, tuple[str, str]]:
    rows = connection.execute(
        """SELECT measure, coalesce(definition, ''), coalesce(unit_of_count, '') FROM catalogue.measures
        SEMI JOIN chosen USING (measure) ORDER BY measure"""
    ).fetchall()
    return {measure: (definition, counts) for measure, definition, counts in rows}


def _title(connection: DuckDBPyConnection, asked: Asked) -> str:
    """What was asked for, such as `Burglary in Islington, from ons_csp`."""

    def listed(column: str, words: str, said: bool) -> list[str]:
        if not said:
            return []
        rows = connection.execute(f"SELECT DISTINCT {column} FROM chosen ORDER BY ALL").fetchall()
        names = [str(name) for (name,) in rows]
        return names if len(names) <= CHOICES_OF_A_NAME else [f"{len(names):,} {words}"]

    measures = [title_of(name) for name in listed("measure", "measures", bool(asked.measures))]
    areas = listed("area_name", "areas", bool(asked.areas))
    sources = listed("source", "sources", bool(asked.sources))
    return (
        (", ".join(measures) or "Figures")
        + (f" in {', '.join(areas)}" if areas else "")
        + (f", from {', '.join(sources)}" if sources else "")
    )


_COUNTS = """SELECT count(*), count(*) FILTER (value IS NULL), count(*) FILTER (quality = 'disputed'),
    coalesce((SELECT max(available_from) FROM catalogue.releases SEMI JOIN chosen USING (source, release)),
        max(period_end)) FROM chosen"""

_ROWS = f"""WITH named AS (SELECT *, {NAME_SQL} || '@' || release AS figure FROM chosen)
SELECT figure, figure_id, source, s.publisher, s.licence, release, measure, area_code, area_name, area_type, p.period,
    period_start, period_end, period_kind, statistic, breakdown, unit, value, corrected_value, correction_id, status,
    quality, value_text, coalesce(n.notes, []) AS notes, coalesce(n.own, []) AS own, locator, source_sha256, synthetic,
    ? AS publication
FROM named c
LEFT JOIN (SELECT source, publisher, licence FROM catalogue.sources) s USING (source)
LEFT JOIN chosen_periods p USING (period_start, period_end, period_kind)
LEFT JOIN chosen_notes n USING (position)
ORDER BY position"""
