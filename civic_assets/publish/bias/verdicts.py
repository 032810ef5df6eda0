"""Results and findings of the rules over single releases that indicate biases, as rows of the register.

Belongs here: V-20, V-22, V-24, H-12, H-16 and the disclosure rules H-18 to H-20. Does not belong here: the rules
(`civic_assets.quality`).

The newest release of each file of a source is used. Passes are recorded as passes, and results that were not
evaluated with their reason.
"""

from __future__ import annotations

from collections.abc import Sequence

from civic_assets.house_numbers.listing import BIAS_ROWS
from civic_assets.publish.bias.indicator import BiasFacts, Indicator


def prepare(facts: BiasFacts) -> Sequence[Indicator]:
    """The indicators; this module creates no table."""
    return (
        Indicator(
            "last_digits", "response", "V-20", "",
            "Some figures were rounded, estimated or typed in from memory, and not counted.",
            "digit preference (Myers 1940), tested by chi-square over last digits",
            "It cannot distinguish genuine round numbers from invented ones, and does not examine counts below 100.",
            _said("V-20"),
        ),
        Indicator(
            "carried_part", "sampling", "H-16", "",
            "A total includes figures of another period or estimates for areas that sent nothing.",
            "imputation rate (indicator A7 of the European Statistical System)",
            "It does not show the error of figures carried forward, or figures carried forward without notice.",
            _said("H-16"),
        ),
        Indicator(
            "unknown_changes", "reporting", "H-12", "",
            "A series changed its level at once, which recording practice can do as well as events.",
            "change-point detection by optimal partitioning (Killick, Fearnhead and Eckley 2012)",
            "It does not show whether practice or reality changed, and does not detect slow drift.",
            _said("H-12", also="'history_too_short'"),
        ),
        Indicator(
            "zero_runs", "reporting", "V-24", "",
            "Months of zero in a busy series are months in which nothing was sent.",
            "this project's methods, section 2; gaps in uploads, as data.police.uk lists them in its change log",
            "It does not show whether nothing happened or nothing was sent.",
            _said("V-24"),
        ),
        Indicator(
            "exact_recovery", "exposure", "H-20", "",
            "A figure that was hidden to protect people can be worked out from what is published.",
            "audit of protection by linear programmes (Hundepool et al. 2012)",
            "It does not show what else others know, or whether anybody was harmed.",
            " UNION ALL BY NAME ".join(
                _said(check, also="'time_limit', 'engine_error'") for check in ("H-18", "H-19", "H-20")
            ),
        ),
    )  # fmt: skip


def _said(check_id: str, also: str = "''") -> str:
    """A row for each result, or for each of its first findings, which are the most important.

    Args:
        check_id: Rule.
        also: Reasons, as SQL literals, for which a result that was not evaluated is a gap; for others the rule does
            not apply to the source. A gap has one row for each source and reason.
    """
    return f"""
SELECT r.source, r.release, f.measure, f.area_code, a.area_name,
    CASE WHEN r.n_checked > 0 THEN r.n_failed / r.n_checked END AS value,
    CASE WHEN r.n_checked > 0 THEN format('{{:,}} of {{:,}} checked failed', r.n_failed, r.n_checked) END AS value_text,
    r.outcome, '' AS reason,
    rtrim(coalesce(f.message, format('Rule {check_id}, release {{}}: {{}}', r.release, r.message)), '.')
        || '.' AS verdict,
    to_json({{'check': '{check_id}', 'finding': f.finding_id, 'findings': f.number}})::VARCHAR AS evidence,
    NULL AS would_evaluate
FROM quality.check_results r JOIN bias_current c ON c.source = r.source AND c.release = r.release
LEFT JOIN (
    SELECT *, count(*) OVER one AS number FROM quality.findings WHERE check_id = '{check_id}'
    WINDOW one AS (PARTITION BY source, release)
    QUALIFY row_number() OVER (PARTITION BY source, release ORDER BY severity = 'info', locator, finding_id)
        <= {BIAS_ROWS}
) f ON f.source = r.source AND f.release = r.release
LEFT JOIN (SELECT area_code, any_value(area_name) AS area_name FROM catalogue.areas GROUP BY area_code) a
    ON a.area_code = f.area_code
WHERE r.check_id = '{check_id}' AND r.outcome <> 'not_evaluated'
UNION ALL BY NAME
SELECT r.source, max(r.release) AS release, NULL AS measure, 'not_evaluated' AS outcome, r.reason,
    format('Rule {check_id} could not judge {{}} of {{}}: {{}}.', counted(count(*), 'release'), r.source,
        rtrim(arg_max(r.message, r.release), '.')) AS verdict,
    to_json({{'check': '{check_id}', 'releases': list_sort(list(r.release))}})::VARCHAR AS evidence,
    CASE r.reason WHEN 'history_too_short' THEN 'earlier editions of ' || r.source
        ELSE 'the same files, with more time for the rule' END AS would_evaluate
FROM quality.check_results r JOIN bias_current c ON c.source = r.source AND c.release = r.release
WHERE r.check_id = '{check_id}' AND r.outcome = 'not_evaluated' AND r.reason IN ({also})
GROUP BY r.source, r.reason
HAVING r.source NOT IN (SELECT x.source FROM quality.check_results x JOIN bias_current y
    ON y.source = x.source AND y.release = x.release WHERE x.check_id = '{check_id}' AND x.outcome <> 'not_evaluated')
"""
