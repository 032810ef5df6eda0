"""The page of `diff`: what is different between two publications, as one file that needs nothing else.

Belongs here: that page. Does not belong here: comparing (`civic_assets.publish.figure_changes`).
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from typing import TYPE_CHECKING, Any

from civic_assets.evidence.pages import environment
from civic_assets.publish.change_words import KINDS, value_words
from civic_assets.publish.site.areas.period_names import period_name
from civic_assets.publish.site.asset_files import FILES
from civic_assets.publish.site.evidence.word_tables import group_words, unit_words
from civic_assets.publish.site.titles import title_of

if TYPE_CHECKING:
    from civic_assets.answers.changes import ChangedFigure, PublicationChanges

_MEANINGS = {
    "revised": "The value is another.",
    "new": "Only the later publication has the figure.",
    "withdrawn": "Only the earlier publication has the figure.",
    "newly_suppressed": "The publisher hides the figure now and did not before.",
    "newly_disputed": "Checks find the figure wrong now and did not before.",
    "reclassified": "The value is the same, and its status or quality is another.",
}


def changes_page(answer: PublicationChanges, synthetic: Collection[str]) -> str:
    """The page.

    Args:
        answer: What is different, with the figures that are to be listed.
        synthetic: Sources with figures that are made up.
    """
    from markupsafe import Markup

    kinds = {one.kind for one in answer.counts}
    return (
        environment()
        .get_template("changes.html.j2")
        .render(
            title=f"Changes from publication {answer.before} to {answer.after}",
            styles=Markup((FILES / "site.css").read_text(encoding="utf-8")),
            answer=answer,
            synthetic=sorted(synthetic),
            kinds=KINDS,
            meanings={kind: meaning for kind, meaning in _MEANINGS.items() if kind in kinds},
            left=sum(one.figures for one in answer.counts) - len(answer.figures),
            rows=[_row(one) for one in answer.figures],
        )
    )


def _row(one: ChangedFigure) -> dict[str, Any]:
    unit = "" if one.unit == "count" else f", {unit_words(one.unit)}"
    releases = dict.fromkeys(name for name in (one.release_before, one.release_after) if name)
    return {
        "measure": f"{title_of(one.measure)}{unit}",
        "area": one.area_name or one.area_code or "",
        "group": group_words(one.breakdown),
        "period": period_name(date.fromisoformat(one.period_start), date.fromisoformat(one.period_end)),
        "kind": one.kind,
        "before": value_words(one.value_before, one.status_before, one.quality_before, "not published"),
        "after": value_words(one.value_after, one.status_after, one.quality_after, "not published"),
        "source": f"{one.source} {' to '.join(releases)}",
    }
