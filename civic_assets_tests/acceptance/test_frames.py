"""What `import civic_assets` offers to an analyst: `read`, `read_file`, `schema`, and the pages that explain them."""

from __future__ import annotations

import doctest
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import openpyxl
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest

import civic_assets
from civic_assets.errors import (
    AmbiguousFigure,
    NotPublished,
    NotRecognised,
    ReleaseHeldBack,
    UsageError,
)
from civic_assets.inputs.samples.ons_csp import write_sample_inputs
from civic_assets.layers.store import Store
from civic_assets.publish.queries.selection import Selection, select
from civic_assets.publish.read_model.connection import open_read_model
from civic_assets_tests.acceptance.commands import civic_assets as civic_assets_command
from civic_assets_tests.acceptance.commands import environment
from civic_assets_tests.paths import PROJECT
from civic_assets_tests.publish.read_models import figure
from civic_assets_tests.shared_stores import Refreshed

REPORT = PROJECT / "civic_assets" / "inputs" / "report" / "gla_report_2023.csv"
_LOADED = "print('LOADED', *(m for m in ('pandera', 'polars') if m in sys.modules))"


@pytest.fixture(scope="module")
def store(sample_refresh: Refreshed) -> Path:
    return sample_refresh.store


def _refresh(folder: Path, inputs: Path) -> str:
    """Refreshes a folder of files, and says which libraries that loaded."""
    arguments = [
        "refresh", "--quiet", "--store", str(folder), "--profile", "local", "--inputs", str(inputs),
    ]  # fmt: skip
    script = (
        f"import sys\nfrom civic_assets.cli.entry import main\nassert main({arguments!r}) == 0\n{_LOADED}"
    )
    return _run(script).splitlines()[-1].strip()


def _run(script: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment(), check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_refresh_does_not_load_pandera_and_one_with_nothing_new_loads_neither(
    report_refresh: Refreshed, tmp_path: Path
) -> None:
    # A table that keeps its contract is judged in one pass; pandera is asked only about one in which something fails.
    assert _refresh(tmp_path / "store", report_refresh.inputs) == "LOADED polars"
    assert _refresh(tmp_path / "store", report_refresh.inputs) == "LOADED"


def test_inspect_does_not_load_pandera() -> None:
    script = (
        f"import sys\nfrom civic_assets.cli.entry import main\nmain(['inspect', {str(REPORT)!r}])\n{_LOADED}"
    )
    assert _run(script).splitlines()[-1].strip() == "LOADED"


def test_import_loads_nothing() -> None:
    script = (
        "import sys, typing; before = set(sys.modules); import civic_assets; dir(civic_assets)\n"
        "print(*sorted(set(sys.modules) - before))"
    )
    assert _run(script).strip() == "civic_assets"


@pytest.mark.parametrize("page", ["analyse-with-pandas.md", "check-your-own-frame.md"])
def test_examples_of_the_docs(store: Path, monkeypatch: pytest.MonkeyPatch, page: str) -> None:
    monkeypatch.setenv("CIVIC_STORE", str(store))
    text = (PROJECT / "docs" / "how-to" / page).read_text(encoding="utf-8")
    # The fence that ends an example is not a part of what it prints.
    text = re.sub(r"^```.*$", "", text, flags=re.MULTILINE)
    examples = doctest.DocTestParser().get_doctest(text, {"gla_report": REPORT}, page, page, 0)
    assert len(examples.examples) >= 5
    said: list[str] = []
    flags = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
    with pd.option_context("display.width", 200, "display.max_columns", 20):
        doctest.DocTestRunner(optionflags=flags).run(examples, out=said.append)
    assert said == [], "".join(said)


def test_every_figure_comes_with_its_status(store: Path) -> None:
    frame = civic_assets.read(store=store)
    assert len(frame) > 29_000
    assert frame["value"].dtype == pd.Float64Dtype()
    absent = frame[frame["value"].isna()]
    assert 0 < len(absent) < len(frame) and absent["status"].notna().all()
    assert {str(frame[name].dtype) for name in ("measure", "unit", "source", "quality")} == {"category"}
    assert str(frame["period_start"].dtype) == "datetime64[s]" and str(frame["synthetic"].dtype) == "boolean"
    assert frame.attrs["table"] == "harmonised.latest" and len(frame.attrs["publication"]) == 64


def test_the_rows_are_those_of_the_read_model(store: Path) -> None:
    frame = civic_assets.read(
        area=["Islington", "e09000001"], measure="Total recorded crime", unit="count", store=str(store)
    )
    with open_read_model(Store.existing(store)) as connection:
        rows = connection.execute(
            "SELECT figure_id FROM harmonised.latest WHERE area_code IN ('E09000019', 'E09000001') "
            "AND measure = 'total_recorded_crime' AND unit = 'count'"
        ).fetchall()
    assert sorted(frame["figure_id"]) == sorted(name for (name,) in rows) and rows


def test_every_table_can_be_read(store: Path) -> None:
    with open_read_model(Store.existing(store)) as connection:
        names = connection.execute("SELECT schema_name || '.' || table_name FROM catalogue.tables").fetchall()
    assert len(names) > 50
    for (name,) in names:
        frame = civic_assets.read(name, store=store)
        if "value" in frame and "status" in frame and name.startswith("harmonised"):
            assert not (frame["value"].isna() & frame["status"].isna()).any(), name


@pytest.mark.parametrize(
    ("asked", "error", "words"),
    [
        ({"table": "harmonised.latst"}, UsageError, "Did you mean harmonised.latest"),
        ({"table": "latest"}, UsageError, "Did you mean harmonised.latest?"),
        ({"table": "harmonised.latest; DROP TABLE x"}, UsageError, "There is no published table"),
        ({"sorce": "ons_csp"}, UsageError, "has no column 'sorce'. Did you mean source?"),
        ({"source\" = '' OR \"source": "x"}, UsageError, "has no column"),
        ({"source": "x' OR 'a' = 'a"}, NotPublished, "harmonised.latest has no row in which source is"),
        ({"source": "ons_cps"}, NotPublished, "Did you mean ons_csp?"),
        ({"columns": ["value", "valeu"]}, UsageError, "Did you mean value?"),
        ({"area": "Islingtn"}, NotPublished, "Did you mean Islington?"),
        ({"area": ""}, NotPublished, "No figure is published for the area ''"),
        ({"measure": "burglery"}, NotPublished, "Did you mean burglary?"),
        ({"area": 5}, UsageError, "5 is neither a text nor a list of texts"),
        ({"period": ["2022"]}, UsageError, "is not one text. Write one period"),
        ({"period": "2031"}, NotPublished, "has no row for the period '2031'. Write a period as"),
        ({"value": "many"}, UsageError, "A condition cannot be read"),
        ({"period_start": "March"}, UsageError, "days as 2024-03-31"),
        ({"store": "/nowhere"}, UsageError, "There is no store in /nowhere"),
        ({"table": "catalogue.sources", "area": "Islington"}, UsageError, "has no column 'area_code'"),
    ],
)
def test_a_mistake_is_a_sentence(store: Path, asked: dict[str, Any], error: type, words: str) -> None:
    with pytest.raises(error, match=re.escape(words)):
        civic_assets.read(**{"store": store, **asked})


def test_conditions_that_exist_and_have_no_row_in_common_give_an_empty_frame(store: Path) -> None:
    frame = civic_assets.read(area="Islington", measure="burglary", statistic="stock", store=store)
    assert len(frame) == 0 and "status" in frame
    assert len(civic_assets.read(area=[], store=store)) == 0
    assert len(civic_assets.read(unit=[], store=store)) == 0


def test_values_of_every_kind_are_conditions(store: Path) -> None:
    whole = civic_assets.read(store=store)
    first = whole.iloc[0]
    for name in ("value", "period_start", "synthetic", "area_name"):
        found = civic_assets.read(store=store, **{name: first[name]})
        assert len(found) == (whole[name] == first[name]).sum() > 0, name
    either = civic_assets.read(store=store, status=[None, "not_available"])
    assert len(either) == (whole["status"].isna() | (whole["status"] == "not_available")).sum()


@pytest.fixture
def durham() -> Iterator[duckdb.DuckDBPyConnection]:
    """A read model in which two areas are called Durham, and 2023/24 can be two periods."""
    years = {
        "financial_year": (date(2023, 4, 1), date(2024, 4, 1)),
        "academic_year": (date(2023, 9, 1), date(2024, 9, 1)),
    }
    rows = [
        figure("ons_csp", "2024-12", measure, code, *days, 5.0, area_name="Durham", period_kind=kind)
        for measure, code in (("burglary", "E06000047"), ("burglary", "E23000008"), ("robbery", "E06000047"))
        for kind, days in years.items()
    ]
    named = [{**row, "area_name_printed": "Co Durham"} for row in rows]
    columns = {name: [row[name] for row in named] for name in named[0]}
    table = pa.table({**columns, "partnership_code": pa.nulls(len(named), pa.string())})
    with duckdb.connect() as connection:
        connection.execute("CREATE SCHEMA harmonised; CREATE SCHEMA catalogue")
        connection.register("incoming", table)
        connection.execute("CREATE TABLE harmonised.observations AS FROM incoming")
        connection.execute("CREATE TABLE catalogue.measures AS SELECT DISTINCT measure FROM incoming")
        yield connection


def test_what_can_be_several_is_asked_back(durham: duckdb.DuckDBPyConnection) -> None:
    table = "harmonised.observations"
    with pytest.raises(AmbiguousFigure, match="2 areas are called 'durham'") as several:
        select(durham, Selection(table, ["durham"], ["burglary"]))
    assert several.value.choices == ("E06000047", "E23000008")
    assert select(durham, Selection(table, list(several.value.choices), ["burglary"])).num_rows == 4
    # One of them is meant where only it has the measure.
    assert select(durham, Selection(table, ["Co Durham"], ["robbery"])).num_rows == 2
    with pytest.raises(AmbiguousFigure, match="The period '2023/24' has several meanings") as several:
        select(durham, Selection(table, period="2023/24"))
    assert several.value.choices == ("2023-04-01/2024-04-01", "2023-09-01/2024-09-01")
    for choice in several.value.choices:
        assert select(durham, Selection(table, period=choice)).num_rows == 3
    assert (
        select(durham, Selection(table, period="2023/24", where={"period_kind": "academic_year"})).num_rows
        == 3
    )


def test_a_publishers_file_is_read_without_a_store() -> None:
    frame = civic_assets.read_file(REPORT)
    assert set(frame["source"]) == {"gla_report"} and frame.attrs["held_back"] == []
    assert civic_assets.schema("gla_report").validate(frame) is frame


def test_a_file_that_would_not_be_published_says_why(tmp_path: Path) -> None:
    damaged = tmp_path / "report.csv"
    lines = REPORT.read_text(encoding="utf-8").replace("83,385", "83,385.5")
    damaged.write_text(lines, encoding="utf-8")
    with pytest.raises(ReleaseHeldBack, match="gla_report 2023-05: V-02"):
        civic_assets.read_file(damaged)
    frame = civic_assets.read_file(damaged, even_if_held_back=True)
    assert "V-02" in frame.attrs["held_back"][0] and 83_385.5 in set(frame["value"])
    (tmp_path / "other.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(NotRecognised):
        civic_assets.read_file(tmp_path / "other.csv")
    with pytest.raises(UsageError, match="There is no file"):
        civic_assets.read_file(tmp_path / "nowhere.csv")


def test_harmonised_tables_and_their_frames_pass_the_schema(store: Path) -> None:
    opened = Store.existing(store)
    checked = 0
    for source in ("ons_csp", "gla_report"):
        for release in opened.tables.releases("harmonised", source):
            ref = opened.tables.current("harmonised", source, release)
            assert ref is not None
            table = opened.tables.read(ref)
            for frame in (table, table.to_pandas(), pl.from_arrow(table)):
                assert civic_assets.schema(source, "harmonised").validate(frame) is frame
            checked += 1
    assert checked == 6
    frame = civic_assets.read("harmonised.observations", source="ons_csp", release="2022-12", store=store)
    civic_assets.schema("ons_csp", "harmonised", strict=False).validate(frame)


def test_there_is_no_schema_of_what_is_not_a_source() -> None:
    with pytest.raises(UsageError, match="Did you mean ons_csp"):
        civic_assets.schema("ons_cps")
    with pytest.raises(UsageError, match="Layers are: validated, harmonised"):
        civic_assets.schema("ons_csp", "raw")  # type: ignore[arg-type]
    assert "CIVIC_STORE" in os.environ


def test_trace_shows_how_the_cell_looks(store: Path) -> None:
    figure = "ons_csp:burglary:E09000019:2022-01-01/2023-01-01"
    answer = civic_assets_command("trace", figure, "--cell", "--store", store)
    assert answer.code == 0, answer.err
    assert re.search(r"^cell looks    format #,##0", answer.out, re.MULTILINE)
    cell = civic_assets_command("trace", figure, "--cell", "--json", "--store", store).json["cell"]
    assert cell["number_format"].startswith("#,##0") and cell["hidden"] == [] and cell["note"] is None
    assert "cell" not in civic_assets_command("trace", figure, "--json", "--store", store).json
    other = civic_assets_command(
        "trace", "gla_report:knife_crime_persons:E09000019:2023", "--cell", "--store", store
    )
    assert other.code == 0 and "has no look of its own" in other.out


def test_hidden_rows_columns_and_sheets_of_a_table_are_reported(tmp_path: Path) -> None:
    write_sample_inputs(tmp_path)
    path = tmp_path / "synthetic-csp-tables-2021-12.xlsx"
    book = openpyxl.load_workbook(path)
    sheet = book["Table C2"]
    for row in (20, 21, 22):
        sheet.row_dimensions[row].hidden = True
    sheet.column_dimensions["H"].hidden = True
    book["Table C3"].sheet_state = "hidden"
    book.save(path)
    report = civic_assets_command("inspect", path, "--json").json
    hidden = {table["sheet"]: table["hidden"] for table in report["tables"]}
    assert hidden["Table C2"] == {"sheet": False, "rows": 3, "columns": 1, "first": "Table C2!H20"}
    assert hidden["Table C3"]["sheet"] is True
    assert all(not said for name, said in hidden.items() if name not in ("Table C2", "Table C3"))
    shown = civic_assets_command("inspect", path).out
    assert "hidden in the workbook, and read all the same: 3 rows and 1 column from Table C2!H20 on" in shown
    assert "hidden in the workbook, and read all the same: the sheet" in shown
