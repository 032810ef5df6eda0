"""Whether two published figures may be compared: looks both up in the read model and judges them.

Belongs here: from the name of a series to its figure, with all facts that the verdict needs. Does not belong here: the
judgement (`civic_assets.harmonise.comparability.verdict`) and printing (`civic_assets.cli.compare`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from civic_assets.answers.comparison import (
    ComparedSeries,
    Comparison,
    ComparisonOffer,
    Operations,
    SharedPeriod,
)
from civic_assets.answers.figure import PublishedFigure
from civic_assets.contracts.model import Contract
from civic_assets.errors import AmbiguousFigure, NotPublished, UsageError
from civic_assets.harmonise.areas.register import AreaFacts, AreaRegister
from civic_assets.harmonise.comparability.compared_figure import (
    ComparedFigure,
    ages_of_group,
    kind_by_length,
)
from civic_assets.harmonise.comparability.publisher_notes import about
from civic_assets.harmonise.comparability.verdict import judge, offer_instead
from civic_assets.harmonise.figures.names import TOTAL, FigureName, days_of, figure_name, id_parts
from civic_assets.harmonise.measures.vocabulary import Measure, measure_of
from civic_assets.harmonise.notes.kinds import FigureTraits
from civic_assets.harmonise.time.alignment import jaccard, relation
from civic_assets.layers.store import Store
from civic_assets.publish.queries.area_words import areas_called
from civic_assets.publish.queries.figure_query import FigureQuery, asked
from civic_assets.publish.queries.figure_words import row_of, row_of_text
from civic_assets.publish.read_model.areas import published_register
from civic_assets.publish.read_model.locate import issue_of_row
from civic_assets.publish.read_model.notes import effects
from civic_assets.values.periods import LENGTHS, Period, PeriodKind, Statistic

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.harmonise.notes.figures import NoteEffect


def compare(store: Store, contracts: Mapping[str, Contract], first: str, second: str) -> Comparison:
    """Verdict and reasons for each operation on two series.

    An unpublished figure is judged by what its source publishes of the series, and the answer says so.

    Args:
        store: Store with a publication.
        contracts: Contracts of all sources.
        first: Name or id of the first figure.
        second: Name or id of the second figure.

    Raises:
        UsageError: A name is invalid, its source or measure is unknown, or nothing is published in the store.
        AmbiguousFigure: A name matches several published figures.
    """
    from civic_assets.publish.read_model.connection import open_read_model

    with open_read_model(store) as connection:
        register = published_register(connection)
        known = effects(connection)
        a, b = (
            _with_notes(_read(connection, register, text, contracts), known, register)
            for text in (first, second)
        )
        common = _common_periods(connection, a, b)
    verdicts = judge(a, b, register, common)
    offer = offer_instead(a, b)
    return Comparison(
        series=(_shown(a), _shown(b)),
        periods=SharedPeriod(
            overlap_days=a.period.overlap_days(b.period),
            relation=str(relation(a.period, b.period)),
            jaccard=round(jaccard(a.period, b.period), 4),
        ),
        operations=Operations(
            **{str(operation): verdict.as_answer() for operation, verdict in verdicts.items()}
        ),
        offer=ComparisonOffer(offer.text, offer.value) if offer else None,
    )


def _with_notes(
    figure: ComparedFigure, known: Sequence[NoteEffect], register: AreaRegister
) -> ComparedFigure:
    code = figure.area.code
    within = tuple(register.above(code))
    traits = FigureTraits(figure.statistic, figure.unit, code, figure.value)
    notes = about(known, figure.source, figure.measure, code, figure.release, within, traits)
    return replace(figure, notes=notes)


def _read(
    connection: DuckDBPyConnection, register: AreaRegister, text: str, contracts: Mapping[str, Contract]
) -> ComparedFigure:
    """The series that a text names; if the figure is not published, what its source publishes of the series."""
    by_id = id_parts(text.strip()) is not None
    wanted = None if by_id else asked(text)
    if wanted is not None:
        wanted = _in_vocabulary(wanted, contracts)
    try:
        row = row_of_text(connection, text) if wanted is None else row_of(connection, wanted)
    except NotPublished:
        days = days_of(wanted.period) if wanted else None
        if wanted is None or days is None or wanted.release is not None:
            raise
        breakdown = TOTAL if wanted.breakdown is None else wanted.breakdown
        name = FigureName(
            wanted.source or "", wanted.measure, wanted.area, *days, breakdown, wanted.unit, wanted.statistic
        )
        return _unpublished(connection, register, name, _definition(wanted, contracts))
    return _published(register, issue_of_row(connection, row).figure)


def _in_vocabulary(wanted: FigureQuery, contracts: Mapping[str, Contract]) -> FigureQuery:
    """The query with source and measure spelt as in the vocabulary; raises an error if either is unknown."""
    source = next((name for name in contracts if name == (wanted.source or "").lower()), None)
    if source is None:
        near = get_close_matches(wanted.source or "", contracts, 1)
        hint = f"; did you mean {near[0]}?" if near else f"; choose one of {', '.join(sorted(contracts))}"
        raise UsageError(f"There is no source {wanted.source!r}{hint}")
    measure = wanted.measure
    if measure_of(measure, source) is None:
        measure = "_".join(measure.lower().split())
    wanted = replace(wanted, source=source, measure=measure)
    _definition(wanted, contracts)
    return wanted


def _definition(wanted: FigureQuery, contracts: Mapping[str, Contract]) -> Measure:
    definition = measure_of(wanted.measure, wanted.source or "")
    if definition is None:
        from civic_assets.parsing.contract_schema import measure_vocabulary

        near = get_close_matches(wanted.measure, measure_vocabulary(), 3)
        hint = f"; did you mean {' or '.join(near)}?" if near else "; see catalogue.measures"
        raise UsageError(f"No measure is called {wanted.measure!r}{hint}")
    return definition


# The closest figure of the measure from the same source: the same area first, then the same length of period.
_SIBLING = """
SELECT area_code, area_name, area_type, partnership_code, period_kind, statistic, unit, release
FROM harmonised.observations
WHERE source = $source AND measure = $measure AND ($unit IS NULL OR unit = $unit)
ORDER BY area_code = $area DESC, breakdown = $breakdown DESC,
    abs((period_end - period_start) - $days), unit = 'count' DESC, statistic = 'change', release_order DESC, area_code
LIMIT 1"""


def _published(register: AreaRegister, row: PublishedFigure) -> ComparedFigure:
    definition = measure_of(row.measure, row.source)
    if definition is None:
        raise UsageError(f"No measure is called {row.measure!r}; see catalogue.measures")
    return ComparedFigure(
        name=row.name,
        source=row.source,
        measure=row.measure,
        definition=definition,
        area=_area(register, row.area_code, row.area_name, row.area_type),
        ground=_ground(register, row.area_code, row.partnership_code),
        period=Period(row.period_start, row.period_end, row.period_kind),
        statistic=row.statistic,
        unit=row.unit,
        breakdown=row.breakdown,
        ages=ages_of_group(definition, row.breakdown),
        release=row.release,
        value=row.value,
        status=row.status,
        quality=row.quality,
        corrected_value=row.corrected_value,
        correction_id=row.correction_id,
    )


def _unpublished(
    connection: DuckDBPyConnection, register: AreaRegister, name: FigureName, definition: Measure
) -> ComparedFigure:
    name = replace(name, area=_published_area(connection, name))
    wanted = {
        "source": name.source, "measure": name.measure, "breakdown": name.breakdown, "area": name.area,
        "unit": name.unit, "days": (name.end - name.start).days,
    }  # fmt: skip
    sibling = _one(connection, _SIBLING, wanted)
    same_area = sibling and name.area == sibling["area_code"]
    kind = kind_by_length(name.start, name.end)
    if sibling:
        shortest, longest = LENGTHS[PeriodKind(sibling["period_kind"])]
        if shortest <= (name.end - name.start).days <= longest:
            kind = PeriodKind(sibling["period_kind"])
    code = sibling["area_code"] if sibling and same_area else _code(register, name)
    statistic = Statistic(sibling["statistic"]) if sibling else definition.statistic or Statistic.FLOW
    unit = sibling["unit"] if sibling else name.unit or _unit(definition)
    return ComparedFigure(
        name=str(replace(name, area=code, unit=unit, statistic=str(statistic))),
        source=name.source,
        measure=name.measure,
        definition=definition,
        area=_area(register, code, sibling["area_name"], sibling["area_type"])
        if sibling and same_area
        else _area(register, code),
        ground=_ground(register, code, sibling["partnership_code"]) if sibling and same_area else None,
        period=Period(name.start, name.end, kind),
        statistic=statistic,
        unit=unit,
        breakdown=name.breakdown,
        ages=ages_of_group(definition, name.breakdown),
        # Taken from another figure of the area: geography and classes are those of that release.
        release=sibling["release"] if sibling and same_area else None,
        published=False,
    )


def _published_area(connection: DuckDBPyConnection, name: FigureName) -> str:
    """Code of the area for which the source publishes the measure; the text as written if there is none.

    Raises:
        AmbiguousFigure: Several areas have that name.
    """
    ranks = areas_called(connection, name.measure, name.area)
    meant = [code for code, rank in ranks.items() if rank == min(ranks.values())]
    rows = connection.execute(
        """SELECT area_code, max_by(area_name, release_order) FROM harmonised.observations
        WHERE source = ? AND measure = ? AND area_code IN (SELECT unnest(?::VARCHAR[])) GROUP BY ALL ORDER BY ALL""",
        [name.source, name.measure, meant],
    ).fetchall()
    if len(rows) > 1:
        listed = " and ".join(f"{called} ({code})" for code, called in rows)
        raise AmbiguousFigure(
            f"{len(rows)} areas are called {name.area!r}: {listed}. Give a code, or one of these names:",
            [str(replace(name, area=code)) for code, _ in rows],
        )
    return str(rows[0][0]) if rows else name.area


def _unit(definition: Measure) -> str:
    """Unit of a measure without published figures: a count, unless it is always a rate."""
    return next(iter(definition.rates), "count") if definition.statistic is Statistic.RATE else "count"


def _code(register: AreaRegister, name: FigureName) -> str:
    """Code of an area requested by a name or code for which the source publishes nothing."""
    if register.find(name.area) is not None:
        return name.area
    named = register.by_name(name.area, None, name.start)
    return named[0].code if len(named) == 1 else name.area


def _area(register: AreaRegister, code: str, name: str | None = None, type: str | None = None) -> AreaFacts:
    """Facts about an area; of one that the register lacks, what the source publishes."""
    return register.find(code) or AreaFacts(code, name or code, type or "area")


def _ground(register: AreaRegister, code: str, partnership: str | None) -> AreaFacts | None:
    """The partnership whose ground a figure covers, where that is not the ground of the printed area."""
    ground = register.counted_ground(code, partnership)
    return None if ground == code else register.find(ground)


def _common_periods(connection: DuckDBPyConnection, a: ComparedFigure, b: ComparedFigure) -> int:
    """Number of disjoint periods for which both series have a value."""
    from civic_assets.quality.rules.periods import most_disjoint

    periods = []
    for series in (a, b):
        rows = connection.execute(
            """SELECT DISTINCT period_start, period_end FROM harmonised.latest WHERE source = ? AND measure = ?
            AND area_code = ? AND breakdown = ? AND unit = ? AND statistic = ? AND value IS NOT NULL""",
            [
                series.source,
                series.measure,
                series.area.code,
                series.breakdown,
                series.unit,
                str(series.statistic),
            ],
        ).fetchall()
        periods.append({(start, end) for start, end in rows})
    kind = a.period.kind
    return most_disjoint(Period(start, end, kind) for start, end in periods[0] & periods[1])


def _one(connection: DuckDBPyConnection, sql: str, parameters: Mapping[str, Any]) -> dict[str, Any] | None:
    cursor = connection.execute(sql, dict(parameters))
    names = [column[0] for column in cursor.description or ()]
    rows = cursor.fetchall()
    return dict(zip(names, rows[0], strict=True)) if rows else None


def _shown(series: ComparedFigure) -> ComparedSeries:
    """A series in the form used in answers."""
    return ComparedSeries(
        name=series.name,
        figure_id=figure_name(series.name).figure_id,
        source=series.source,
        measure=series.measure,
        unit_of_count=series.definition.unit_of_count,
        definition=series.definition.definition,
        area_code=series.area.code,
        area_name=series.area.name,
        area_type=series.area.type,
        period_start=series.period.start,
        period_end=series.period.end,
        period_kind=series.period.kind,
        statistic=series.statistic,
        unit=series.unit,
        breakdown=series.breakdown,
        ages=str(series.ages) if series.ages else None,
        release=series.release,
        published=series.published,
        value=series.value,
        status=series.status,
        quality=series.quality,
        corrected_value=series.corrected_value,
        correction_id=series.correction_id,
    )
