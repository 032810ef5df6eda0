"""What is different between two publications, figure by figure.

Belongs here: comparing the newest figures of two read models. Does not belong here: making a past read model
(`rebuild`), and revisions between releases (`read_model.revised`), which are kept in each publication.

Compared is `harmonised.latest`: of each series and period, the figure of its newest release. A figure is the same one
if source, measure, area, breakdown, unit, statistic and period are the same.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from civic_assets.answers.changes import ChangeCount, ChangedFigure, PublicationChanges
from civic_assets.layers.store import Store
from civic_assets.publish.read_model.connection import open_read_model, rows_of
from civic_assets.tables.atomic import temporary_path
from civic_assets.tables.duckdb_connection import connect

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_KEY = (
    "source", "measure", "area_code", "breakdown", "unit", "statistic", "period_start", "period_end",
)  # fmt: skip
_SHOWN = "area_name, value, status, quality, release"
_FIGURES = f"SELECT {', '.join(_KEY)}, {_SHOWN} FROM harmonised.latest"
# In this order: a figure that is suppressed has no value any more, and one that is disputed may have been revised.
_CHANGES = f"""CREATE TEMP TABLE changes AS
SELECT CASE WHEN earlier.source IS NULL THEN 'new'
    WHEN later.source IS NULL THEN 'withdrawn'
    WHEN later.status = 'suppressed' AND earlier.status IS DISTINCT FROM 'suppressed' THEN 'newly_suppressed'
    WHEN later.quality = 'disputed' AND earlier.quality <> 'disputed' THEN 'newly_disputed'
    WHEN earlier.value IS DISTINCT FROM later.value THEN 'revised'
    ELSE 'reclassified' END AS kind,
    {", ".join(f"coalesce(later.{name}, earlier.{name}) AS {name}" for name in (*_KEY, "area_name"))},
    earlier.value AS value_before, later.value AS value_after,
    earlier.status AS status_before, later.status AS status_after,
    earlier.quality AS quality_before, later.quality AS quality_after,
    earlier.release AS release_before, later.release AS release_after
FROM earlier FULL JOIN later ON {" AND ".join(f"earlier.{name} IS NOT DISTINCT FROM later.{name}" for name in _KEY)}
WHERE earlier.source IS NULL OR later.source IS NULL OR earlier.value IS DISTINCT FROM later.value
    OR earlier.status IS DISTINCT FROM later.status OR earlier.quality IS DISTINCT FROM later.quality"""
_COLUMNS = """kind, source, measure, area_code, area_name, breakdown, unit, statistic, period_start, period_end,
    value_before, value_after, status_before, status_after, quality_before, quality_after, release_before,
    release_after"""
_IN_ORDER = (
    f"SELECT {_COLUMNS} FROM changes ORDER BY source, measure, area_code, breakdown, unit, statistic, "
)
_IN_ORDER += "period_start, period_end"


def figure_changes(
    store: Store, before: tuple[int, Store], after: tuple[int, Store], *, most: int, csv: Path | None = None
) -> PublicationChanges:
    """Compare two publications.

    Args:
        store: The store that was asked.
        before: Number of the one publication, and the store that holds its read model.
        after: The same of the other.
        most: Most figures that are listed in the answer.
        csv: File for all of them, with a header; replaced at once.
    """
    earlier, later = (_figures(one) for _, one in (before, after))
    with connect() as connection:
        connection.register("earlier", earlier)
        connection.register("later", later)
        connection.execute(_CHANGES)
        counts = rows_of(
            connection,
            "SELECT source, kind, count(*) AS figures FROM changes GROUP BY source, kind ORDER BY source, kind",
        )
        figures = rows_of(connection, f"{_IN_ORDER} LIMIT ?", [most])
        if csv is not None:
            _write(connection, csv)
    return PublicationChanges(
        store=str(store.root),
        before=before[0],
        after=after[0],
        figures_before=earlier.num_rows,
        figures_after=later.num_rows,
        counts=tuple(ChangeCount(**one) for one in counts),
        figures=tuple(_figure(one) for one in figures),
        csv=str(csv) if csv is not None else None,
    )


def _figures(store: Store) -> Any:
    with open_read_model(store) as connection:
        return connection.sql(_FIGURES).to_arrow_table()


def _figure(row: dict[str, Any]) -> ChangedFigure:
    days = {name: row[name].isoformat() for name in ("period_start", "period_end")}
    return ChangedFigure(**(row | days))


def _write(connection: DuckDBPyConnection, csv: Path) -> None:
    temporary = temporary_path(csv.parent)
    try:
        connection.execute(f"COPY ({_IN_ORDER}) TO '{_quoted(temporary)}' (FORMAT csv, HEADER)")
        temporary.replace(csv)
    finally:
        temporary.unlink(missing_ok=True)


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
