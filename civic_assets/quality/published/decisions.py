"""Rules about decisions: does a correction still mend what is printed, and is a waiver still in force?

Belongs here: K-02 and K-03 over the read model. Does not belong here: reading decisions (`civic_assets.contracts`) and
what they change (`civic_assets.publish.read_model.decisions`).

What a failure means for figures follows without these rules: a correction whose guard fails is not applied, so that the
figure stays disputed; a failure whose waiver has ended has its consequence again. The rules say that a decision is due.
"""

from __future__ import annotations

from civic_assets.quality.published.rule import PublishedRule

DECISION_RULES = (
    PublishedRule(
        id="K-02",
        name="Corrections hold",
        table="corrections",
        dimension="accuracy",
        severity="blocking",
        statement="Every registered correction is for one published number, which is still printed as it was when the "
        "correction was decided (`expect`).",
        cannot_tell="whether a correction is right; corrections of releases that are not published are not evaluated",
        guidance="Remove it or decide again.",
        checked="SELECT count(*) FROM quality.corrections WHERE state <> 'no_release'",
        failing="""SELECT measure, area_code, period_start, period_end, locator, printed_text AS observed, expected,
                message
            FROM quality.corrections WHERE state NOT IN ('applied', 'no_release') ORDER BY correction_id, release""",
        reason="not_applicable",
        nothing="no correction is registered for a published release",
        passed="corrections, each for a figure that is printed as expected",
    ),
    PublishedRule(
        id="K-03",
        name="Waivers in force",
        table="waivers",
        dimension="timeliness",
        severity="blocking",
        statement="Every registered waiver is in force and names a check that exists.",
        cannot_tell="whether a waiver was wise",
        guidance="Fix the cause, renew the waiver or remove it from data_contracts/waivers.yaml.",
        checked="SELECT count(*) FROM quality.waivers",
        failing="""SELECT check_id AS measure, cells[1] AS locator, state AS observed, 'in_force' AS expected,
            format('Waiver {} of {} for {} {} {}. {}', waiver_id, check_id, source, release,
                CASE state WHEN 'expired' THEN format('ended on {}', day_name(expires))
                    WHEN 'not_yet_in_force' THEN format('begins on {}', day_name(given))
                    ELSE 'names a check that does not exist' END,
                CASE state WHEN 'expired' THEN 'The check has its usual effect again.' ELSE 'It has no effect.' END)
                    AS message
            FROM quality.waivers WHERE state <> 'in_force' ORDER BY waiver_id""",
        reason="not_applicable",
        nothing="no waiver is registered",
        passed="waivers, each in force",
    ),
)
"""One entry for each rule and table."""
