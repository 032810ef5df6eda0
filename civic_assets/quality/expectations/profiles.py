"""What is published, in numbers: by source, release, table, measure and word, set against the release before.

Belongs here: the tables `quality.profile_*`, aggregated in DuckDB from the read model. Does not belong here: what is
expected of them (`data_contracts/expectations/`) and judging it (`expectations`). Millions of figures are counted where
they are; what leaves DuckDB has a row for each release, table or measure.

The release before is the newest issue of the edition before in the same series of the source (as for rules that look
back). Beyond `FARTHEST` between the newest periods nothing is compared.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from civic_assets.house_numbers.completeness import PROFILE_FIGURES, PROFILE_LARGE_COUNT
from civic_assets.quality.published.publishers_said import PublisherSaid, register_said
from civic_assets.tables.release_names import edition_of, release_sort_key, series_of

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from civic_assets.contracts.model import Contract

LEAST, MOST = "figures_least", "figures_most"
"""Thresholds of a contract: between which numbers the figures of any one of its releases lie."""
FARTHEST = "INTERVAL 3 YEARS"
"""Between the newest periods of two releases: a difference over more years says nothing of the file (a house rule)."""
ROWS = {
    "sources": "newest period",
    "releases": "release",
    "tables": "table",
    "measures": "measure",
    "words": "combination",
}
"""The tables `quality.profile_<name>`, and what a row of each is about."""

# A table with such places is counted from rows of events: an area or a category is in it only when something
# happened, and is not missing when nothing did.
_OF_EVENTS = "('lsoa', 'street_point')"
# A category may name days ("compared_with=2016-04-01/2017-04-01"), which go on with each release.
_CATEGORY = "regexp_replace(breakdown, '[0-9]{4}-[0-9]{2}-[0-9]{2}', '<day>', 'g')"


def create_profiles(
    connection: DuckDBPyConnection,
    contracts: Mapping[str, Contract],
    said: Mapping[str, PublisherSaid] = MappingProxyType({}),
    sources: Collection[str] | None = None,
) -> None:
    """Creates the tables `quality.profile_*`, in which no row of a source depends on the figures of another.

    Args:
        connection: Connection to a read model with `harmonised.observations` and `catalogue.releases`.
        contracts: Contracts by source; they promise how many figures a release has, and how late it may be.
        said: What publishers said of newer files when they were last asked, by source.
        sources: Sources whose rows are made again, in tables that are there, with `catalogue.printed_classes`; None to
            make the tables.

    Columns are described in `docs/reference/expectations.md`. Shares are parts of one. Days are counted from the last
    day of a period to the day on which the newest file of the publication was received, which the archive records: the
    same inputs give the same answer whenever the read model is built.
    """
    chosen = "" if sources is None else f"WHERE source IN ({_listed(sources)})"
    _register_releases(connection, contracts, sources)
    register_said(connection, said)
    # Codes with these beginnings are in some editions only, as the contract says: they are not lost.
    connection.execute("CREATE TEMP TABLE profile_beyond (source VARCHAR, beginning VARCHAR)")
    beyond = [
        [source, code]
        for source, one in contracts.items()
        for entry in one.not_covered
        for code in entry.codes
    ]
    if beyond:
        connection.executemany("INSERT INTO profile_beyond VALUES (?, ?)", beyond)
    connection.execute(f"CREATE TEMP VIEW profile_figures AS FROM harmonised.observations {chosen}")
    for statement in _TEMPORARY:
        connection.execute(statement)
    for table, query in _PROFILES.items():
        if sources is None:
            connection.execute(f"CREATE TABLE {table} AS {query}")
        else:
            connection.execute(f"DELETE FROM {table} {chosen}")
            connection.execute(f"INSERT INTO {table} BY NAME {query}")
    connection.execute(_TIMELINESS)
    connection.execute("DROP VIEW profile_figures")
    for name in ("issues", "groups", "newest", "in_tables", "beyond", "said"):
        connection.execute(f"DROP TABLE profile_{name}")


def _register_releases(
    connection: DuckDBPyConnection, contracts: Mapping[str, Contract], sources: Collection[str] | None
) -> None:
    import pyarrow as pa

    printed = "harmonised.observations" if sources is None else "catalogue.printed_classes"
    published = connection.execute(
        f"""SELECT source, release FROM catalogue.releases
        SEMI JOIN (SELECT DISTINCT source, release FROM {printed}) USING (source, release)
        {"" if sources is None else f"WHERE source IN ({_listed(sources)})"}"""
    ).fetchall()
    places = sorted(published, key=lambda place: (place[0], release_sort_key(place[1])))
    schema = pa.schema(
        [(name, pa.string()) for name in ("source", "release", "edition", "series")]
        + [("place", pa.int32()), (LEAST, pa.int64()), (MOST, pa.int64())]
        + [("least_because", pa.string()), ("most_because", pa.string())]
        + [("allowed_days", pa.int32())]
    )
    rows = [
        {
            "source": source,
            "release": release,
            "edition": edition_of(release),
            "series": series_of(release),
            "place": place,
            **_promises(contracts.get(source)),
        }
        for place, (source, release) in enumerate(places)
    ]
    connection.register("incoming_issues", pa.Table.from_pylist(rows, schema=schema))
    connection.execute("CREATE TEMP TABLE profile_issues AS SELECT * FROM incoming_issues")
    connection.unregister("incoming_issues")


def _listed(texts: Collection[str]) -> str:
    return ", ".join("'" + text.replace("'", "''") + "'" for text in sorted(texts)) or "NULL"


def _promises(contract: Contract | None) -> dict[str, Any]:
    if contract is None:
        return {}
    least, most = contract.thresholds.get(LEAST), contract.thresholds.get(MOST)
    return {
        LEAST: None if least is None else int(least.value),
        MOST: None if most is None else int(most.value),
        "least_because": least.because if least else None,
        "most_because": most.because if most else None,
        "allowed_days": contract.stale_after_days,
    }


# One row for each release, table, measure, unit, statistic and kind of period, with what is known of all its figures.
_GROUPS = """CREATE TEMP TABLE profile_groups AS
SELECT row_number() OVER (ORDER BY i.place, table_id, measure, unit, statistic, period_kind)::INTEGER AS id, i.edition,
    i.series, i.place, g.*
FROM (
    SELECT source, release, table_id, measure, unit, statistic, period_kind, count(*) AS figures,
        max(period_end) AS newest_end
    FROM profile_figures GROUP BY ALL
) g JOIN profile_issues i USING (source, release)"""

# Figures of the newest period of each group: what a release adds, and what the release before added.
_NEWEST = """CREATE TEMP TABLE profile_newest AS
SELECT g.id, o.area_code, o.breakdown, o.value, o.status, o.period_start
FROM profile_figures o JOIN profile_groups g
  ON (o.source, o.release, o.table_id, o.measure, o.unit, o.statistic, o.period_kind, o.period_end)
   = (g.source, g.release, g.table_id, g.measure, g.unit, g.statistic, g.period_kind, g.newest_end)"""

_MEASURES = f"""WITH before AS (
    SELECT n.id, max_by(b.id, b.place) AS before_id, max_by(b.release, b.place) AS before,
        max_by(b.newest_end, b.place) AS end_before
    FROM profile_groups n JOIN profile_groups b
      ON (n.source, n.series, n.table_id, n.measure, n.unit, n.statistic, n.period_kind)
       = (b.source, b.series, b.table_id, b.measure, b.unit, b.statistic, b.period_kind)
     AND n.edition <> b.edition AND b.place < n.place AND b.newest_end >= n.newest_end - {FARTHEST}
    GROUP BY n.id
),
counted AS (
    SELECT id, count(*) AS in_newest, in_newest >= {PROFILE_FIGURES} AS enough, min(period_start) AS period_start,
        count(value) AS valued,
        avg((value IS NULL)::INTEGER) AS absent_share,
        avg((status IS NOT DISTINCT FROM 'suppressed')::INTEGER) AS suppressed_share,
        avg((value = 0)::INTEGER) AS zero_share, -- of the figures that have a value
        quantile_cont(value, [0.05, 0.5, 0.95]) AS quantiles
    FROM profile_newest GROUP BY id
),
distributed AS (SELECT id, in_newest, valued FROM counted WHERE valued >= {PROFILE_FIGURES}),
compared AS ( -- changes have no distribution that a release should share with the one before
    SELECT b.id, b.before_id FROM before b JOIN profile_groups g USING (id)
    JOIN distributed USING (id) JOIN distributed d ON d.id = b.before_id WHERE g.statistic <> 'change'
),
paired AS ( -- the same area and category in both releases; two zeros say nothing
    SELECT c.id, count(*) AS pairs, exp(median(ln(n.value + 0.5) - ln(b.value + 0.5))) AS typical_ratio,
        count(*) FILTER (n.value >= {PROFILE_LARGE_COUNT}) AS large_pairs,
        avg((n.value = b.value)::INTEGER) FILTER (n.value >= {PROFILE_LARGE_COUNT}) AS same_share
    FROM compared c JOIN profile_newest n USING (id)
    JOIN profile_newest b ON b.id = c.before_id AND (b.area_code, b.breakdown) = (n.area_code, n.breakdown)
    WHERE n.value >= 0 AND b.value >= 0 AND n.value + b.value > 0
    GROUP BY c.id
),
steps AS ( -- how many figures of either side have each value
    SELECT id, value, sum(is_now) AS now, sum(1 - is_now) AS earlier
    FROM (
        SELECT c.id, n.value, 1 AS is_now FROM compared c JOIN profile_newest n USING (id) WHERE n.value IS NOT NULL
        UNION ALL
        SELECT c.id, b.value, 0 FROM compared c JOIN profile_newest b ON b.id = c.before_id WHERE b.value IS NOT NULL
    ) GROUP BY id, value
),
distances AS ( -- Kolmogorov and Smirnov: the largest distance between the two distribution functions
    SELECT id, max(abs(now_below / now_all - earlier_below / earlier_all)) AS distance
    FROM (
        SELECT id, sum(now) OVER below AS now_below, sum(earlier) OVER below AS earlier_below,
            sum(now) OVER everything AS now_all, sum(earlier) OVER everything AS earlier_all
        FROM steps WINDOW below AS (PARTITION BY id ORDER BY value), everything AS (PARTITION BY id)
    ) GROUP BY id
)
SELECT g.source, g.release, g.table_id, g.measure, g.unit, g.statistic, g.period_kind,
    b.before AS previous_release, c.period_start,
    g.newest_end AS period_end, g.figures AS n_figures, c.in_newest AS n_in_newest,
    e.in_newest AS n_in_newest_before,
    CASE WHEN c.enough AND e.enough THEN c.in_newest / e.in_newest END AS in_newest_ratio, c.valued AS n_with_value,
    c.absent_share, e.absent_share AS absent_share_before,
    CASE WHEN c.enough AND e.enough THEN c.absent_share - e.absent_share END AS absent_change,
    c.suppressed_share, e.suppressed_share AS suppressed_share_before,
    CASE WHEN c.enough AND e.enough THEN c.suppressed_share - e.suppressed_share END AS suppressed_change,
    c.zero_share, e.zero_share AS zero_share_before,
    CASE WHEN d.id IS NOT NULL THEN c.zero_share - e.zero_share END AS zero_change,
    c.quantiles[1] AS q05, c.quantiles[2] AS median, c.quantiles[3] AS q95, e.quantiles[3] AS q95_before,
    CASE WHEN d.id IS NOT NULL AND c.quantiles[3] > 0 AND e.quantiles[3] > 0
        THEN (c.quantiles[3] + 0.5) / (e.quantiles[3] + 0.5) END AS q95_ratio,
    p.pairs AS n_pairs, CASE WHEN p.pairs >= {PROFILE_FIGURES} THEN p.typical_ratio END AS typical_ratio,
    -- of one and the same day, as a population that two editions divide by, figures ought to be equal
    p.large_pairs AS n_large_pairs,
    CASE WHEN p.large_pairs >= {PROFILE_FIGURES} AND g.unit = 'count' AND g.newest_end > b.end_before
        THEN p.same_share END AS same_share,
    k.distance
FROM profile_groups g JOIN counted c USING (id) LEFT JOIN before b USING (id)
LEFT JOIN counted e ON e.id = b.before_id
LEFT JOIN paired p USING (id) LEFT JOIN distances k USING (id) LEFT JOIN compared d USING (id)
ORDER BY g.id"""

# The content of each table of a release: areas, categories, measures.
_IN_TABLES = f"""CREATE TEMP TABLE profile_in_tables AS
WITH things AS (
    SELECT source, release, table_id, area_code, {_CATEGORY} AS category, area_type IN {_OF_EVENTS} AS of_events
    FROM (SELECT DISTINCT source, release, table_id, area_code, area_type, breakdown FROM profile_figures)
),
listed AS (
    SELECT source, release, table_id FROM things GROUP BY ALL HAVING NOT bool_or(of_events IS TRUE)
)
SELECT DISTINCT source, release, table_id, 'area' AS kind, area_code AS thing
FROM things SEMI JOIN listed USING (source, release, table_id) WHERE area_code IS NOT NULL
UNION ALL
SELECT DISTINCT source, release, table_id, 'category', category
FROM things SEMI JOIN listed USING (source, release, table_id) WHERE category IS NOT NULL
UNION ALL
SELECT DISTINCT source, release, table_id, 'measure', measure || ' (' || unit || ')' FROM profile_groups
WHERE measure IS NOT NULL AND unit IS NOT NULL"""

_TABLES = f"""WITH tables AS (
    SELECT source, series, edition, place, release, table_id, sum(figures)::BIGINT AS figures,
        max(newest_end) AS newest_end
    FROM profile_groups GROUP BY ALL
),
before AS (
    SELECT n.place, n.table_id, max_by(b.release, b.place) AS before, max_by(b.newest_end, b.place) AS end_before
    FROM tables n JOIN tables b ON (n.source, n.series, n.table_id) = (b.source, b.series, b.table_id)
     AND n.edition <> b.edition AND b.place < n.place AND b.newest_end >= n.newest_end - {FARTHEST}
    GROUP BY ALL
),
kept AS (
    SELECT n.place, n.table_id, e.kind, avg((t.thing IS NOT NULL)::INTEGER) AS share,
        list(e.thing ORDER BY e.thing) FILTER (t.thing IS NULL)[:5] AS gone
    FROM tables n JOIN before b USING (place, table_id)
    JOIN profile_in_tables e ON (e.source, e.release, e.table_id) = (n.source, b.before, n.table_id)
    LEFT JOIN profile_in_tables t
      ON (t.source, t.release, t.table_id, t.kind, t.thing) = (n.source, n.release, n.table_id, e.kind, e.thing)
    WHERE e.kind <> 'area' OR NOT EXISTS (
        FROM profile_beyond x WHERE x.source = n.source AND starts_with(e.thing, x.beginning))
    GROUP BY ALL
)
SELECT n.source, n.release, n.table_id, b.before AS previous_release, n.figures AS n_figures,
    n.newest_end AS period_end, b.end_before AS previous_period_end,
    date_diff('day', b.end_before, n.newest_end) AS days_further,
    a.share AS areas_kept, array_to_string(a.gone, ', ') AS areas_gone,
    c.share AS categories_kept, array_to_string(c.gone, ', ') AS categories_gone,
    m.share AS measures_kept, array_to_string(m.gone, ', ') AS measures_gone
FROM tables n LEFT JOIN before b USING (place, table_id)
LEFT JOIN kept a ON (a.place, a.table_id, a.kind) = (n.place, n.table_id, 'area')
LEFT JOIN kept c ON (c.place, c.table_id, c.kind) = (n.place, n.table_id, 'category')
LEFT JOIN kept m ON (m.place, m.table_id, m.kind) = (n.place, n.table_id, 'measure')
ORDER BY n.place, n.table_id"""

_RELEASES = f"""SELECT i.source, i.release, g.figures AS n_figures, r.n_rows AS n_figures_checked,
    -- a sample that calls itself synthetic is as small as it pleases
    CASE WHEN NOT r.synthetic THEN i.{LEAST} END AS {LEAST}, CASE WHEN NOT r.synthetic THEN i.{MOST} END AS {MOST},
    i.least_because, i.most_because
FROM profile_issues i
JOIN (SELECT place, sum(figures)::BIGINT AS figures FROM profile_groups GROUP BY place) g USING (place)
JOIN catalogue.releases r USING (source, release) ORDER BY i.place"""

_SOURCES = """SELECT i.source, max_by(i.release, (g.newest_end, i.place)) AS release, max(g.newest_end) AS period_end,
    max(g.newest_end) - 1 AS last_day, NULL::DATE AS as_of, any_value(i.allowed_days) AS allowed_days,
    -- a sample that calls itself synthetic has no publisher who could be late; the days follow in `_TIMELINESS`
    CASE WHEN NOT bool_or(r.synthetic) THEN 0::BIGINT END AS age_days, NULL::DATE AS asked_on,
    NULL::VARCHAR AS asked_at, NULL::VARCHAR AS out_title, NULL::DATE AS out_on, NULL::BIGINT AS late_days,
    NULL::VARCHAR AS late_because, NULL::VARCHAR AS expected_words
FROM profile_issues i JOIN profile_groups g USING (place)
JOIN catalogue.releases r ON (r.source, r.release) = (i.source, i.release)
GROUP BY i.source ORDER BY i.source"""

# The day of the newest file is one for all sources: it moves with any of them. A publisher who was asked on that day or
# later has said what is out; only where none has, the rhythm of the contract says what is due.
_TIMELINESS = """UPDATE quality.profile_sources SET as_of = n.as_of, age_days = n.age_days, asked_on = n.asked_on,
    asked_at = n.asked_at, out_title = n.out_title, out_on = n.out_on, late_days = n.late_days,
    late_because = n.late_because, expected_words = n.expected_words
FROM (
    WITH received AS (SELECT max(try_cast(left(retrieved_at, 10) AS DATE)) AS as_of FROM catalogue.releases),
    held AS (
        SELECT source, allowed_days, r.as_of,
            CASE WHEN age_days IS NOT NULL THEN date_diff('day', last_day, r.as_of) END AS age_days
        FROM quality.profile_sources, received r
    )
    SELECT h.*, s.asked_on, s.asked_at, s.out_title, s.out_on,
        CASE WHEN h.age_days IS NULL THEN NULL
             WHEN s.out_on IS NOT NULL THEN greatest(0, date_diff('day', s.out_on, as_of))
             WHEN s.asked_on >= as_of THEN 0
             WHEN h.allowed_days IS NOT NULL THEN greatest(0, h.age_days - h.allowed_days) END AS late_days,
        CASE WHEN s.out_on IS NOT NULL
                 THEN format('. The publisher offers ''{}'' ({}), out since {}, and it is not held.', s.out_title,
                     s.asked_at, strftime(s.out_on, '%-d %B %Y'))
             ELSE format('; the contract expects at most {:,}.', h.allowed_days)
                 || coalesce(format(' The publisher was last asked on {} ({}), and offered nothing newer then.',
                     strftime(s.asked_on, '%-d %B %Y'), s.asked_at), '') END AS late_because,
        CASE WHEN s.out_on IS NOT NULL THEN s.out_title
             ELSE format('at most {:,} days', h.allowed_days) END AS expected_words
    FROM held h LEFT JOIN profile_said s USING (source)
) n WHERE n.source = profile_sources.source"""

# An absent word would be passed over as unknown: it is written as '', which no list has, except for a status, where
# it means that a plain number is printed.
_WORDS = """SELECT o.source, o.release, o.table_id, coalesce(period_kind, '') AS period_kind,
    coalesce(statistic, '') AS statistic, coalesce(unit, '') AS unit, coalesce(area_type, '') AS area_type,
    coalesce(status, '') AS status, coalesce(quality, '') AS quality, count(*) AS n_figures
FROM profile_figures o JOIN profile_issues i USING (source, release)
GROUP BY ALL ORDER BY ALL"""

_TEMPORARY = (_GROUPS, _NEWEST, _IN_TABLES)
_PROFILES = {
    "quality.profile_measures": _MEASURES,
    "quality.profile_tables": _TABLES,
    "quality.profile_releases": _RELEASES,
    "quality.profile_sources": _SOURCES,
    "quality.profile_words": _WORDS,
}
