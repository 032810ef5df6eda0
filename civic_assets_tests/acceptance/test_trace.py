"""`trace` and `compare` name one figure and no other: every row of what is published, and what a person types."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from itertools import islice
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets.answers.trace import CheckElsewhere, SupersededBy
from civic_assets.cli.trace import print_trace
from civic_assets.errors import AmbiguousFigure
from civic_assets.harmonise.figures.names import ID_COLUMNS, ID_SQL, NAME_SQL, FigureName, figure_name
from civic_assets.layers.store import Store
from civic_assets.publish.queries.figure_query import FigureQuery
from civic_assets.publish.queries.figure_words import row_of, row_of_text
from civic_assets.publish.queries.trace import COUNTED_SOURCES, rows_counted, trace
from civic_assets.publish.read_model.locate import locate
from civic_assets_tests.acceptance.commands import Answer, civic_assets
from civic_assets_tests.conftest import RealRefresh
from civic_assets_tests.shared_stores import Refreshed

# Names that are held in memory at a time: all two million would take three gigabytes.
_AT_ONCE = 250_000


@pytest.fixture(scope="module")
def store(sample_refresh: Refreshed) -> Path:
    return sample_refresh.store


def _trace(store: Path, *arguments: object) -> Answer:
    return civic_assets("trace", *arguments, "--store", store)


def _chain(store: Path, *arguments: object) -> Any:
    answer = _trace(store, *arguments, "--json")
    assert answer.code == 0, answer.err
    return answer.json


def _rows(connection: duckdb.DuckDBPyConnection) -> Iterator[list[tuple[str, int]]]:
    """Name and row of all rows of the store, in parts."""
    cursor = connection.cursor().execute(
        f"SELECT {NAME_SQL} || '@' || release, rowid FROM harmonised.observations"
    )
    while rows := cursor.fetchmany(_AT_ONCE):
        yield rows


_NEWEST = """SELECT arg_max(o.rowid, o.release_order) FROM harmonised.observations o JOIN harmonised.observations mine
    USING (source, measure, area_code, period_start, period_end, breakdown, unit, statistic) WHERE mine.rowid = ?"""


def _differences(database: Path, singly: int) -> tuple[int, list[str]]:
    """Number of rows, and the names by which something else than their own row is found.

    Args:
        database: A read model.
        singly: So many rows of each part are looked up one by one too, as `trace` does, with and without release.
    """
    total, wrong = 0, []
    with duckdb.connect(str(database), read_only=True) as connection:
        for rows in _rows(connection):
            total += len(rows)
            found = locate(connection, [figure_name(text) for text, _ in rows])
            # If a name finds nothing, it is missing and all after it move up: the list is shown unchanged.
            answers = found.select(["name", "row", "choices"]).to_pydict()
            expected = {
                "name": list(range(len(rows))),
                "row": [row for _, row in rows],
                "choices": [1] * len(rows),
            }
            if answers != expected:
                got = dict(
                    zip(answers["name"], zip(answers["row"], answers["choices"], strict=True), strict=True)
                )
                wrong += [text for n, (text, row) in enumerate(rows) if got.get(n) != (row, 1)]
            for text, row in islice(rows, 0, None, max(1, len(rows) // singly)):
                wrong += [text] if row_of_text(connection, text) != row else []
                wrong += [text] if str(figure_name(text)) != text else []
                unnamed = text.rpartition("@")[0]
                ((newest,),) = connection.execute(_NEWEST, [row]).fetchall()
                wrong += [unnamed] if row_of_text(connection, unnamed) != newest else []
    return total, wrong


def _shared_names(database: Path) -> tuple[int, int, int]:
    """Rows, different names with release, and figures that share an id."""
    with duckdb.connect(str(database), read_only=True) as connection:
        (found,) = connection.execute(
            f"""SELECT count(*), count(DISTINCT {NAME_SQL} || '@' || release),
                count(DISTINCT {NAME_SQL}) - count(DISTINCT {ID_SQL}) FROM harmonised.observations"""
        ).fetchall()
        (row,) = connection.execute(
            f"""SELECT count(*) FROM harmonised.latest
            WHERE figure_id <> {ID_SQL} OR figure_id <> harmonised.figure_id({", ".join(ID_COLUMNS)})"""
        ).fetchall()
    assert row == (0,)
    return found


def test_every_row_of_the_sample_is_found_by_its_own_name(store: Path) -> None:
    total, wrong = _differences(store / "civic.duckdb", 300)
    assert total > 10_000
    assert wrong == []
    assert _shared_names(store / "civic.duckdb") == (total, total, 0)


def test_the_newest_figures_have_an_id_each(store: Path) -> None:
    with duckdb.connect(str(store / "civic.duckdb"), read_only=True) as connection:
        ((figures, ids),) = connection.execute(
            "SELECT count(*), count(DISTINCT figure_id) FROM harmonised.latest"
        ).fetchall()
    assert figures == ids > 1_000


@pytest.mark.real_data
@pytest.mark.exhaustive
def test_every_row_of_all_real_files_is_found_by_its_own_name(real_refresh: RealRefresh) -> None:
    total, wrong = _differences(real_refresh.store / "civic.duckdb", 10)
    assert total > 2_000_000
    assert wrong == []
    assert _shared_names(real_refresh.store / "civic.duckdb") == (total, total, 0)


@pytest.mark.real_data
def test_suspensions_without_a_group_are_those_of_all_pupils_and_reasons(real_refresh: RealRefresh) -> None:
    arguments = ("--area", "E09000019", "--measure", "suspensions", "--period", "2016-09-01/2017-09-01")
    chain = _chain(real_refresh.store, *arguments)
    assert (chain["value_text"], chain["figure"]["breakdown"]) == ("1251", "total")
    assert chain["earlier"] == []
    groups = {group["breakdown"]: group["value_text"] for group in chain["other_groups"]}
    assert groups["phase=special;reason=sexual misconduct"] == "0" and len(groups) > 40
    shown = _trace(real_refresh.store, *arguments).out
    assert "1,251 count" in shown and "group         total" in shown
    assert "dfe_exclusions:suspensions:E09000019:2016-09-01/2017-09-01@2016-17" in shown


BURGLARY = "ons_csp:burglary:E09000019:2021-07-01/2022-07-01"


def test_name_id_and_words_lead_to_the_same_figure(store: Path) -> None:
    chain = _chain(store, BURGLARY)
    assert chain["figure"]["name"] == BURGLARY
    assert chain["name"] == f"{BURGLARY}@{chain['release']}"
    assert chain["figure_id"] == figure_name(BURGLARY).figure_id
    for arguments in (
        (chain["name"],),
        (chain["figure_id"],),
        ("ONS_CSP:Burglary:islington:ye June 2022",),
        ("--area", "Islington", "--measure", "BURGLARY", "--period", "ye jun 2022", "--source", "ons_csp"),
    ):
        assert _chain(store, *arguments) == chain


def test_earlier_issues_are_of_the_same_figure_and_groups_are_separate(store: Path) -> None:
    chain = _chain(store, "ons_csp:burglary:E09000019:2021-10-01/2022-10-01@2022-09.r2")
    assert chain["earlier"], "the sample has the edition of September 2022 twice"
    for issue in chain["earlier"]:
        assert issue["name"] == chain["figure"]["name"]
        assert issue["release"] == "2022-09"
    first = _chain(store, "ons_csp:burglary:E09000019:2021-10-01/2022-10-01@2022-09")
    assert first["earlier"] == []
    assert [issue["release"] for issue in first["later"]] == ["2022-09.r2"]


def test_failures_elsewhere_in_the_release_are_apart_from_those_of_the_figure(store: Path) -> None:
    """Camden's figure is in order; two figures of the report's table are misprints."""
    year = "2020-01-01/2021-01-01"
    misprint = _chain(store, f"gla_report:burglary:E09000019:{year}")
    failed = [check for check in misprint["checks"] if check["outcome"] == "fail"]
    assert failed and all(check["message"].endswith((".", ")")) for check in failed)
    assert {check["check_id"] for check in failed} <= {
        finding["check_id"] for finding in misprint["findings"]
    }
    clean = _chain(store, f"gla_report:robbery:E09000019:{year}")
    assert clean["findings"] == []
    assert [check for check in clean["checks"] if check["outcome"] == "fail"] == []
    assert {check["check_id"] for check in failed} <= {check["check_id"] for check in clean["release_checks"]}
    assert all(check["message"] for check in clean["release_checks"])


def _no_totals(database: Path, most: int) -> tuple[int, list[str]]:
    """Number of figures without a total that were asked for, and those that were answered all the same."""
    answered = []
    with duckdb.connect(str(database), read_only=True) as connection:
        rows = connection.execute(
            f"""SELECT * FROM (
                SELECT source, measure, area_code, period_start, period_end, unit, statistic
                FROM harmonised.observations GROUP BY ALL HAVING NOT bool_or(breakdown = 'total'))
            ORDER BY hash(source, measure, area_code, period_start, unit) LIMIT {most}"""
        ).fetchall()
        for source, measure, area, start, end, unit, statistic in rows:
            wanted = FigureQuery(measure, area, f"{start}/{end}", None, unit, statistic, source)
            name = str(FigureName(source, measure, area, start, end, "total", unit, statistic))
            for ask in (partial(row_of, connection, wanted), partial(row_of_text, connection, name)):
                try:
                    ask()
                except AmbiguousFigure as error:
                    answered += [] if error.choices and "has no total" in str(error) else [name]
                else:
                    answered.append(name)
    return len(rows), answered


def test_a_name_without_group_is_never_answered_with_a_group(store: Path) -> None:
    asked, answered = _no_totals(store / "civic.duckdb", 1_000_000)
    assert asked > 5
    assert answered == []


@pytest.mark.real_data
def test_a_name_without_group_is_never_answered_with_a_group_of_the_real_files(
    real_refresh: RealRefresh,
) -> None:
    asked, answered = _no_totals(real_refresh.store / "civic.duckdb", 150)
    assert asked == 150
    assert answered == []
    children = "ons_population:population:E09000019:2024-06-30/2024-07-01"
    refused = _trace(real_refresh.store, children, "--json")
    assert refused.code == 2
    assert refused.json["choices"] == [children.replace(":E09", "[age=0-17]:E09")]
    other = "ons_csp:burglary:E09000019:2024-01-01/2025-01-01"
    assert civic_assets("compare", children, other, "--store", real_refresh.store).code == 2
    assert _chain(real_refresh.store, children.replace(":E09", "[age=0-17]:E09"))["value_text"] == "35624"


@pytest.mark.real_data
def test_a_class_that_a_newer_issue_replaced_says_so_next_to_groups_of_its_own_issue(
    real_refresh: RealRefresh,
) -> None:
    group = "major=burglary;minor=burglary - residential"
    chain = _chain(
        real_refresh.store, f"met_borough:recorded_crime_met[{group}]:E09000019:2019-05-01/2019-06-01"
    )
    assert chain["superseded"]["release"] > chain["release"]
    assert {other["release"] for other in chain["other_groups"]} == {chain["release"]}
    refused = _trace(
        real_refresh.store, "met_borough:recorded_crime_met:E09000019:2019-05-01/2019-06-01", "--json"
    )
    assert refused.code == 2
    assert not any(group in name for name in refused.json["choices"])


@pytest.mark.real_data
@pytest.mark.parametrize(
    ("area", "measure", "period", "code"),
    [
        ("City of York", "burglary", "2024", "E06000014"),
        ("Bedford Borough", "burglary", "2024", "E06000055"),
        ("herefordshire ", "burglary", "2024", "E06000019"),
        ("Durham", "suspensions", "2016/17", "E06000047"),
        ("Durham", "population", "mid-2023", None),
    ],
)
def test_an_area_is_found_by_the_name_that_any_publisher_prints(
    real_refresh: RealRefresh, area: str, measure: str, period: str, code: str | None
) -> None:
    arguments = ("--area", area, "--measure", measure, "--period", period, "--json")
    answer = _trace(real_refresh.store, *arguments)
    assert answer.code == (0 if code else 2)
    if code:
        assert answer.json["figure"]["area_code"] == code
    else:
        assert (
            "County Durham (E06000047, local authority) and Durham (E23000008, police force)"
            in answer.json["error"]
        )
        assert len(answer.json["choices"]) == 2


def test_a_figure_that_is_not_published_is_of_the_area_that_its_name_means(store: Path) -> None:
    """What was typed is read in one way, whether the figure is published or not."""
    for year in ("2021-07-01/2022-07-01", "2034-07-01/2035-07-01"):
        named = f"ons_csp:burglary: kensington \u00a0AND  chelsea:{year}"
        answer = civic_assets("compare", named, BURGLARY, "--store", store, "--json")
        assert answer.code == 0, answer.err
        assert answer.json["series"][0]["area_code"] == "E09000020"


@pytest.mark.real_data
def test_of_several_areas_none_is_compared_silently(real_refresh: RealRefresh) -> None:
    for year in ("2024-01-01/2025-01-01", "2034-01-01/2035-01-01"):
        named = f"ons_csp:burglary:Durham:{year}"
        answer = civic_assets("compare", named, BURGLARY, "--store", real_refresh.store, "--json")
        assert answer.code == 2
        assert answer.json["choices"] == [
            named.replace("Durham", code) for code in ("E06000047", "E23000008")
        ]


@pytest.mark.real_data
def test_figures_that_are_numbers_of_rows_say_of_how_many(real_refresh: RealRefresh) -> None:
    """The rows that a locator tells of are as many as the figure says, for every figure."""
    sources = ", ".join(f"'{source}'" for source in sorted(COUNTED_SOURCES))
    with duckdb.connect(str(real_refresh.store / "civic.duckdb"), read_only=True) as connection:
        rows = connection.execute(
            f"SELECT source, value, locator FROM harmonised.observations WHERE source IN ({sources})"
        ).fetchall()
    assert len(rows) > 2_000
    assert [row for row in rows if rows_counted(row[0], row[2]) != row[1]] == []


def test_a_terminal_says_what_was_counted_and_what_was_replaced(
    store: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    chain = trace(Store(store), BURGLARY)
    assert chain.counted_from_rows is None and chain.superseded is None
    print_trace(chain)
    assert "printed as" in capsys.readouterr().out
    check = CheckElsewhere(
        "H-12", "Unknown change point", "harmonised", "warning", "fail", "", 4, 1, "somewhere.", None, False
    )
    print_trace(
        replace(
            chain,
            counted_from_rows=4,
            superseded=SupersededBy("2025-12", "not in the newest issue"),
            checks=(),
            release_checks=(check,),
        )
    )
    shown = capsys.readouterr().out
    assert "counted from  4 rows" in shown and "printed as" not in shown
    assert "superseded    not in the newest issue" in shown
    assert "no check of this figure" not in shown and "this one may be concerned" in shown


def test_check_of_a_column_may_concern_each_of_its_figures(store: Path) -> None:
    """H-04 names the first cell of each column of rates that is divided by an old population."""
    chain = _chain(store, "ons_csp:burglary[total;unit=per_1000_population]:E09000019:2022-01-01/2023-01-01")
    elsewhere = {check["check_id"]: check["all_cells_named"] for check in chain["release_checks"]}
    assert elsewhere["H-04"] is False
    assert elsewhere["V-22"] is True, "these findings name the areas"
    shown = _trace(store, chain["name"]).out
    assert "no check of this figure" not in shown


def test_a_day_is_about_what_was_out_and_says_how_that_is_known(store: Path) -> None:
    name = "ons_csp:burglary:E09000019:2021-10-01/2022-10-01"
    now = _chain(store, name)
    assert now["published"]["how_known"]
    early = _trace(store, name, "--as-of", "2021-01-01")
    assert early.code == 2
    assert f"{name} was not yet published on 2021-01-01" in early.err and "Published:" not in early.err
    unheld = _trace(store, name, "--as-of-received", "2021-01-01")
    assert unheld.code == 2 and "was not yet received on 2021-01-01" in unheld.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "--area and --measure and --period are missing"),
        (("--area", "E09000019", "--period", "2022"), "--measure is missing"),
        ((BURGLARY, "--area", "E09000019"), "not both"),
        (("burglary",), "not the name of a figure"),
        (("ons_csp:burglary:E09000019:soon",), "'soon' is not a period"),
        (("ons_csp:burglary:E09000019:2022-01-01/2021-01-01",), "must end after it starts"),
        (("ons_cps:burglary:E09000019:2022",), "did you mean ons_csp"),
        (("0123456789abcdef",), "No published figure has the id"),
    ],
)
def test_a_name_that_is_none_ends_in_a_sentence_and_2(
    store: Path, arguments: tuple[str, ...], words: str
) -> None:
    answer = _trace(store, *arguments)
    assert answer.code == 2
    assert words in answer.err and "Traceback" not in answer.err


def test_compare_takes_words_and_ids_and_says_full_names(store: Path) -> None:
    other = "ons_csp:burglary:E09000007:2021-07-01/2022-07-01"
    answer = civic_assets(
        "compare",
        "ons_csp:Burglary:islington:ye june 2022",
        figure_name(other).figure_id,
        "--store",
        store,
        "--json",
    )
    assert answer.code == 0, answer.err
    assert [series["name"] for series in answer.json["series"]] == [BURGLARY, other]
    assert [series["figure_id"] for series in answer.json["series"]] == [
        figure_name(BURGLARY).figure_id, figure_name(other).figure_id,
    ]  # fmt: skip
    shown = civic_assets("compare", BURGLARY, other, "--store", store)
    assert BURGLARY in shown.out and other in shown.out
