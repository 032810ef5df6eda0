"""The rules by which three years of requests are judged find what they are meant to find."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import date, datetime, timedelta

from civic_assets.acquire.fetches import Fetch
from civic_assets_tests.defs.automatic.years.act import LONDON
from civic_assets_tests.defs.automatic.years.days import Run
from civic_assets_tests.defs.automatic.years.need import Asked

SOURCE, DAY = "met_ward", date(2027, 6, 2)
AT = datetime(2027, 6, 2, 9, 50, tzinfo=LONDON)


def _request(address: str, at: datetime = AT, *, way: str = "read", status: int = 200) -> Fetch:
    sent = "ab" if status == 200 else None
    when = at.isoformat()
    return Fetch(SOURCE, way, address, address, status, {}, when, when, 9, sent, None, 1, None, True)


PAGE = _request("https://data.london.gov.uk/page")
LOOKED = Asked([PAGE], Counter({(SOURCE, DAY): 1}), [], {SOURCE: ("data.london.gov.uk",)})
RUN = Run(AT, SOURCE, "calendar", ((SOURCE, "2027-04"),), ())


def _found(asked: Asked, words: str) -> bool:
    return any(words in sentence for sentence in asked.needless())


def test_one_look_and_the_run_that_follows_are_needed() -> None:
    assert LOOKED.needless() == []
    file = _request("https://data.london.gov.uk/file", way="fetch")
    assert replace(LOOKED, requests=[PAGE, PAGE, file], runs=[RUN]).needless() == []


def test_second_look_on_a_day_is_needless_unless_the_site_is_down() -> None:
    assert _found(replace(LOOKED, looks=Counter({(SOURCE, DAY): 2})), "was looked at 2 times on 2027-06-02")
    down = Counter({(SOURCE, date(2028, 12, 2)): 4})
    assert replace(LOOKED, requests=[], looks=down).needless() == []


def test_address_is_asked_for_once_by_a_look() -> None:
    assert _found(replace(LOOKED, requests=[PAGE, PAGE]), "asked 2 times for https://data.london.gov.uk/page")


def test_unchanged_file_is_asked_for_once_a_week() -> None:
    def again(days: int) -> Asked:
        file = _request("https://data.london.gov.uk/file", way="fetch")
        later = _request(file.asked, AT + timedelta(days=days), way="fetch", status=304)
        looks = Counter({(SOURCE, DAY): 1, (SOURCE, DAY + timedelta(days=days)): 1})
        return replace(LOOKED, requests=[file, later], looks=looks)

    assert again(7).needless() == []
    assert _found(again(6), "asked for https://data.london.gov.uk/file on")


def test_calendar_asks_no_more_after_the_release_has_come() -> None:
    early = replace(RUN, at=AT - timedelta(hours=1), new=())
    assert replace(LOOKED, runs=[early, RUN]).needless() == []
    late = replace(RUN, at=AT + timedelta(hours=1), new=())
    assert _found(replace(LOOKED, runs=[RUN, late]), "though its release had come")


def test_parts_of_an_archive_belong_to_a_day_with_something_new() -> None:
    part = _request("https://data.police.uk/data/archive/2027-04.zip", way="part")
    assert _found(replace(LOOKED, requests=[part]), "asked for a part of")
    came = replace(RUN, source="police_uk", new=(("police_uk", "2027-04-city-of-london"),))
    assert replace(LOOKED, requests=[part], runs=[came]).needless() == []


def test_requests_are_counted_by_day_with_all_tries() -> None:
    numbers = replace(LOOKED, requests=[PAGE, replace(PAGE, attempts=3)]).by_day()[SOURCE]
    assert (max(numbers), sum(numbers), len(numbers)) == (4, 4, 1096)
