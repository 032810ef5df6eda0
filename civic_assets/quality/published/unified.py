"""Rules over the tables that bring sources to the same years, ages and categories.

Belongs here: H-02, X-15 and X-16 over sums over time, H-06 over age bands, and K-09 over categories. Does not belong
here: making these tables (`civic_assets.publish.unified.periods`, `age_bands`, `categories`).
"""

from __future__ import annotations

from civic_assets.quality.published.rule import PublishedRule

# A school year has no term in August.
_END = "CASE WHEN s.period_kind = 'academic_year' AND p.term THEN s.period_end - INTERVAL 1 MONTH ELSE s.period_end END"
_MADE = f"""(
    WITH pieces AS (
        SELECT *, lag(period_end) OVER (PARTITION BY made_from ORDER BY period_start, period_end) AS before
        FROM harmonised.unified_parts
    ),
    parts AS (
        SELECT made_from, min(period_start) AS first_day, max(period_end) AS last_day,
            bool_or(period_kind = 'term') AS term, count(*) FILTER (before <> period_start) AS n_steps
        FROM pieces GROUP BY made_from
    )
    SELECT s.source, s.measure, s.period_start, s.period_end, s.releases, count(*) AS n, min(s.area_code) AS area_code,
        bool_and(s.statistic = 'flow') AS flows, any_value(p.first_day) AS first_day, any_value(p.last_day) AS last_day,
        coalesce(any_value(p.n_steps), 1) > 0 OR any_value(p.first_day) IS DISTINCT FROM s.period_start
            OR any_value(p.last_day) IS DISTINCT FROM any_value(({_END})::DATE) AS apart
    FROM harmonised.unified_sums s LEFT JOIN parts p USING (made_from)
    GROUP BY s.source, s.measure, s.period_start, s.period_end, s.releases, s.made_from)"""

# Classes of one scheme in one ground and year, as in `harmonised.latest`.
_WHOLES = """(
    SELECT s.source, c.family, c.scheme, s.unit, s.statistic, g.ground, s.period_start, s.period_end,
        min(s.release) AS first_release, max(s.release) AS last_release, sum(s.n)::BIGINT AS n,
        min(s.area_code) AS area_code
    FROM (
        SELECT source, measure, breakdown, unit, statistic, area_code, period_start, period_end, release,
            releases[-1] AS newest, count(*) AS n
        FROM harmonised.unified_sums
        SEMI JOIN (
            SELECT source, unit, statistic, period_start, period_end FROM harmonised.unified_sums GROUP BY ALL
            HAVING min(release) < max(release)) USING (source, unit, statistic, period_start, period_end)
        GROUP BY ALL) s
    JOIN catalogue.figure_classes c ON c.source = s.source AND c.release = s.newest AND c.measure = s.measure
     AND c.breakdown = s.breakdown
    JOIN catalogue.area_grounds g ON g.source = s.source AND g.release = s.newest AND g.area_code = s.area_code
    GROUP BY ALL)"""

_DIFFERENT = """(
    SELECT source, measure, period_start, period_end, method, releases, other_method, other_releases, count(*) AS n,
        max(abs(other_value - value)) AS largest, arg_max(area_code, abs(other_value - value)) AS area_code,
        arg_max(area_name, abs(other_value - value)) AS area_name,
        arg_max(breakdown, abs(other_value - value)) AS breakdown, arg_max(value, abs(other_value - value)) AS value,
        arg_max(other_value, abs(other_value - value)) AS other_value
    FROM harmonised.unified_differences WHERE value IS NOT NULL AND other_value IS NOT NULL GROUP BY ALL)"""

_YEAR = "'the year ending ' || strftime(period_end - 1, '%-d %B %Y')"

_BANDS = """(
    WITH pieces AS (
        SELECT rowid AS row, source, measure, area_code, period_start, period_end, age_from, age_to, breakdown, n_parts,
            unnest(parts) AS part
        FROM harmonised.age_bands WHERE value IS NOT NULL
    ),
    ages AS (
        SELECT *, regexp_extract(part.breakdown, 'age=([^;]*)', 1) AS words,
            regexp_extract_all(words, '[0-9]+')::INTEGER[] AS numbers,
            CASE WHEN regexp_matches(words, '(^| )(under|below)') THEN 0 WHEN words LIKE '%and under' THEN 0
                ELSE numbers[1] END AS lo,
            CASE WHEN regexp_matches(words, '(^| )(under|below) ') THEN numbers[-1] ELSE numbers[-1] + 1 END AS hi
        FROM pieces
    )
    SELECT any_value(source) AS source, any_value(measure) AS measure, any_value(area_code) AS area_code,
        any_value(period_start) AS period_start, any_value(period_end) AS period_end, any_value(breakdown) AS breakdown,
        any_value(age_from) AS age_from, any_value(age_to) AS age_to, sum(hi - lo) AS n_ages, min(lo) AS lo,
        max(hi) - 1 AS hi, count(DISTINCT lo) < count(*) AS twice
    FROM ages GROUP BY row)"""

UNIFIED_RULES = (
    PublishedRule(
        id="H-02",
        name="No sum of overlapping flows, none of stocks",
        table="unified_sums",
        dimension="consistency",
        severity="blocking",
        statement="Each sum of a year is of flows whose periods make up the year without gap and overlap (a school "
        "year has no term in August).",
        cannot_tell="whether a flow counts events or persons",
        guidance="Do not use these sums, and report this as an error of the pipeline.",
        checked=f"SELECT coalesce(sum(n), 0) FROM {_MADE}",
        failing=f"""SELECT n, measure, area_code, period_start, period_end,
            first_day || ' to ' || last_day AS observed,
            period_start || ' to ' || period_end AS expected,
            format('{{}}, {{}}: the figures added up for {{}} are of other days, overlap, leave days out or are not '
                || 'flows.', source, replace(measure, '_', ' '), {_YEAR})
                AS message
            FROM {_MADE} WHERE apart OR NOT flows ORDER BY source, measure, period_start""",
        reason="no_input",
        nothing="nothing was added up over time",
        passed="sums, each of flows that make up the year",
    ),
    PublishedRule(
        id="X-15",
        name="One release for each whole",
        table="unified_sums",
        dimension="consistency",
        severity="blocking",
        statement="All classes of one scheme, in one unit, for one area and year are added up from the same releases.",
        cannot_tell="whether the releases are right, and whether areas that are not in the register overlap",
        guidance="Do not add up these classes, and report this as an error of the pipeline.",
        checked="SELECT count(*) FROM (SELECT DISTINCT source, measure, unit, period_start, period_end "
        "FROM harmonised.unified_sums)",
        failing=f"""SELECT n, family AS measure, area_code, period_start, period_end,
            first_release || ' and ' || last_release AS observed, 'the same releases' AS expected,
            format('{{}}, {{}} ({{}}) of {{}}, {{}}: some classes are added up from {{}} and others from {{}}, so that '
                || 'their sum may count something twice.', source, replace(family, '_', ' '), scheme, area_code,
                {_YEAR}, first_release, last_release) AS message
            FROM {_WHOLES} WHERE first_release <> last_release ORDER BY source, family, period_start, area_code""",
        reason="no_input",
        nothing="nothing was added up over time",
        passed="years of measures, each added up from the same releases",
    ),
    PublishedRule(
        id="X-16",
        name="Two ways to one figure agree",
        table="unified_differences",
        dimension="consistency",
        severity="info",
        statement="A figure of a year that can be had in several ways (as printed, from one release, from the newest "
        "release of each part, from months or quarters) is the same in all of them.",
        cannot_tell="which of them is right; revisions between releases make most of the differences",
        guidance="Give the release together with the figure.",
        checked="SELECT count(*) FROM harmonised.unified_sums",
        failing=f"""SELECT n, measure, area_code, period_start, period_end, format('{{:,.10g}}', value) AS observed,
            format('{{:,.10g}}', other_value) AS expected,
            format('{{}}, {{}}, {{}}: {{:,}} figures are not the same from {{}} ({{}}) and from {{}} ({{}}). The '
                || 'largest difference is in {{}} ({{}}): {{:,.10g}} and {{:,.10g}}. The first is published; '
                || 'harmonised.unified_differences has both.', source, replace(measure, '_', ' '), {_YEAR}, n,
                array_to_string(releases, ' and '), replace(method, '_', ' '),
                array_to_string(other_releases, ' and '), replace(other_method, '_', ' '),
                coalesce(area_name, area_code), breakdown, value, other_value) AS message
            FROM {_DIFFERENT} ORDER BY source, measure, period_start, other_method""",
        reason="no_input",
        nothing="nothing was added up over time",
        passed="sums over time, the same whichever way they are made",
    ),
    PublishedRule(
        id="H-06",
        name="Age bands equal",
        table="age_bands",
        dimension="consistency",
        severity="blocking",
        statement="The ages that are added up for a band are each age of the band, once.",
        cannot_tell="whether the publisher's ages are what their names say",
        guidance="Do not use these bands, and report this as an error of the pipeline.",
        checked=f"SELECT count(*) FROM {_BANDS}",
        failing=f"""SELECT measure, area_code, period_start, period_end, lo || ' to ' || hi AS observed,
            age_from || ' to ' || age_to AS expected,
            format('{{}}, {{}} of {{}} on {{}}: the ages added up are {{}} of {{}} years, from {{}} to {{}}, and not '
                || 'each age from {{}} to {{}} once.', source, replace(measure, '_', ' '), area_code,
                strftime(period_start, '%-d %B %Y'), n_ages, age_to - age_from + 1, lo, hi, age_from, age_to) AS message
            FROM {_BANDS} WHERE twice OR n_ages <> age_to - age_from + 1 OR lo <> age_from OR hi <> age_to
            ORDER BY source, measure, area_code, period_start""",
        reason="no_input",
        nothing="no band of age was added up",
        passed="bands of age, each of every age in it once",
    ),
    PublishedRule(
        id="K-09",
        name="Demographic words known",
        table="categories",
        dimension="validity",
        severity="warning",
        statement="Every word by which a source breaks people down is in the vocabulary of categories.",
        cannot_tell="whether a word means what the vocabulary says",
        guidance="Add the word to vocabularies/categories.yaml.",
        checked="SELECT count(*) FROM catalogue.categories",
        failing="""SELECT source AS measure, word AS observed, 'a word of the vocabulary' AS expected,
            format('{} breaks figures down by {} {}, which the vocabulary of categories does not have: its figures are '
                || 'in no common category.', source, key, word) AS message
            FROM catalogue.categories WHERE fit = 'unknown' ORDER BY source, key, word""",
        reason="no_input",
        nothing="no source breaks people down",
        passed="words for groups of people, each in the vocabulary",
    ),
)
"""One entry for each rule and table."""
