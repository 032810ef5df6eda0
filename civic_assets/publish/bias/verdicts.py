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
            "It cannot distinguish genuine round numbers from invented ones, and does not examine counts below 100.",
            _said("V-20"), "no_input", "There is no result of rule V-20 for {source}.",
        ),
        Indicator(
            "carried_part", "sampling", "H-16", "",
            "It does not show the error of figures carried forward, or figures carried forward without notice.",
            _said("H-16"), "no_reference",
            "The contract of {source} does not list any figure that its publisher carried forward or imputed.",
        ),
        Indicator(
            "unknown_changes", "reporting", "H-12", "",
            "It does not show whether practice or reality changed, and does not detect slow drift.",
            _said("H-12"), "no_input", "There is no result of rule H-12 for {source}.",
        ),
        Indicator(
            "zero_runs", "reporting", "V-24", "",
            "It does not show whether nothing happened or nothing was sent.",
            _said("V-24"), "no_input", "There is no result of rule V-24 for {source}.",
        ),
        Indicator(
            "unlike_peers", "reporting", "V-22", "",
            "It does not show whether an area or its recording differs, and misleads where few people live and many "
            "visit.",
            _said("V-22"), "no_input", "There is no result of rule V-22 for {source}.",
        ),
        Indicator(
            "exact_recovery", "exposure", "H-20", "",
            "It does not show what else others know, or whether anybody was harmed.",
            " UNION ALL BY NAME ".join(_said(check) for check in ("H-18", "H-19", "H-20")), "no_reference",
            "No audit has tested whether the cells that {source} hides can be worked out from published figures.",
        ),
    )  # fmt: skip


def _said(check_id: str) -> str:
    """A row for each result, or for each of its first findings, which are the most important."""
    return f"""
SELECT r.source, r.release, f.measure, f.area_code, a.area_name,
    CASE WHEN r.n_checked > 0 THEN r.n_failed / r.n_checked END AS value,
    CASE WHEN r.n_checked > 0 THEN format('{{:,}} of {{:,}} checked failed', r.n_failed, r.n_checked) END AS value_text,
    r.outcome, coalesce(r.reason, '') AS reason,
    rtrim(coalesce(f.message, format('Rule {check_id}, release {{}}: {{}}', r.release, r.message)), '.')
        || '.' AS verdict,
    to_json({{'check': '{check_id}', 'finding': f.finding_id, 'findings': f.number}})::VARCHAR AS evidence
FROM quality.check_results r JOIN bias_current c ON c.source = r.source AND c.release = r.release
LEFT JOIN (
    SELECT *, count(*) OVER one AS number FROM quality.findings WHERE check_id = '{check_id}'
    WINDOW one AS (PARTITION BY source, release)
    QUALIFY row_number() OVER (PARTITION BY source, release ORDER BY severity = 'info', locator, finding_id)
        <= {BIAS_ROWS}
) f ON f.source = r.source AND f.release = r.release
LEFT JOIN (SELECT area_code, any_value(area_name) AS area_name FROM catalogue.areas GROUP BY area_code) a
    ON a.area_code = f.area_code
WHERE r.check_id = '{check_id}'"""
