"""Three simulated years of release days, through the real sensors and schedules with their real cursors.

The sites, the client, the record of offers, the sensors and the schedules are the real ones; the clock is the test's.
Of a run that is asked for, the fetching is done, and the building is left out: what is tested is what is asked for and
when.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import dagster as dg
import pytest
from dagster._utils.schedules import schedule_execution_time_iterator

from civic_assets.archive import edition_of
from civic_assets.defs.automatic.fetch_job import FETCH
from civic_assets.defs.automatic.fetching import fetch
from civic_assets_tests.acquire.live.publishers import POLICE
from civic_assets_tests.defs.automatic.conftest import Hands
from civic_assets_tests.replay.faults import Fault

LONDON = ZoneInfo("Europe/London")
SENSOR, SCHEDULE = "site_police_archive", "police_uk_release_days"
REISSUED, MONTH = date(2028, 9, 27), "2027-03"
FIRST, LAST = date(2027, 1, 1), date(2029, 12, 31)


def _releases() -> dict[date, list[str]]:
    """Months by the day on which they are put out: about six weeks after their end, with what goes wrong in life."""
    days: dict[date, list[str]] = {}
    for number in range(36):
        year, month = divmod(number, 12)
        name = f"{2026 + year + (month + 11) // 12:04d}-{(month + 10) % 12 + 1:02d}"
        out = date(2027 + year, month + 1, 16)
        if number == 5:  # late by five weeks, so that two come out on one day with the next
            out = date(2027, 7, 16)
        if number == 9:  # on the Sunday on which the clocks change
            out = date(2027, 10, 31)
        if number == 13:  # on the leap day
            out = date(2028, 2, 29)
        if number == 20:  # skipped for ever
            continue
        days.setdefault(out, []).append(name)
    return days


@pytest.fixture
def empty(hands: Hands) -> Hands:
    hands.publishers.catalogue.files.clear()
    hands.publishers.catalogue.put(hands.publishers.month("2026-10"))
    return hands


def _ticks(hands: Hands) -> Iterator[datetime]:
    """Every time at which the schedule ticks or the sensor may look, in order."""
    schedule = hands.contracts[POLICE].release["schedule"]
    start = datetime.combine(FIRST, time(), LONDON)
    times = []
    for tick in schedule_execution_time_iterator(start.timestamp(), schedule["cron"], schedule["timezone"]):
        if tick.astimezone(LONDON).date() > LAST:
            break
        times.append(tick)
    day = FIRST
    while day <= LAST:
        # Before, at and after the time of a look, and twice later.
        times += [
            datetime.combine(day, time(*at), LONDON) for at in ((9, 45), (9, 50), (9, 55), (13, 0), (18, 0))
        ]
        day += timedelta(days=1)
    return iter(sorted(times, key=lambda moment: moment.timestamp()))


def test_each_release_ends_up_once_and_nothing_is_asked_for_twice_in_a_day(empty: Hands) -> None:
    hands, days = empty, _releases()
    asked: Counter[tuple[str, date]] = Counter()
    runs: list[str] = []
    scheduled = {tick.timestamp() for tick in _ticks(hands) if tick.astimezone(LONDON).time() == time(9, 40)}
    down = {date(2028, 6, 1), date(2028, 6, 2)}
    fault = Fault("503", host="data.police.uk")
    put_out: set[date] = set()
    for tick in _ticks(hands):
        local = tick.astimezone(LONDON)
        day, hands.now = local.date(), tick.astimezone(UTC)
        if day in days and day not in put_out:
            put_out.add(day)
            for month in days[day]:
                hands.publishers.catalogue.put(hands.publishers.month(month))
        if day == REISSUED and day not in put_out:
            put_out.add(day)
            old = hands.publishers.file(POLICE, f"{MONTH}-city-of-london")
            hands.publishers.other_bytes(old, "On or near", "On or by")
        if (day in down) != (fault in hands.publishers.server.faults):
            (hands.publishers.server.faults.append if day in down else hands.publishers.server.faults.remove)(
                fault
            )
        if tick.timestamp() in scheduled:
            found = hands.schedule(SCHEDULE, local)
            requests = [found] if isinstance(found, dg.RunRequest) else []
        else:
            requests = list(hands.tick(SENSOR).run_requests or ())
        for request in requests:
            assert request.run_key
            if request.job_name == FETCH and request.run_key not in hands.keys:
                hands.keys.add(request.run_key)
                runs.append(request.run_key)
                fetch(hands.store, hands.contracts, POLICE, lambda _: None)
        for one in hands.asked():
            asked[one.host + one.path, day] += 1
    receipts = hands.store.archive.receipts(POLICE)
    editions = Counter(edition_of(receipt.release) for receipt in receipts)
    wanted = {f"{month}-city-of-london" for months in days.values() for month in months} | {
        "2026-10-city-of-london"
    }
    assert set(editions) == wanted and [edition for edition, count in editions.items() if count > 1] == [
        f"{MONTH}-city-of-london"
    ]
    assert sorted(one.release for one in receipts if ".r" in one.release) == [f"{MONTH}-city-of-london.r2"]
    number = (LAST - FIRST).days + 1
    busy = {*days, *down, FIRST, REISSUED}
    repeated = {key: count for key, count in asked.items() if key[1] not in busy and count > 1}
    total = sum(asked.values())
    print(
        f"\n{POLICE}: {number:,} days, {len(runs):,} runs that fetch, {total:,} requests: {total / number:.2f} a day, "
        f"at most {max(Counter(day for _, day in asked.elements()).values())} on a day"
    )
    assert repeated == {}
    # A month that is late or never comes is asked for on each day of the calendar, and on no other.
    assert total / number < 4
