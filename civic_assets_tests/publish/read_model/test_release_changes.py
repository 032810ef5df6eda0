"""What became of figures from one release to the next."""

from __future__ import annotations

from typing import Any

import pytest

from civic_assets_tests.publish.read_model.issue_models import CAMDEN, issues_model, restated, year
from civic_assets_tests.publish.read_models import records

_STAYS = restated(1, 1, area=CAMDEN, start=2020)
ABSENT: dict[str, Any] = {"absent": True}


def _kinds(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    rows = [*_STAYS]
    for release, one in (("2021-12", before), ("2022-12", after)):
        if one is not ABSENT:
            rows.append(year(release, one.get("value"), status=one.get("status")))
    return [row["kind"] for row in records(issues_model(rows), "SELECT kind FROM quality.release_changes")]


@pytest.mark.parametrize(
    ("before", "after", "kind"),
    [
        ({"value": 5}, {"value": 6}, ["revised"]),
        ({"value": 5}, {"value": 5}, []),
        (ABSENT, {"value": 6}, ["new"]),
        ({"status": "not_available"}, {"value": 6}, ["new"]),
        ({"value": 5}, ABSENT, ["not_covered"]),
        ({"value": 5}, {"status": "not_available"}, ["withdrawn"]),
        ({"value": 5}, {"status": "suppressed"}, ["newly_suppressed"]),
        ({"status": "suppressed"}, {"value": 5}, ["no_longer_suppressed"]),
        ({"value": 5, "status": "provisional"}, {"value": 5}, ["status_changed"]),
        ({"status": "suppressed"}, {"status": "not_available"}, ["status_changed"]),
    ],
)
def test_change_has_its_kind(before: dict[str, Any], after: dict[str, Any], kind: list[str]) -> None:
    assert _kinds(before, after) == kind


def test_an_area_of_which_the_newer_issue_prints_nothing_is_not_covered_and_not_withdrawn() -> None:
    """A file of England and Wales after one of the United Kingdom."""
    before = [year("2021-12", 5), year("2021-12", 6, start=2019)]
    gone = issues_model([*_STAYS, *before])
    assert records(gone, "SELECT kind, value_before FROM quality.release_changes") == [
        {"kind": "not_covered", "value_before": 5}
    ]
    # Another year of the area is there, or the figure without a number: then this one was withdrawn.
    for still in (year("2022-12", 7, start=2021), year("2022-12", None, status="not_available")):
        model = issues_model([*_STAYS, *before, still])
        assert {"kind": "withdrawn"} in records(model, "SELECT kind FROM quality.release_changes")
        assert "not_covered" not in str(records(model, "SELECT kind FROM quality.release_change_counts"))


def test_change_has_values_statuses_and_cells_of_both_releases() -> None:
    rows = [
        year("2021-12", 4, locator="C2!B5"),
        year("2022-12", None, status="not_available", locator="C3!B6"),
    ]
    (row,) = records(issues_model([*rows, *_STAYS]), "SELECT * FROM quality.release_changes")
    assert (row["release"], row["previous_release"]) == ("2022-12", "2021-12")
    assert (row["value_before"], row["value_after"], row["status_after"]) == (4, None, "not_available")
    assert (row["locator_before"], row["locator_after"]) == ("C2!B5", "C3!B6")


@pytest.mark.parametrize(
    "hidden", [{"status": "suppressed"}, {"quality": "withheld"}], ids=["publisher", "we"]
)
def test_number_that_is_hidden_now_is_not_compared_with_its_mark(hidden: dict[str, Any]) -> None:
    value = None if "status" in hidden else 4
    rows = [year("2021-12", 4, locator="C2!B5"), year("2022-12", value, locator="C3!B6", **hidden)]
    model = issues_model([*rows, *_STAYS])
    (row,) = records(model, "SELECT * FROM quality.release_changes")
    assert (row["kind"], row["value_before"], row["value_after"]) == ("newly_suppressed", None, None)
    assert row["locator_before"] == "C2!B5"
    assert model.execute(
        "SELECT count(*) FROM quality.revisions WHERE area_code = 'E09000019'"
    ).fetchall() == [(0,)]


def test_window_that_moves_on_is_counted_and_not_listed() -> None:
    """Monthly issues of the last 24 months: the oldest month leaves, a new one comes."""
    rows = [
        year("2021-12", 10, start=2019),
        year("2021-12", 11),
        year("2022-12", 12),
        year("2022-12", 9, start=2021),
    ]
    model = issues_model(rows)
    assert [row["kind"] for row in records(model, "SELECT kind FROM quality.release_changes")] == ["revised"]
    counts = model.execute(
        "SELECT release, previous_release, kind, n FROM quality.release_change_counts ORDER BY kind"
    ).fetchall()
    assert counts == [
        ("2022-12", "2021-12", "new", 1),
        ("2022-12", "2021-12", "no_longer_printed", 1),
        ("2022-12", "2021-12", "revised", 1),
    ]


def test_counts_add_up_to_all_figures_of_the_release() -> None:
    model = issues_model(
        [*restated(1, 2, 2), *restated(5, None, 6, area=CAMDEN), year("2003-12", 4, start=2001)]
    )
    rows = records(model, "SELECT release, kind, n FROM quality.release_change_counts")
    for release, number in (("2002-12", 1), ("2003-12", 3)):
        assert sum(r["n"] for r in rows if r["release"] == release and r["kind"] != "not_covered") == number
    gone = [(r["release"], r["n"]) for r in rows if r["kind"] == "not_covered"]
    assert gone == [("2002-12", 1)]
