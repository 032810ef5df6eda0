"""Numbers by which a revision of a published figure is judged.

Belongs here: limits of X-03 and of the tables of revisions. Does not belong here: comparing different periods
(`comparability`).
"""

from __future__ import annotations

from civic_assets.house_numbers.entry import Subject

_chosen = Subject(__name__).number

LARGE_REVISION_SHARE = _chosen(
    "LARGE_REVISION_SHARE",
    "change of a figure above which a revision is large",
    0.10,
    "share of the first value",
    "a figure that changes by more than a tenth changes what a reader concludes from it",
    "X-03",
)
REVISION_FLOOR_SHARE = _chosen(
    "REVISION_FLOOR_SHARE",
    "change of a figure that any revision may make",
    0.01,
    "share of the first value",
    "any figure may be revised by one percent: late records and corrections do that every time",
    "X-03",
)
REVISION_TIMES_PAST = _chosen(
    "REVISION_TIMES_PAST",
    "multiple of the usual revision above which a revision is unusual",
    3,
    "times the mean absolute revision",
    "three times the usual revision of a measure is unusual for it",
    "X-03",
)
OLD_REVISION_DAYS = _chosen(
    "OLD_REVISION_DAYS",
    "age of a period after which its figures should not be revised",
    731,
    "days",
    "two years after its period a figure is usually final: a later change hints at a new classification",
    "X-03",
)
FEWEST_REVISED_EVENTS = _chosen(
    "FEWEST_REVISED_EVENTS",
    "smallest count whose revision is judged by its share",
    10,
    "events",
    "of smaller counts one event more is already 10% and more",
    "X-03",
)
REVISION_HORIZONS = _chosen(
    "REVISION_HORIZONS",
    "issues between the first and the later value of a revision",
    (1, 4),
    "issues after the first",
    "the next issue, and the one a year later of a quarterly publication",
    "X-03",
    "quality.revisions",
)
FEWEST_VINTAGES = _chosen(
    "FEWEST_VINTAGES",
    "fewest vintages for testing whether revisions tend to one side",
    8,
    "vintages",
    "with fewer than two years of quarters, the standard error of the mean revision is itself unknown",
    "X-03",
    "quality.revision_summary",
)
LARGEST_T = _chosen(
    "LARGEST_T",
    "largest mean revision in standard errors",
    2.0,
    "standard errors",
    "about 95% of unbiased series of revisions stay within two standard errors (Newey and West 1987)",
    "X-03",
    "quality.revision_summary",
)
RECLASSIFIED_LEAST_SHARE = _chosen(
    "RECLASSIFIED_LEAST_SHARE",
    "smallest class that is tested for having begun or ended",
    0.01,
    "share of its neighbours' sum",
    "a class below one percent of its neighbours cannot be told from their ordinary revisions",
    "quality.revisions",
    "quality.reclassified",
)
RECLASSIFIED_ABOUT_SHARE = _chosen(
    "RECLASSIFIED_ABOUT_SHARE",
    "difference within which two figures are about the same",
    0.05,
    "share",
    "a class that only has another name keeps its figures to within revisions; a neighbour that gave or "
    "took changes by more",
    "quality.revisions",
    "quality.reclassified",
)
