"""What was asked for, and whether it had to be: the requests of three years against the looks and runs that made them.

Belongs here: counting, and the rules. Does not belong here: living the days (`days`), and the bounds
(`test_three_years`).
"""

from __future__ import annotations

import statistics
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from civic_assets.acquire.fetches import Fetch
from civic_assets.house_numbers.fetching import CONFIRMED_DAYS
from civic_assets_tests.defs.automatic.years.act import FIRST, LAST, LONDON
from civic_assets_tests.defs.automatic.years.calendar import DOWN
from civic_assets_tests.defs.automatic.years.days import Run

_ONE_DAY = timedelta(days=1)
_LOOKS_WHILE_DOWN = 6
"""Looks at a site that fails: after one hour, then after two, four, eight; and the first of the next day."""


@dataclass(frozen=True)
class Asked:
    """Everything that was asked in the days, by source.

    Args:
        requests: The program's receipts.
        looks: Looks by source and day.
        runs: Runs that fetch.
        hosts: Hosts of each source.
    """

    requests: Sequence[Fetch]
    looks: Mapping[tuple[str, date], int]
    runs: Sequence[Run]
    hosts: Mapping[str, Sequence[str]]

    def down(self, source: str, day: date) -> bool:
        """Whether a site of a source does not answer on a day, or comes back on it."""
        return any(
            first <= day <= first + number * _ONE_DAY
            for host in self.hosts[source]
            for first, number in DOWN.get(host, ())
        )

    def needless(self) -> list[str]:
        """Requests that nothing called for, each as a sentence; none if all is well."""
        return [*self._looks(), *self._addresses(), *self._files(), *self._calendar(), *self._parts()]

    def _looks(self) -> list[str]:
        """A site is looked at once a day; on the first day also before half past nine."""
        return [
            f"{source} was looked at {number} times on {day}"
            for (source, day), number in self.looks.items()
            if number > (_LOOKS_WHILE_DOWN if self.down(source, day) else 2 if day == FIRST else 1)
        ]

    def _addresses(self) -> list[str]:
        """A look and a run each ask for an address once."""
        runs = Counter((run.source, run.at.date()) for run in self.runs)
        asked = Counter((one.source, day_of(one), one.asked) for one in self.requests if one.way != "part")
        return [
            f"{source} asked {number} times for {address} on {day}"
            for (source, day, address), number in asked.items()
            if number > self.looks.get((source, day), 0) + runs[source, day]
        ]

    def _files(self) -> list[str]:
        """Whether a file has changed is asked for once a week; that it is now what another source received is news."""
        found, last = [], dict[tuple[str, str], tuple[datetime, str | None]]()
        for one in self.requests:
            if one.way != "fetch" or one.failed:
                continue
            key, at = (one.source, one.asked), datetime.fromisoformat(one.started)
            before, etag = last.get(key, (None, None))
            as_it_was = one.status == 304 and one.headers.get("etag") == etag
            if before is not None and as_it_was and at - before < timedelta(days=CONFIRMED_DAYS):
                found.append(f"{one.source} asked for {one.asked} on {before} and on {at}")
            last[key] = at, one.headers.get("etag")
        return found

    def _calendar(self) -> list[str]:
        """After a release has come, the calendar asks no more on that day."""
        came: dict[tuple[str, date], datetime] = {}
        found = []
        for run in self.runs:
            day = run.at.date()
            if run.by == "calendar" and run.at > came.get((run.source, day), run.at):
                found.append(f"{run.source} was fetched on {run.at} though its release had come")
            if run.by == "calendar":
                # One workbook is a release of two sources.
                for source, _ in run.new:
                    came.setdefault((source, day), run.at)
        return found

    def _parts(self) -> list[str]:
        """Parts of an archive are asked for on days on which there is another archive, and on no others."""
        new = {
            day
            for run in self.runs
            for day in [run.at.date()]
            if any(one == "police_uk" for one, _ in run.new)
        }
        return [
            f"{one.source} asked for a part of {one.asked} on {day_of(one)}"
            for one in self.requests
            if one.way == "part" and day_of(one) not in new
        ]

    def by_day(self) -> dict[str, list[int]]:
        """Requests of each source on each day, with those that failed."""
        number = Counter[tuple[str, date]]()
        for one in self.requests:
            number[one.source, day_of(one)] += one.attempts
        days = [FIRST + count * _ONE_DAY for count in range((LAST - FIRST).days + 1)]
        return {source: [number[source, day] for day in days] for source in sorted(self.hosts)}

    def table(self) -> str:
        """Requests by source and day, as a table in Markdown."""
        lines = ["| source | in the middle | at most | in three years |", "|---|---|---|---|"]
        for source, numbers in self.by_day().items():
            lines.append(
                f"| `{source}` | {statistics.median_low(numbers)} | {max(numbers)} | {sum(numbers):,} |"
            )
        whole = [sum(day) for day in zip(*self.by_day().values(), strict=True)]
        lines.append(f"| all | {statistics.median_low(whole)} | {max(whole)} | {sum(whole):,} |")
        return "\n".join(lines) + "\n"


def day_of(one: Fetch) -> date:
    """The day in London of a request."""
    return datetime.fromisoformat(one.started).astimezone(LONDON).date()
