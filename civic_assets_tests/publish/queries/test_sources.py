"""What is newest of each source, in the words of people, and when the next is due."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pytest

from civic_assets.answers.document import as_document
from civic_assets.answers.summary import Summary
from civic_assets.archive import Receipt
from civic_assets.cli.refresh import print_summary
from civic_assets.cli.sources import print_sources
from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.model import Contract
from civic_assets.errors import UsageError
from civic_assets.layers.store import Store
from civic_assets.publish.queries.due import due
from civic_assets.publish.queries.sources import sources as list_sources
from civic_assets.values.period_words import spoken
from civic_assets.values.periods import PeriodKind
from civic_assets_tests.json_answers import checked, sources

DAY = date(2026, 3, 1)


def _store(folder: Path, rows: Sequence[tuple[str, str, int, str, str, str]]) -> Store:
    """A store whose read model has these figures: source, release, its order, period and kind."""
    store = Store(folder)
    with duckdb.connect(str(store.database)) as connection:
        connection.execute("CREATE SCHEMA harmonised; CREATE SCHEMA catalogue")
        connection.execute(
            """CREATE TABLE harmonised.observations (source VARCHAR, release VARCHAR, release_order INTEGER,
            period_start DATE, period_end DATE, period_kind VARCHAR, measure VARCHAR)"""
        )
        connection.execute("CREATE TABLE catalogue.releases (source VARCHAR, release VARCHAR)")
        for source, release, order, start, end, kind in rows:
            measure = "population" if source == "ons_population" else "burglary"
            connection.execute(
                "INSERT INTO harmonised.observations VALUES (?, ?, ?, ?, ?, ?, ?)",
                [source, release, order, start, end, kind, measure],
            )
            connection.execute("INSERT INTO catalogue.releases VALUES (?, ?)", [source, release])
    return store


@pytest.fixture(scope="module")
def contracts() -> dict[str, Contract]:
    return dict(load_contracts())


@pytest.mark.parametrize(
    ("start", "end", "kind", "words"),
    [
        ("2024-01-01", "2025-01-01", "rolling_year", "year ending December 2024"),
        ("2024-04-01", "2025-04-01", "financial_year", "financial year 2024/25"),
        ("2016-09-01", "2017-09-01", "academic_year", "academic year 2016/17"),
        ("1999-09-01", "2000-09-01", "academic_year", "academic year 1999/00"),
        ("2024-01-01", "2025-01-01", "calendar_year", "calendar year 2024"),
        ("2025-05-01", "2025-06-01", "month", "May 2025"),
        ("2024-07-01", "2024-10-01", "quarter", "July to September 2024"),
        ("2024-12-01", "2025-03-01", "three_month_average", "December 2024 to February 2025"),
        ("2025-03-31", "2025-04-01", "point_in_time", "31 March 2025"),
        ("2024-09-01", "2025-01-01", "term", "autumn term 2024/25"),
        ("2025-01-01", "2025-04-01", "term", "spring term 2024/25"),
        ("2024-09-01", "2025-04-01", "term", "autumn and spring terms 2024/25"),
    ],
)
def test_periods_are_said_as_people_say_them(start: str, end: str, kind: str, words: str) -> None:
    assert spoken(date.fromisoformat(start), date.fromisoformat(end), PeriodKind(kind)) == words


def test_the_newest_edition_is_the_one_with_the_newest_figures(
    tmp_path: Path, contracts: dict[str, Contract]
) -> None:
    store = _store(
        tmp_path,
        [
            ("ons_csp", "2024-12", 2, "2024-01-01", "2025-01-01", "rolling_year"),
            ("ons_csp", "2023-12", 1, "2023-01-01", "2024-01-01", "rolling_year"),
            ("ons_population", "2023-mye", 3, "2023-06-30", "2023-07-01", "point_in_time"),
            ("ons_population", "2022-mye", 4, "2022-06-30", "2022-07-01", "point_in_time"),
        ],
    )
    # The older file is received last: that makes it no newer.
    for number, release in enumerate(("2024-12", "2023-12")):
        file = tmp_path / f"{release}.csv"
        file.write_text(str(number))
        store.archive.receive(file, source="ons_csp", edition=release, file_name=file.name, origin="local")
    listed = {entry["source"]: entry for entry in sources(store, contracts, DAY)}
    newest = listed["ons_csp"]["newest"]
    assert (newest["edition"], newest["period"]) == ("2024-12", "year ending December 2024")
    assert (newest["last_day"], newest["period_end"]) == ("2024-12-31", "2025-01-01")
    assert listed["ons_population"]["newest"]["period"] == "mid-2023"
    assert [release["release"] for release in listed["ons_csp"]["releases"]] == ["2024-12", "2023-12"]


def test_of_an_edition_that_came_again_the_reissue_is_the_newest(
    tmp_path: Path, contracts: dict[str, Contract]
) -> None:
    store = _store(
        tmp_path,
        [
            ("ons_csp", "2024-12.r2", 2, "2024-01-01", "2025-01-01", "rolling_year"),
            ("ons_csp", "2024-12", 1, "2024-01-01", "2025-01-01", "rolling_year"),
            ("ons_csp", "2024-12.r2", 2, "2024-10-01", "2025-01-01", "quarter"),
        ],
    )
    listed = {entry["source"]: entry for entry in sources(store, contracts, DAY)}
    newest = listed["ons_csp"]["newest"]
    assert (newest["release"], newest["edition"]) == ("2024-12.r2", "2024-12")
    assert newest["period"] == "year ending December 2024"


def test_what_is_late_says_by_how_many_days(tmp_path: Path, contracts: dict[str, Contract]) -> None:
    store = _store(tmp_path, [("ons_csp", "2024-12", 1, "2024-01-01", "2025-01-01", "rolling_year")])
    due = date.fromisoformat(
        next(e for e in sources(store, contracts, DAY) if e["source"] == "ons_csp")["next_due"]
    )
    for day, late in ((due, 0), (date.fromordinal(due.toordinal() + 5), 5), (date(2025, 1, 1), 0)):
        listed = {entry["source"]: entry for entry in sources(store, contracts, day)}
        assert listed["ons_csp"]["late_days"] == late


def test_each_line_of_files_has_its_own_newest_and_the_main_one_says_what_is_due(
    tmp_path: Path, contracts: dict[str, Contract], capsys: pytest.CaptureFixture[str]
) -> None:
    """A file on something else, or of a part of the people, is newer than the file that is waited for."""
    store = _store(
        tmp_path,
        [
            ("dfe_exclusions", "2016-17", 1, "2016-09-01", "2017-09-01", "academic_year"),
            ("dfe_exclusions", "2016-17-reasons", 2, "2016-09-01", "2017-09-01", "academic_year"),
            ("dfe_exclusions", "2016-17-reasons", 2, "2015-09-01", "2016-09-01", "academic_year"),
            ("dfe_exclusions", "2020-21-social-care", 3, "2020-09-01", "2021-09-01", "academic_year"),
            ("ons_population", "2023-mye", 4, "2022-06-30", "2022-07-01", "point_in_time"),
            ("ons_population", "2023-mye", 4, "2023-06-30", "2023-07-01", "point_in_time"),
            ("ons_population", "2024-age-0-17", 5, "2024-06-30", "2024-07-01", "point_in_time"),
        ],
    )
    listed = {entry["source"]: entry for entry in sources(store, contracts, DAY)}
    exclusions, people = listed["dfe_exclusions"], listed["ons_population"]
    # The newest of the source stays what it was: that of any of its files.
    assert exclusions["newest"]["edition"] == "2020-21-social-care"
    assert [(line["line"], line["main"], line["edition"]) for line in exclusions["lines"]] == [
        ("", True, "2016-17"),
        ("reasons", False, "2016-17-reasons"),
        ("social-care", False, "2020-21-social-care"),
    ]
    assert [line["figures"] for line in exclusions["lines"]] == [1, 2, 1]
    assert exclusions["next_due"] == exclusions["lines"][0]["next_due"] < "2019"
    assert exclusions["late_days"] == exclusions["lines"][0]["late_days"] > 2000
    assert [line["late_days"] for line in exclusions["lines"][1:]] == [None, None]
    assert [(line["line"], line["main"], line["period"]) for line in people["lines"]] == [
        ("mye", True, "mid-2023"),  # no line without a suffix: the one with most figures
        ("age-0-17", False, "mid-2024"),
    ]
    waiting = {
        one.source: one for one in due(store, contracts, ("dfe_exclusions", "ons_population"), DAY).sources
    }
    held = waiting["dfe_exclusions"].held
    assert held is not None and held.period == "academic year 2016/17", (
        "that of the files that are waited for"
    )
    assert waiting["dfe_exclusions"].notes == (
        "dfe_exclusions: its files 'social-care' reach academic year 2020/21; what is due is counted from the others.",
    )
    assert waiting["ons_population"].notes == (
        "ons_population: its files 'age-0-17' reach mid-2024; what is due is counted from 2023-mye.",
    )
    print_sources(list_sources(store, contracts, DAY).sources)
    shown = capsys.readouterr().out
    assert "2023-mye" in shown
    assert "2024-age-0-17" in shown
    assert "one row for each" in shown


def test_an_answer_of_an_api_is_never_late_and_hides_no_lateness(
    tmp_path: Path, contracts: dict[str, Contract], capsys: pytest.CaptureFixture[str]
) -> None:
    answer = ("police_uk", "2026-01-api-52.45n-1.93w-10x26", 9, "2026-01-01", "2026-02-01", "month")
    files = ("police_uk", "2024-05-city-of-london", 1, "2024-05-01", "2024-06-01", "month")
    for folder, rows in (("both", [answer, answer, files]), ("answer", [answer])):
        store = _store(tmp_path / folder, rows)
        listed = [entry for entry in sources(store, contracts, DAY) if entry["source"] == "police_uk"]
        lines = {line["line"]: line for line in listed[0]["lines"]}
        assert (lines["api"]["one_off"], lines["api"]["late_days"]) == (True, None)
        print_sources(
            [one for one in list_sources(store, contracts, DAY).sources if one.source == "police_uk"]
        )
        assert "requested once" in " ".join(capsys.readouterr().out.split())
        if folder == "both":
            assert lines["city-of-london"]["main"]
            assert listed[0]["newest"]["period"] == "January 2026"
            assert listed[0]["late_days"] == lines["city-of-london"]["late_days"] > 300
        else:
            assert (listed[0]["next_due"], listed[0]["late_days"]) == (None, None)


def test_a_publication_that_came_once_is_not_expected_again(
    tmp_path: Path, contracts: dict[str, Contract], capsys: pytest.CaptureFixture[str]
) -> None:
    store = _store(tmp_path, [("gla_report", "2023-05", 1, "2022-07-01", "2023-07-01", "rolling_year")])
    listed = sources(store, contracts, DAY)
    report = next(entry for entry in listed if entry["source"] == "gla_report")
    assert (report["comes_again"], report["next_due"], report["late_days"]) == (False, None, None)
    assert report["stale"] is False
    print_sources(list_sources(store, contracts, DAY).sources)
    shown = capsys.readouterr().out
    assert "not expected again" in shown
    assert "2133" not in shown


def test_every_contract_says_when_the_next_is_due_within_a_cycle(contracts: dict[str, Contract]) -> None:
    for contract in contracts.values():
        if contract.frequency_months < 120:
            assert 0 < contract.stale_after_days < 4 * 366, contract.source


def test_a_store_that_does_not_exist_is_reported_and_not_made(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="There is no store"):
        Store.existing(tmp_path / "none")
    assert not (tmp_path / "none").exists()
    (tmp_path / "empty").mkdir()
    with pytest.raises(UsageError, match="There is no store"):
        Store.existing(tmp_path / "empty")


def test_samples_next_to_publishers_files_are_not_counted(
    tmp_path: Path,
    contracts: dict[str, Contract],
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    store = _store(tmp_path, [("ons_pfa", "2024-12", 1, "2024-01-01", "2025-01-01", "rolling_year")])
    real = Receipt(
        source="ons_pfa", release="2024-12", file_name="a.xlsx", sha256="0" * 64, size=1, url=None, etag=None,
        retrieved_at="2026-01-01T00:00:00Z", origin="local", synthetic=False,
    )  # fmt: skip
    sample = replace(real, source="ons_csp", release="2022-12", origin="sample", synthetic=True)
    monkeypatch.setattr(
        type(store.archive), "receipts",
        lambda _, source=None: [r for r in (sample, real) if source in (None, r.source)],
    )  # fmt: skip
    listed = sources(store, contracts, DAY)
    states = {entry["source"]: [release["state"] for release in entry["releases"]] for entry in listed}
    assert states["ons_csp"] == ["left_out"]
    print_sources(list_sources(store, contracts, DAY).sources)
    assert "1 sample release is left out" in " ".join(capsys.readouterr().out.split())


@pytest.mark.real_data
def test_of_every_real_source_the_newest_is_that_of_its_figures(
    real_store: Path, contracts: dict[str, Contract]
) -> None:
    """Over every source of the store of all real files."""
    store = Store.existing(real_store)
    listed = sources(store, contracts)
    with duckdb.connect(str(store.database), read_only=True) as connection:
        ends = dict(
            connection.execute(
                "SELECT source, max(period_end) FROM harmonised.observations GROUP BY source"
            ).fetchall()
        )
        assert ends
        for entry in listed:
            if entry["source"] not in ends:
                assert entry["newest"] is None
                continue
            newest = entry["newest"]
            assert newest["period_end"] == ends[entry["source"]].isoformat()
            row = connection.execute(
                "SELECT count(*) FROM harmonised.observations WHERE (source, release, period_end) = (?, ?, ?)",
                [entry["source"], newest["release"], newest["period_end"]],
            ).fetchone()
            assert row
            assert row[0] > 0
            assert newest["period"]
            assert sum(line["main"] for line in entry["lines"]) == 1
            assert max(line["period_end"] for line in entry["lines"]) == newest["period_end"]


def test_the_summary_says_that_samples_left(capsys: pytest.CaptureFixture[str]) -> None:
    summary = Summary(
        profile="local", store="store", publication="0" * 64, published_now=True, releases=[], disputed=[],
        ignored=[], refused=[], samples_left_out=["ons_csp 2021-12", "ons_csp 2022-12"],
    )  # fmt: skip
    print_summary(summary)
    shown = " ".join(capsys.readouterr().out.split())
    assert "2 sample releases are left out: made-up figures are never published with real ones" in shown
    assert checked("refresh", as_document(summary.as_answer()))["samples_left_out"] == [
        "ons_csp 2021-12",
        "ons_csp 2022-12",
    ]
    assert summary.exit_code == 0
