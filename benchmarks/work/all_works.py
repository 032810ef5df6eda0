"""The list of all benchmarks, in the order in which they are run."""

from __future__ import annotations

from benchmarks.work import (
    Work,
    against_checkout,
    archive_by_parts,
    backfill,
    fetching,
    fetching_share,
    first_refresh,
    localisation,
    many_releases,
    new_issue,
    nothing_new,
    nothing_new_live,
    reading,
    school_rows,
    site,
    street_crime,
    through_dagster,
    verifying,
)

WORKS: dict[str, Work] = {
    work.name: work
    for work in (
        first_refresh.WORK,
        new_issue.WORK,
        many_releases.WORK,
        against_checkout.FOLDER,
        nothing_new.WORK,
        nothing_new_live.WORK,
        reading.WORK,
        against_checkout.INSPECTION,
        school_rows.INSPECTION,
        school_rows.REFRESH,
        localisation.WORK,
        fetching.WORK,
        fetching_share.WORK,
        archive_by_parts.WORK,
        site.WORK,
        site.ONE_RELEASE,
        verifying.WORK,
        street_crime.WORK,
        street_crime.MORE,
        backfill.WORK,
        through_dagster.WORK,
    )
}
"""Name -> benchmark."""
