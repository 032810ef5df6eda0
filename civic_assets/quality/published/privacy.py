"""Rules that no table of ours tells what a publisher hides.

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
# What everything of ours about persons is made from; what was withheld is counted too.
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
        statement="No table of ours states a figure that stands hidden in the newest release of a publisher, nor a sum "
        "of ours in the range that the publisher of its parts hides. Such a figure is withheld.",
        cannot_tell="what follows from several figures together (H-20)",
        checked=_OF_PERSONS,
        failing=f"""SELECT n_primary AS n, '' AS measure, '' AS locator, n_primary || ' rows' AS observed,
            'none' AS expected, format('{{}}: {{}} rows stated a figure that its publisher hides, or a sum in the '
                || 'range that it hides; they are withheld.', table_id, n_primary) AS message
            FROM {_OURS} AND n_primary > 0 ORDER BY table_id""",
        reason="not_applicable",
        nothing="no figure of ours is of a kind that its publisher hides",
        passed="figures of ours of kinds that publishers hide, none of which states a hidden one",
    ),
    PublishedRule(
        id="H-20",
        name="Differencing audit",
        table="our_tables",
        dimension="validity",
        severity="blocking",
        scope="privacy",
        statement="No hidden figure is told better with our tables than without them, given every release, edition, "
        "area, period, rate and denominator that is published: nothing becomes exact, nothing narrower than the house "
        "rule of H-19. A figure that would do so is withheld.",
        cannot_tell="tables of others that are not held here, and what a publisher's own releases give away together",
        checked=f"SELECT coalesce(max(n_audited), 0) FROM {_OURS}",
        failing=f"""SELECT greatest(n_secondary, n_recovered + n_narrow) AS n, '' AS measure, '' AS locator,
            n_secondary || ' rows' AS observed, 'none' AS expected, message
            FROM {_OURS} AND (n_secondary > 0 OR n_recovered > 0 OR n_narrow > 0) ORDER BY table_id""",
        reason="not_applicable",
        nothing="no figure of ours speaks of a hidden figure",
        passed="hidden figures that figures of ours speak of, none of which is told better with them",
    ),
    PublishedRule(
        id="H-20",
        name="Differencing audit",
        table="releases_together",
        dimension="validity",
        severity="warning",
        scope="privacy",
        statement="No hidden figure follows from all releases read together: other editions and sources, periods that "
        "tile others, rates and their denominators. What publishers give away themselves is a warning.",
        cannot_tell="tables of others that are not held here",
        checked=f"SELECT coalesce(sum(n_audited), 0) FROM {_TOGETHER}",
        failing=f"""SELECT n_recovered + n_narrow AS n, '' AS measure, '' AS locator,
            n_recovered + n_narrow || ' cells' AS observed, 'at least 5 apart, from 1 or less' AS expected, message
            FROM {_TOGETHER} AND outcome = 'fail' ORDER BY source""",
        reason="not_applicable",
        nothing="no publisher of what is published hides a figure",
        passed="hidden figures, none of which can be told from all releases together",
    ),
)
"""One entry for each rule and what it is about."""
