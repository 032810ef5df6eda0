"""What the publishers do in three years: releases in the rhythm of each contract, and what goes wrong in life.

Belongs here: all of it together, and the days on which a site does not answer. Does not belong here: the releases
(`crime`, `people`).

Every kind of site has: an edition issued again at its address, one that is late, one that never comes, two releases on
one day, a correction under another name, releases on the days on which the clocks change and on the leap day, and days
on which the site does not answer.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, time, timedelta

from civic_assets_tests.defs.automatic.years.act import Act, act
from civic_assets_tests.defs.automatic.years.crime import home_office, met, ons_crime, police
from civic_assets_tests.defs.automatic.years.people import education, lookups, population

_ONE_DAY = timedelta(days=1)


def acts() -> list[Act]:
    """Everything that the publishers do from the first day on, in order; what is before is there at the beginning."""
    found = [
        *ons_crime(),
        *population(),
        *home_office(),
        *met(),
        *police(),
        *education(),
        *lookups(),
        *_down(),
    ]
    return sorted(found, key=lambda act: act.at.timestamp())


DOWN = {
    # On an ordinary day, on a day of the calendar, and on the day of a release.
    "www.ons.gov.uk": ((date(2027, 5, 4), 1), (date(2029, 7, 26), 2)),
    "www.gov.uk": ((date(2027, 6, 8), 2), (date(2029, 7, 26), 2)),
    "data.london.gov.uk": ((date(2028, 12, 2), 2),),
    "data.police.uk": ((date(2028, 6, 1), 2), (date(2029, 4, 16), 1)),
    "content.explore-education-statistics.service.gov.uk": ((date(2028, 6, 15), 2),),
    "www.nomisweb.co.uk": ((date(2027, 9, 20), 3),),
    "www.arcgis.com": ((date(2029, 5, 9), 1),),
}
"""Hosts, and the days on which they do not answer, with their number."""


def _down() -> Iterator[Act]:
    for host, times in DOWN.items():
        for day, number in times:
            yield act(day, (), "down", lambda _, p, h=host: p.stop(h), time(0, 5))
            yield act(day + number * _ONE_DAY, (), "up", lambda _, p: p.start(), time(0, 5))
