"""The same figure in successive issues: how a publisher's later releases changed what it published first.

Belongs here: `quality.revisions`, one row for each figure that can be followed to a later issue, and
`quality.revision_summary`, by measure and horizon. Does not belong here: everything that changed from one release to
the next, including statuses (`release_changes`), which classes began, ended or changed meaning (`reclassified`),
totals (`total_revisions`), and judging the size of revisions (`quality.published.revisions`).

The first value P is that of the first issue held that has one; the later value L is that of the issue a fixed number of
issues later (`horizon`, 1 and 4), never "the latest", which would mix figures of different ages. `days_apart` is the
distance between the data of the two issues, since an issue may not be held. Formulas: European practice of revision
analysis (mean, mean absolute, relative mean absolute and root mean square revision), with the standard error of Newey
and West (1987).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any

from civic_assets.harmonise.measures.wholes import TREE
from civic_assets.house_numbers.revisions import FEWEST_VINTAGES, LARGEST_T, REVISION_HORIZONS
from civic_assets.publish.read_model.connection import rows_of
from civic_assets.publish.read_model.issues import EVERY_RELEASE, create_issues, drop_issues
from civic_assets.publish.read_model.revised.reclassified import add_known_classes, create_reclassified
from civic_assets.publish.read_model.revised.release_changes import compare_issues, create_release_changes
from civic_assets.publish.read_model.revised.total_revisions import add_printed_totals, create_total_revisions
from civic_assets.quality.framework.wording import measure_words, unit_name

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection


def create(connection: DuckDBPyConnection) -> None:
    """Create every table that compares one issue with the next.

    `quality.issues`, `quality.reclassified`, `quality.revisions`, `quality.revision_summary`,
    `quality.total_revisions`, `quality.release_changes` and `quality.release_change_counts`.

    Args:
        connection: Connection to a read model with `harmonised.observations`, `catalogue.figure_classes` and what each
            release prints (`figures.create_printed`).
    """
    follow(connection)
    summarise(connection)


def follow(
    connection: DuckDBPyConnection,
    later: str = EVERY_RELEASE,
    joined: Iterable[tuple[str, ...]] = (),
    known: str = "",
) -> None:
    """Create `quality.issues` and the tables of single figures in two issues, without what is counted of them.

    Args:
        connection: Connection to a read model with `harmonised.observations`, which may lack periods that no later
            release prints, `catalogue.printed_classes`, `catalogue.printed_periods` and `catalogue.figure_classes`.
        later: Table of the releases (source, release) that are compared with earlier ones.
        joined: Releases that are known to be issues of one kind (`issues.create_issues`).
        known: Table like `quality.reclassified` for other releases than those compared; empty if all are compared.
    """
    create_issues(connection, joined)
    compare_issues(connection, later)
    create_reclassified(connection, later)
    if known:
        add_known_classes(connection, known)
    connection.execute(_REVISIONS.format(later=later))
    create_total_revisions(connection, REVISION_HORIZONS, later)
    create_release_changes(connection, later)
    drop_issues(connection)


def summarise(connection: DuckDBPyConnection) -> None:
    """Create `quality.revision_summary`, and add printed totals to `quality.total_revisions`.

    Args:
        connection: Connection to a read model with `quality.issues`, `quality.revisions` and `quality.total_revisions`.
    """
    add_printed_totals(connection)
    connection.execute(_COUNTS)
    groups = rows_of(connection, "SELECT * FROM revision_counts")
    means: dict[int, list[float]] = {}
    for number, mean in connection.execute(_VINTAGES).fetchall():
        means.setdefault(number, []).append(mean)
    connection.execute(_SUMMARY)
    tested = [{"number": g["number"], **_tested(g, means.get(g["number"], []))} for g in groups]
    if tested:
        import pyarrow as pa

        kinds = (
            ("number", pa.int64()),
            ("t_statistic", pa.float64()),
            ("outcome", pa.string()),
            ("reason", pa.string()),
            ("message", pa.string()),
        )
        connection.register("incoming_tests", pa.Table.from_pylist(tested, schema=pa.schema(list(kinds))))
        connection.execute(_ADD_SUMMARY)
        connection.unregister("incoming_tests")
    connection.execute("DROP TABLE revision_counts")


def newey_west_error(values: Sequence[float]) -> float:
    """Standard error of the mean of a series whose neighbouring values may depend on each other.

    Args:
        values: In order of time, at least one.

    Returns:
        sqrt((g0 + 2 sum of (1 - j / (m + 1)) gj, j = 1..m) / N), with gj the autocovariance at lag j and
        m = floor(4 (N / 100)^(2/9)) (Newey and West, 1987 and 1994); 0 if all values are equal.
    """
    number = len(values)
    mean = math.fsum(values) / number
    away = [value - mean for value in values]
    lag = min(math.floor(4 * (number / 100) ** (2 / 9)), number - 1)
    total = math.fsum(e * e for e in away)
    for j in range(1, lag + 1):
        covariance = math.fsum(a * b for a, b in zip(away[j:], away[:-j], strict=True))
        total += 2 * (1 - j / (lag + 1)) * covariance
    # Bartlett's weights keep it from being negative; a tiny remainder is rounding.
    return math.sqrt(max(0.0, total)) / number


def _tested(group: dict[str, Any], means: Sequence[float]) -> dict[str, Any]:
    """t, outcome and sentence of one group.

    The series tested is the mean revision of each vintage: revisions of one issue are made together, and counting each
    of its figures as separate evidence would make anything significant.
    """
    what = f"{group['source']}, {measure_words(group['measure'])} ({unit_name(group['unit'])})"
    later = f"{group['horizon']} issue{'s' if group['horizon'] > 1 else ''} later"
    counted = f"{what}: {group['n_revised']:,} of {group['n_pairs']:,} figures were revised {later}"
    if group["n_reclassified"]:
        counted += (
            f" ({group['n_reclassified']:,} more {'was' if group['n_reclassified'] == 1 else 'were'} reclassified, not "
            "revised, because classes began, ended or "
            f"changed meaning{_of_the_total(group)})"
        )
    if len(means) < FEWEST_VINTAGES:
        message = (
            f"{counted}. A test for bias needs {FEWEST_VINTAGES} vintages; {len(means)} "
            f"{'is' if len(means) == 1 else 'are'} held."
        )
        return {
            "t_statistic": None, "outcome": "not_evaluated", "reason": "history_too_short", "message": message,
        }  # fmt: skip
    error = newey_west_error(means)
    mean = math.fsum(means) / len(means)
    if error <= 1e-12 * max(1.0, abs(mean)):
        # Each vintage is revised by the same amount: not at all, or always to one side; t cannot add anything.
        leans = abs(mean) > 0
        message = f"{counted}, each of {len(means)} vintages by {mean:g} on average."
        return {"t_statistic": None, "outcome": "fail" if leans else "pass", "reason": "", "message": message}
    t = mean / error
    leans = abs(t) > LARGEST_T
    says = f"they tend {'up' if t > 0 else 'down'}" if leans else "they tend neither up nor down"
    message = f"{counted}; over {len(means)} vintages {says} (t = {t:.1f}, limit {LARGEST_T:g})."
    return {"t_statistic": t, "outcome": "fail" if leans else "pass", "reason": "", "message": message}


def _of_the_total(group: dict[str, Any]) -> str:
    size = group["total_relative_mean_absolute_revision"]
    return "" if size is None else f"; the total moved by {size:.1%}"


_REVISIONS = f"""CREATE OR REPLACE TABLE quality.revisions AS
WITH first_values AS (
    SELECT * FROM issue_figures WHERE value IS NOT NULL
    QUALIFY row_number() OVER (
        PARTITION BY kind, breakdown, area_code, period_start, period_end ORDER BY position) = 1
),
horizons AS (SELECT unnest([{", ".join(map(str, REVISION_HORIZONS))}])::INTEGER AS horizon),
-- A class that changed meaning in any issue between the two.
changed AS (
    SELECT i.kind, i.position, h.horizon, r.breakdown, min_by(r.because, r.position) AS because
    FROM quality.issues i CROSS JOIN horizons h
    JOIN issue_reclassified r ON r.kind = i.kind AND r.position > i.position AND r.position <= i.position + h.horizon
    GROUP BY ALL
)
SELECT i.source, i.measure, p.breakdown, i.unit, i.statistic, p.area_code, p.area_name, p.period_start, p.period_end,
    h.horizon, i.release AS first_release, j.release AS later_release, p.value AS first_value, l.value AS later_value,
    l.value - p.value AS revision,
    CASE WHEN p.value <> 0 THEN (l.value - p.value) / abs(p.value) END AS relative_revision,
    p.locator AS first_locator, l.locator AS later_locator,
    i.position AS vintage, date_diff('day', i.data_end, j.data_end) AS days_apart,
    date_diff('day', p.period_end, j.data_end) AS days_after_period,
    CASE WHEN c.because IS NOT NULL THEN 'reclassified' WHEN l.value <> p.value THEN 'revised' ELSE 'unchanged' END
        AS kind, c.because
FROM first_values p CROSS JOIN horizons h
JOIN issue_figures l ON l.kind = p.kind AND l.position = p.position + h.horizon AND l.breakdown = p.breakdown
 AND l.area_code = p.area_code AND l.period_start = p.period_start AND l.period_end = p.period_end
 AND l.value IS NOT NULL
JOIN quality.issues i ON i.kind = p.kind AND i.position = p.position
JOIN quality.issues j ON j.kind = p.kind AND j.position = l.position
LEFT JOIN changed c ON c.kind = p.kind AND c.position = p.position AND c.horizon = h.horizon
 AND c.breakdown = p.breakdown
WHERE (j.source, j.release) IN (SELECT (source, release) FROM {{later}})
ORDER BY i.source, i.measure, i.unit, h.horizon, vintage, p.breakdown, p.area_code, p.period_start, p.period_end"""

_GROUP = "source, measure, unit, horizon"
_LIKE = "FILTER (kind <> 'reclassified')"
# Only figures of one class in both issues can be revised. The total of the measure is added; for a group of recorded
# crime it is the total of all groups.
_COUNTS = f"""CREATE OR REPLACE TEMP TABLE revision_counts AS
WITH counted AS (
    SELECT row_number() OVER (ORDER BY {_GROUP}) AS number, {_GROUP}, count(*) {_LIKE} AS n_pairs,
        count(*) FILTER (kind = 'revised') AS n_revised,
        count(*) FILTER (kind = 'reclassified') AS n_reclassified,
        avg(revision ORDER BY period_end, area_code, breakdown) {_LIKE} AS mean_revision,
        avg(abs(revision) ORDER BY period_end, area_code, breakdown) {_LIKE} AS mean_absolute_revision,
        CASE WHEN sum(abs(later_value)) {_LIKE} > 0
             THEN sum(abs(revision) ORDER BY period_end, area_code, breakdown) {_LIKE}
                  / sum(abs(later_value) ORDER BY period_end, area_code, breakdown) {_LIKE}
             END AS relative_mean_absolute_revision,
        sqrt(avg(revision * revision ORDER BY period_end, area_code, breakdown) {_LIKE}) AS root_mean_square_revision,
        CASE WHEN count(*) FILTER (kind = 'revised') > 0
             THEN count(*) FILTER (kind = 'revised' AND revision > 0) / count(*) FILTER (kind = 'revised') END
            AS share_upward,
        min(days_apart) AS least_days_apart, max(days_apart) AS most_days_apart
    FROM quality.revisions GROUP BY {_GROUP}
),
totals AS (
    SELECT {_GROUP}, count(*) AS n_totals, count(*) FILTER (revision <> 0) AS n_totals_revised,
        CASE WHEN sum(abs(later_value)) > 0
             THEN sum(abs(revision) ORDER BY period_end, area_code)
                  / sum(abs(later_value) ORDER BY period_end, area_code)
             END AS total_relative_mean_absolute_revision
    FROM quality.total_revisions GROUP BY {_GROUP}
),
families AS (SELECT DISTINCT source, measure, family FROM catalogue.figure_classes WHERE scheme = '{TREE}')
SELECT c.*, coalesce(t.n_totals, 0) AS n_totals, coalesce(t.n_totals_revised, 0) AS n_totals_revised,
    t.total_relative_mean_absolute_revision
FROM counted c LEFT JOIN families f USING (source, measure)
LEFT JOIN totals t ON t.source = c.source AND t.measure = coalesce(f.family, c.measure) AND t.unit = c.unit
 AND t.horizon = c.horizon"""

# A vintage is what one release published first; the releases of a source sort in the order of time.
_VINTAGES = f"""SELECT c.number, avg(r.revision ORDER BY r.period_end, r.area_code, r.breakdown) AS mean
FROM quality.revisions r JOIN revision_counts c USING ({_GROUP})
JOIN (SELECT DISTINCT source, release, release_order AS place FROM quality.issues) o
  ON o.source = r.source AND o.release = r.first_release
WHERE r.kind <> 'reclassified'
GROUP BY c.number, r.first_release, o.place ORDER BY c.number, o.place, r.first_release"""

_SUMMARY = """CREATE OR REPLACE TABLE quality.revision_summary (source VARCHAR, measure VARCHAR, unit VARCHAR,
    horizon INTEGER, n_pairs BIGINT, n_revised BIGINT, mean_revision DOUBLE, mean_absolute_revision DOUBLE,
    relative_mean_absolute_revision DOUBLE, root_mean_square_revision DOUBLE, share_upward DOUBLE, t_statistic DOUBLE,
    n_vintages BIGINT, outcome VARCHAR, reason VARCHAR, message VARCHAR, least_days_apart BIGINT,
    most_days_apart BIGINT, n_reclassified BIGINT, n_totals BIGINT, n_totals_revised BIGINT,
    total_relative_mean_absolute_revision DOUBLE)"""

_ADD_SUMMARY = f"""INSERT INTO quality.revision_summary BY NAME
SELECT c.* EXCLUDE (number), t.* EXCLUDE (number), v.n_vintages
FROM revision_counts c JOIN incoming_tests t USING (number)
JOIN (SELECT {_GROUP}, count(DISTINCT first_release) {_LIKE} AS n_vintages FROM quality.revisions GROUP BY ALL) v
  USING ({_GROUP})
ORDER BY {_GROUP}"""
