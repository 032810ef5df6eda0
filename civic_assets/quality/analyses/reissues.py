"""What another issue of one edition made of its figures, and whether its publisher says so.

Belongs here: comparing the figures of two issues, and the verdict of R-01 on a reissue. Does not belong here: the
rest of R-01 (`rules.file`), how a file announces itself (`civic_assets.parsing.reissue_notice`), and revisions between
editions (`civic_assets.publish.read_model.revised.revisions`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from civic_assets.house_numbers.listing import CHANGED_CELLS_NAMED
from civic_assets.quality.analyses.history import columns_of
from civic_assets.quality.framework.in_sql import in_sql
from civic_assets.quality.framework.release import ReleaseView
from civic_assets.quality.framework.results import Finding, RuleOutcome, outcome_of
from civic_assets.quality.framework.wording import measure_words

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS = (
    "measure", "area_code", "period_start", "period_end", "breakdown", "unit", "statistic", "value", "status",
    "value_text", "locator",
)  # fmt: skip
_KEY = "measure, area_code, period_start, period_end, breakdown, unit, statistic"


@dataclass(frozen=True, slots=True)
class Difference:
    """How the figures of two issues differ.

    Args:
        figures: In either of them.
        changed: With another value or status, or in one of them only.
        cells: First cells of the later issue, in the order of the file.
        first: The first of them in words; empty when nothing changed.
    """

    figures: int
    changed: int
    cells: Sequence[str]
    first: str


def difference(before: pa.Table, now: pa.Table) -> Difference:
    """Compares figure by figure, wherever in the file a figure is.

    Args:
        before: Observations of the earlier issue with at least `COLUMNS`.
        now: Observations of the later issue.
    """
    with in_sql(before=before.select(list(COLUMNS)), now=now.select(list(COLUMNS))) as connection:
        connection.execute(
            f"""CREATE TEMP TABLE pairs AS
            SELECT *, b.value AS old, n.value AS new, b.value_text AS old_text, n.value_text AS new_text,
                n.locator AS place, b.locator AS old_place,
                b.value IS DISTINCT FROM n.value OR b.status IS DISTINCT FROM n.status
                    OR (b.locator IS NULL) <> (n.locator IS NULL) AS changed
            FROM before b FULL JOIN now n USING ({_KEY})"""
        )
        figures, changed = connection.execute(
            "SELECT count(*), count(*) FILTER (changed) FROM pairs"
        ).fetchone() or (0, 0)
        rows = connection.execute(
            f"""SELECT coalesce(place, old_place), measure, area_code, old_text, new_text FROM pairs WHERE changed
            ORDER BY place IS NULL, measure, area_code, period_start, breakdown LIMIT {CHANGED_CELLS_NAMED}"""
        ).fetchall()
    first = ""
    if rows:
        place, measure, area, old, new = rows[0]
        first = f"{place}: {measure_words(measure)} of {area} was {_printed(old)} and is {_printed(new)}"
    return Difference(int(figures), int(changed), [row[0] for row in rows], first)


def _printed(text: str | None) -> str:
    return "not there" if text is None else repr(text)


def reissue(release: ReleaseView, received: str) -> RuleOutcome:
    """R-01 for other bytes of an edition: nobody overwrites a published figure without saying so.

    Args:
        release: The later issue, with the published earlier ones.
        received: What is known of its bytes, in words.
    """
    file, edition = release.file, release.file.reissue_of
    if file.older:
        message = (
            f"{release.release} is another file of {edition}, and not the newer one: {file.older}. It is held back so "
            "that it does not replace the newer issue. Remove it from the input folder."
        )
        return outcome_of(1, [Finding("R-01", message, observed=file.older)])
    if file.announced:
        return outcome_of(1, [], f"{received}, as the publisher says: {file.announced}")
    if not release.issues:
        return outcome_of(
            1, [], f"{received}; no earlier issue of it is published, so nothing is overwritten"
        )
    if release.parsed is None:
        return outcome_of(1, [], f"{received}; its figures cannot be read")
    earlier = list(release.issues)[-1]
    found = difference(columns_of(release.issues, earlier, COLUMNS), release.observations)
    if not found.changed:
        return outcome_of(1, [], f"{received}; all {found.figures:,} figures are the same as in {earlier}")
    silent = release.contract.reissues_without_notice
    message = (
        f"{release.release} differs from {earlier} in {found.changed:,} of {found.figures:,} figures "
        f"(first {found.first}), but the file states neither a later day of publication nor a correction"
    )
    if silent:
        warned = Finding(
            "R-01",
            f"{message}: {silent}.",
            found.cells[0],
            found.cells,
            severity="warning",
            observed=found.first,
        )
        return replace(outcome_of(1, [warned]), scope="value", severity="warning")
    blocked = Finding(
        "R-01",
        f"{message}. {earlier} stays published. Ask the publisher; if the change is announced elsewhere, register a "
        f"waiver of R-01 for {release.release} with that as its reason.",
        found.cells[0],
        found.cells,
        observed=found.first,
        expected=f"a notice of the change, or the figures of {earlier}",
    )
    return outcome_of(1, [blocked])
