"""Whether a refresh builds the site.

Belongs here: the setting `CIVIC_SITE`, and the words for a site that is left for later. Does not belong here: building
it (`civic_assets.publish.site.build`).
"""

from __future__ import annotations

import os

from civic_assets.errors import UsageError

SITE = "CIVIC_SITE"
"""Whether a refresh builds the site (`now`, the default) or leaves that to `civic-assets report` (`later`)."""
LEFT_FOR_LATER = f"not built, because {SITE} is 'later'; build it with civic-assets report"
"""Words for a site that is not built, where its address would be."""


def built_by_a_refresh() -> bool:
    """Whether a refresh builds the site, by the variable `CIVIC_SITE`.

    Raises:
        UsageError: The variable has another value than `now` and `later`.
    """
    said = os.environ.get(SITE) or "now"
    if said not in ("now", "later"):
        raise UsageError(
            f"{SITE} is {said!r}. Set it to 'now', so that a refresh builds the site, or to 'later', so that only "
            "`civic-assets report` does."
        )
    return said == "now"
