"""Rules that no derived table reveals what a publisher hides.

Belongs here: H-18 and H-20 over the read model, as what the audit and the withholding before publication have logged.
Does not belong here: the audit (`our_audit`), withholding (`civic_assets.publish.disclosure.withholding`), and what a
publisher's own release gives away (`disclosure_rules`).

A failure of these withholds the figure and cannot be waived: where one is said to fail, the figures are gone already.
"""

from __future__ import annotations

from collections.abc import Sequence

from civic_assets.quality.published.rules import PublishedRule

_TOGETHER = "quality.disclosure_log WHERE release = 'all releases'"
_OURS = "quality.disclosure_log WHERE release = 'published'"
# The basis of all derived figures about persons; withheld figures are counted too.
_OF_PERSONS = """SELECT count(*) FROM harmonised.indicator_figures
    WHERE (value IS NOT NULL OR quality = 'withheld') AND list_has_any(string_split(measure, '+'),
        (SELECT coalesce(list(DISTINCT measure), []) FROM catalogue.disclosure_rules WHERE practice = 'suppressed'))"""

PRIVACY_RULES: Sequence[PublishedRule] = (
    PublishedRule(
        id="H-18",
        name="Primary suppression",
        table="our_tables",
        dimension="validity",
        severity="blocking",
        scope="privacy",
        statement="No derived table shows a figure that is hidden in the newest release of its publisher, or a sum in "
        "the range that the publisher of its parts hides. Such a figure is withheld.",
        cannot_tell="what follows from several figures together (H-20)",
        guidance="Do not publish these figures from another copy of the data.",
        checked=_OF_PERSONS,
        failing=f"""SELECT n_primary AS n, '' AS measure, '' AS locator, n_primary || ' rows' AS observed,
            'none' AS expected, format('harmonised.{{}}: {{}} showed a figure that its publisher hides, or a sum in '
            'the '
                || 'range that it hides, and {{}} withheld.', table_id, counted(n_primary, 'row'),
                CASE WHEN n_primary = 1 THEN 'is' ELSE 'are' END) AS message
            FROM {_OURS} AND n_primary > 0 ORDER BY table_id""",
        reason="not_applicable",
        nothing="no derived figure is of a kind that its publisher hides",
        passed="derived figures of kinds that publishers hide, none of which shows a hidden figure",
    ),
    PublishedRule(
        id="H-20",
        name="Differencing audit",
        table="our_tables",
        dimension="validity",
        severity="blocking",
        scope="privacy",
        statement="No hidden figure is easier to work out with the derived tables than without them, given every "
        "release, edition, area, period, rate and denominator that is published: nothing becomes exact, and "
        "nothing becomes narrower than the house rule of H-19. A figure that would do so is withheld.",
        cannot_tell="tables by others that are not held here, and what a publisher's own releases reveal together",
        guidance="Do not publish these figures from another copy of the data.",
        checked=f"SELECT coalesce(max(n_audited), 0) FROM {_OURS}",
        failing=f"""SELECT greatest(n_secondary, n_recovered + n_narrow) AS n, '' AS measure, '' AS locator,
            n_secondary || ' rows' AS observed, 'none' AS expected, message
            FROM {_OURS} AND (n_secondary > 0 OR n_recovered > 0 OR n_narrow > 0) ORDER BY table_id""",
        reason="not_applicable",
        nothing="no derived figure relates to a hidden figure",
        passed="hidden figures that derived figures relate to, none of which they make easier to work out",
    ),
    PublishedRule(
        id="H-20",
        name="Differencing audit",
        table="releases_together",
        dimension="validity",
        severity="warning",
        scope="privacy",
        statement="No hidden figure can be worked out from all releases together: other editions and sources, periods "
        "that make up others, rates and their denominators. What publishers reveal themselves is a warning.",
        cannot_tell="tables by others that are not held here",
        guidance="Tell the publisher, and do not repeat the values.",
        checked=f"SELECT coalesce(sum(n_audited), 0) FROM {_TOGETHER}",
        failing=f"""SELECT n_recovered + n_narrow AS n, '' AS measure, '' AS locator,
            n_recovered + n_narrow || ' cells' AS observed, 'at least 5 apart, from 1 or less' AS expected, message
            FROM {_TOGETHER} AND outcome = 'fail' ORDER BY source""",
        reason="not_applicable",
        nothing="no published source hides figures",
        passed="hidden figures, none of which can be worked out from all releases together",
    ),
)
"""One entry for each rule and what it is about."""
