"""The tidy parser: what a row is about is read as the contract says, and nothing is guessed.

The tables are written by the tests; each contract is that of the documentation's example with other `rows`.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from civic_assets.contracts.load import contracts_folder, load_contract
from civic_assets.contracts.model import Contract
from civic_assets.errors import CivicError, ContractError
from civic_assets.parsing.observations import Parsed
from civic_assets.parsing.recognise import parser_of
from civic_assets.parsing.table_finder import find_tables
from civic_assets.quality.contract_demands import check_contract
from civic_assets.readers.grid import Grid, Sheet

EXAMPLE = contracts_folder().parent / "docs" / "how-to" / "example-source" / "library_visits.odcs.yaml"
KEYS = {
    "code": "Area code", "place": "Area", "spot": "Spot", "when": "When", "what": "Identifier", "sex": "Sex",
    "topic": "Topic",
}  # fmt: skip
AREA = {"name": "place", "register": ["country", "region", "local_authority"]}
YEAR = {"column": "when", "format": "YYYY/YY"}


def contract(
    tmp_path: Path, rows: dict[str, Any], layout: dict[str, Any] | None = None, **properties: Any
) -> Path:
    """A contract whose table has the key columns of `KEYS` and two figures."""
    document = yaml.safe_load(EXAMPLE.read_text(encoding="utf-8"))
    (table,) = document["schema"]
    table["properties"] = [
        {"name": name, "businessName": header, "logicalType": "string"} for name, header in KEYS.items()
    ] + [
        {"name": name, "businessName": f"Library {name}", "logicalType": "integer", "required": True}
        for name in ("visits", "loans")
    ]
    table["quality"] = []
    table["customProperties"][0]["value"] = {
        "identifiedBy": ["visits", "loans"], "unit": "count", "statistic": "flow",
        "period": {"from": "cell", "kind": "financial_year"}, "closed": "splits the figures", "keys": list(KEYS),
        "columns": {"visits": {"measure": "library_visits"}, "loans": {"measure": "library_visits_adults"}},
        "rows": rows, **(layout or {}),
    }  # fmt: skip
    ours = {item["property"]: item["value"] for item in document["customProperties"]}
    del ours["headerAliases"], ours["knownValues"], ours["measures"]["library_visits_children"]
    document["customProperties"] = [
        {"property": name, "value": value} for name, value in {**ours, **properties}.items()
    ]
    file = tmp_path / "library_visits.odcs.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return file


def read(terms: Contract, *rows: dict[str, str]) -> Parsed:
    """The table with some rows; what a row does not say is empty, and its figures are 1 and 2."""
    headers = [*KEYS.values(), "Library visits", "Library loans"]
    lines: list[Sequence[str]] = [headers, *([row.get(key, "") for key in KEYS] + ["1", "2"] for row in rows)]
    sheet = Sheet("", [list(line) for line in lines], line_numbers=list(range(1, len(lines) + 1)))
    grid = Grid("any.csv", "csv", [sheet])
    parsed: Parsed = parser_of(terms).parse(grid, find_tables(grid, terms), terms)
    return parsed


def areas(parsed: Parsed) -> list[tuple[str, str, str, str | None]]:
    """Kind, code, type and parent of the first figure of each row."""
    names = ("row_kind", "area_code", "area_type", "parent_code", "measure")
    rows = zip(*(parsed.observations[name].to_pylist() for name in names), strict=True)
    return [row[:4] for row in rows if row[4] == "library_visits"]


def test_names_are_looked_up_in_the_register_on_the_last_day_of_their_period(tmp_path: Path) -> None:
    terms = load_contract(contract(tmp_path, {"areas": [AREA], "period": YEAR}))
    parsed = read(
        terms,
        {"place": "England", "when": "2023/24"},
        {"place": "London", "when": "2023/24"},
        {"place": "Islington", "when": "2023/24"},
        # St Albans got another code in April 2012, when its boundary moved.
        {"place": "St Albans", "when": "2011/12"},
        {"place": "St Albans", "when": "2012/13"},
    )
    assert parsed.problems == []
    assert areas(parsed) == [
        ("country", "E92000001", "country", None),
        ("region", "E12000007", "region", None),
        ("local_authority", "E09000019", "local_authority", None),
        ("local_authority", "E07000100", "local_authority", None),
        ("local_authority", "E07000240", "local_authority", None),
    ]
    assert parsed.row_kinds == {"country": 1, "region": 1, "local_authority": 3}
    assert parsed.edition == "2024-03"


def test_names_of_the_latest_period_are_those_of_all_rows(tmp_path: Path) -> None:
    rows = {"areas": [{**AREA, "namesOf": "latest_period"}], "period": YEAR}
    parsed = read(
        load_contract(contract(tmp_path, rows)),
        {"place": "St Albans", "when": "2011/12"},
        {"place": "St Albans", "when": "2012/13"},
    )
    assert [code for _, code, _, _ in areas(parsed)] == ["E07000240", "E07000240"]


def test_unknown_name_is_kept_and_reported_once_with_all_its_cells(tmp_path: Path) -> None:
    terms = load_contract(contract(tmp_path, {"areas": [AREA], "period": YEAR}))
    rows = [{"place": "Hackny", "when": year} for year in ("2022/23", "2023/24")]
    parsed = read(terms, {"place": "Hackney", "when": "2023/24"}, *rows)
    assert areas(parsed)[1:] == [("unlisted_area", "K02000001/hackny", "place_without_code", None)] * 2
    problems = [(one.check_id, one.observed, tuple(one.locators)) for one in parsed.problems]
    # The two rows are of two days, on each of which the name is not known.
    assert problems == [("V-05", "Hackny", ("L3:Area", "L4:Area"))]
    assert "the nearest name there is 'Hackney'" in parsed.problems[0].message
    assert "2 rows" in parsed.problems[0].message


def test_name_of_two_areas_is_not_guessed(tmp_path: Path) -> None:
    """Greater Manchester is a police force as well as a county."""
    area = {"name": "place", "register": ["police_force", "metropolitan_county"], "within": "E92000001"}
    parsed = read(
        load_contract(contract(tmp_path, {"areas": [area], "period": YEAR})),
        {"place": "Greater Manchester", "when": "2023/24"},
    )
    assert areas(parsed) == [("unlisted_area", "E92000001/greater-manchester", "place_without_code", None)]
    assert "which may be" in parsed.problems[0].message and "E11000001" in parsed.problems[0].message


def test_code_comes_before_name_and_the_contract_s_codes_before_the_register(tmp_path: Path) -> None:
    area = {**AREA, "code": "code", "codes": {"The Isle": "E06000046"}}
    parsed = read(
        load_contract(contract(tmp_path, {"areas": [area], "period": YEAR})),
        {"code": "E09000012", "place": "Hackney", "when": "2023/24"},
        {"code": "", "place": "Islington", "when": "2023/24"},
        {"code": "", "place": "The Isle", "when": "2023/24"},
        {"code": "E99999999", "place": "Nowhere", "when": "2023/24"},
    )
    assert [one[:3] for one in areas(parsed)] == [
        ("local_authority", "E09000012", "local_authority"),
        ("local_authority", "E09000019", "local_authority"),
        ("local_authority", "E06000046", "local_authority"),
        # Kept as printed; that the register does not have it is for V-04 to say.
        ("unlisted_area", "E99999999", "unknown"),
    ]


def test_areas_within_areas_have_a_parent_and_codes_of_their_own(tmp_path: Path) -> None:
    levels = [
        {**AREA, "register": "local_authority", "kind": "borough"},
        {"name": "spot", "type": "library", "total": ["All libraries", "Total"]},
    ]
    parsed = read(
        load_contract(contract(tmp_path, {"areas": levels, "period": YEAR})),
        {"place": "Hackney", "spot": "All libraries", "when": "2023/24"},
        {"place": "Hackney", "spot": "", "when": "2022/23"},
        {"place": "Hackney", "spot": "Clapton Library", "when": "2023/24"},
        {"place": "Hackny", "spot": "Clapton Library", "when": "2023/24"},
    )
    assert areas(parsed) == [
        ("borough", "E09000012", "local_authority", None),
        ("borough", "E09000012", "local_authority", None),
        ("library", "E09000012/clapton-library", "library", "E09000012"),
        ("library", "K02000001/hackny-clapton-library", "library", "K02000001/hackny"),
    ]
    assert [one.observed for one in parsed.problems] == ["Hackny"]


def test_groups_of_rows_are_breakdowns_with_totals_and_words(tmp_path: Path) -> None:
    rows = {
        "areas": [AREA], "period": YEAR,
        "breakdowns": {"sex": {"column": "sex", "total": "Persons", "words": {"Girls": "female"}}},
    }  # fmt: skip
    parsed = read(
        load_contract(contract(tmp_path, rows)),
        *({"place": "London", "when": "2023/24", "sex": sex} for sex in ("Persons", "Girls", "Boys", "All")),
    )
    shown = parsed.observations["breakdown"].to_pylist()[:4]
    # 'All' is not a word for everybody where the contract names another.
    assert shown == ["total", "sex=female", "sex=boys", "total"]


def test_column_that_names_the_measure_of_a_row(tmp_path: Path) -> None:
    rows = {"areas": [AREA], "period": YEAR, "measure": "topic"}
    labels = {"visits": {"measure": "library_visits"}, "loans": {"measure": "library_visits_adults"}}
    terms = load_contract(contract(tmp_path, rows, measureLabels=labels))
    parsed = read(
        terms,
        {"place": "London", "when": "2023/24", "topic": "Visits"},
        {"place": "England", "when": "2023/24", "topic": "Loans"},
        {"place": "England", "when": "2023/24", "topic": "Fines"},
    )
    found = set(zip(*(parsed.observations[n].to_pylist() for n in ("measure", "area_code")), strict=True))
    assert found == {("library_visits", "E12000007"), ("library_visits_adults", "E92000001")}
    assert ["'Fines'" in drift.message for drift in parsed.found.drift] == [True]
    assert parsed.row_kinds == {"region": 1, "country": 1, "ignored": 1}


def test_one_printed_year_is_a_period_for_each_kind(tmp_path: Path) -> None:
    """A flow of the year and a stock at its end are printed in one row."""
    layout = {
        "period": {"from": "cell", "kind": "financial_year", "year": "end"},
        "columns": {
            "visits": {"measure": "library_visits"},
            "loans": {
                "measure": "library_visits_adults",
                "period": {"from": "cell", "kind": "point_in_time", "month": 3, "day": "last"},
            },
        },
    }
    rows = {
        "areas": [AREA],
        "period": {"column": "when", "format": "YYYY"},
        "edition": {"form": "YYYY", "series": "a"},
    }
    parsed = read(load_contract(contract(tmp_path, rows, layout)), {"place": "London", "when": "2024"})
    starts = dict(
        zip(*(parsed.observations[n].to_pylist() for n in ("measure", "period_start")), strict=True)
    )
    assert {name: str(day) for name, day in starts.items()} == {
        "library_visits": "2023-04-01",
        "library_visits_adults": "2024-03-31",
    }
    assert parsed.edition == "2024-a"


def test_identifier_in_the_row_says_what_the_digits_mean(tmp_path: Path) -> None:
    layout = {"period": {"from": "cell", "kind": "term"}}
    period = {"column": "when", "format": "Term YYYY/YY", "identifier": "what"}
    terms = load_contract(
        contract(tmp_path, {"areas": [AREA], "period": period, "edition": {"form": "YYYY-YY"}}, layout)
    )
    parsed = read(terms, {"place": "London", "when": "202324", "what": "Spring term"})
    assert str(parsed.observations["period_start"][0]) == "2024-01-01"
    assert parsed.edition == "2023-24"
    with pytest.raises(CivicError, match="L2:When prints the period '2023' with 'Spring term'"):
        read(terms, {"place": "London", "when": "2023", "what": "Spring term"})


@pytest.mark.parametrize(
    ("row", "words"),
    [
        ({"place": "London", "when": "Autumn 2024"}, "L3:When does not name a period: 'Autumn 2024'; expected is"),
        ({"place": "London"}, "L3:When is empty"),
        ({"when": "2023/24"}, "The row of L3:Area names no area"),
    ],
)  # fmt: skip
def test_row_that_cannot_be_placed_ends_in_a_sentence_with_its_cell(
    tmp_path: Path, row: dict[str, str], words: str
) -> None:
    terms = load_contract(contract(tmp_path, {"areas": [AREA], "period": YEAR}))
    with pytest.raises(CivicError) as error:
        read(terms, {"place": "London", "when": "2023/24"}, row)
    assert words in str(error.value)


def test_period_that_two_formats_read_differently_is_not_read(tmp_path: Path) -> None:
    layout = {"period": {"from": "cell", "kind": "month"}}
    period = {"column": "when", "format": ["YYYYMM", "MM-YY", "YY-MM"]}
    terms = load_contract(contract(tmp_path, {"areas": [AREA], "period": period}, layout))
    assert (
        str(read(terms, {"place": "London", "when": "13-11"}).observations["period_start"][0]) == "2013-11-01"
    )
    with pytest.raises(CivicError, match="does not name a period: '11-12'"):
        read(terms, {"place": "London", "when": "11-12"})


def test_contract_without_a_parser_and_without_rows_says_both_ways_out(tmp_path: Path) -> None:
    file = contract(tmp_path, {"areas": [AREA], "period": YEAR})
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    del document["schema"][0]["customProperties"][0]["value"]["rows"]
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    with pytest.raises(ContractError) as refused:
        load_contract(file)
    assert "add 'rows' to the layout, or write a parser library_visits.py" in refused.value.reason


WRONG: dict[str, tuple[dict[str, Any], dict[str, Any], str, str]] = {
    "column that is not there": (
        {"areas": [{**AREA, "name": "plaice"}], "period": YEAR}, {}, "rows.areas[0].name", "did you mean 'place'",
    ),
    "column of figures": (
        {"areas": [AREA], "period": {**YEAR, "column": "visits"}}, {}, "rows.period.column", "add it to the keys",
    ),
    "key misspelt": (
        {"areas": [{**AREA, "registr": "x"}], "period": YEAR}, {}, "rows.areas[0].registr", "did you mean 'register'",
    ),
    "no area": ({"areas": [{"type": "region"}], "period": YEAR}, {}, "rows.areas[0]", "'code', 'name', or both"),
    "no type": ({"areas": [{"name": "place"}], "period": YEAR}, {}, "rows.areas[0]", "'type', or 'register'"),
    "names alone": (
        {"areas": [{"name": "place", "type": "library"}], "period": YEAR}, {}, "rows.areas[0]", "add 'within'",
    ),
    "total of the widest level": (
        {"areas": [{**AREA, "total": "All"}], "period": YEAR}, {}, "rows.areas[0].total", "no area above",
    ),
    "type that the register lacks": (
        {"areas": [{**AREA, "register": "local_autority"}], "period": YEAR}, {}, "rows.areas[0].register",
        "did you mean 'local_authority'",
    ),
    "no format": ({"areas": [AREA], "period": {**YEAR, "format": "YYY"}}, {}, "rows.period.format", "YYYY/YY"),
    "format of another kind": (
        {"areas": [AREA], "period": {**YEAR, "format": "YYYY"}}, {}, "rows.period.format", "'year: start'",
    ),
    "period from the title": (
        {"areas": [AREA], "period": YEAR}, {"period": {"from": "title", "kind": "financial_year"}},
        "customProperties(layout).period", "from: cell",
    ),
    "labels missing": (
        {"areas": [AREA], "period": YEAR, "measure": "topic"}, {}, "rows.measure", "needs measureLabels",
    ),
}  # fmt: skip


@pytest.mark.parametrize("wrong", WRONG)
def test_mistake_in_rows_is_refused_with_path_and_advice(wrong: str, tmp_path: Path) -> None:
    rows, layout, path, reason = WRONG[wrong]
    found = check_contract(contract(tmp_path, rows, layout)).problems
    assert any(path in one.path and reason in one.reason for one in found), found


def test_contract_of_these_tests_meets_every_demand(tmp_path: Path) -> None:
    assert check_contract(contract(tmp_path, {"areas": [AREA], "period": YEAR})).problems == ()


def test_rows_of_the_shape_that_no_loop_visits_are_quick(tmp_path: Path) -> None:
    """Names are looked up once for each distinct name and period, not once for each row."""
    from civic_assets.sources.rows import areas as module

    terms = load_contract(contract(tmp_path, {"areas": [AREA], "period": YEAR}))
    asked: list[str] = []
    original = module._Finder._named

    def counted(self: Any, level: Any, name: str, above: Any, on: Any) -> Any:
        asked.append(name)
        return original(self, level, name, above, on)

    module._Finder._named = counted  # type: ignore[method-assign]
    try:
        read(terms, *[{"place": "Islington", "when": "2023/24"}] * 500)
    finally:
        module._Finder._named = original  # type: ignore[method-assign]
    assert asked == ["Islington"]
