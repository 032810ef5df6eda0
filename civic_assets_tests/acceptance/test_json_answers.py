"""Everything that a command prints with `--json` is described by its published schema, key by key.

The helper `civic_assets_tests.json_answers.checked_answer` validates each answer that a test of this folder asks for.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import duckdb
import jsonschema
import pytest

from civic_assets.answers.document import as_document, may_be_absent
from civic_assets.answers.figure import PublishedFigure
from civic_assets.answers.schemas import SCHEMAS, schema_file
from civic_assets.cli.entry import _COMMANDS
from civic_assets.inputs.samples.ons_csp import write_sample_inputs
from civic_assets.layers.store import Store
from civic_assets.publish.queries.trace import chain_of
from civic_assets.publish.read_model.connection import open_read_model
from civic_assets_tests.acceptance.commands import civic_assets
from civic_assets_tests.conftest import RealRefresh
from civic_assets_tests.exhaustive import EXHAUSTIVE
from civic_assets_tests.json_answers import checked, validator
from civic_assets_tests.paths import PROJECT
from civic_assets_tests.shared_stores import Refreshed
from tools import answer_schemas

FIXTURES = Path(__file__).parents[1] / "fixtures"
FIGURE = "ons_csp:burglary:E09000019:2021-10-01/2022-10-01"
RATE = "ons_csp:burglary[unit=per_1000_population]:E09000019:2021-10-01/2022-10-01"
NEAR_MISS = "dfe_exclusions/by_geography_2022_23.csv"


@pytest.fixture(scope="module")
def refreshed(sample_refresh: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    """A copy, in which a report may be built."""
    folder = shutil.copytree(sample_refresh.store, tmp_path_factory.mktemp("answers") / "store")
    return folder, sample_refresh.answer.json


@pytest.fixture(scope="module")
def samples(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("samples")
    write_sample_inputs(folder)
    return folder


@pytest.mark.parametrize("name", SCHEMAS)
def test_schema_is_what_the_classes_say(name: str) -> None:
    written = schema_file(name).read_text(encoding="utf-8")
    assert written == answer_schemas.text_of(name), "run python -m tools.answer_schemas"


def test_page_is_what_the_classes_say() -> None:
    (page,) = (PROJECT / "docs").rglob("json-answers.md")
    assert page.read_text(encoding="utf-8") == answer_schemas.page(), "run python -m tools.answer_schemas"


def _objects(schema: object) -> Iterator[Mapping[str, Any]]:
    """All objects with named keys within a schema."""
    if isinstance(schema, dict):
        if "properties" in schema:
            yield schema
        for one in schema.values():
            yield from _objects(one)
    if isinstance(schema, list):
        for one in schema:
            yield from _objects(one)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_key_is_described_and_no_other_is_allowed(name: str) -> None:
    schema = json.loads(schema_file(name).read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    assert schema["$id"] == f"urn:civic-assets:answer:{name}"
    objects = list(_objects(schema))
    assert objects
    for one in objects:
        assert one["additionalProperties"] is False, one["title"]
        for key, said in one["properties"].items():
            assert said["title"] and said["description"].endswith("."), (one["title"], key)


def test_a_key_that_nobody_described_fails(refreshed: tuple[Path, Any]) -> None:
    answer = civic_assets("compare", FIGURE, RATE, "--store", refreshed[0], "--json").json
    assert validator("compare").is_valid(answer)
    assert not validator("compare").is_valid({**answer, "verdict": "yes"})
    answer["series"][0]["colour"] = "red"
    assert not validator("compare").is_valid(answer)


def test_refresh_says_what_it_published(refreshed: tuple[Path, Any]) -> None:
    _, summary = refreshed
    assert set(summary) == {
        "profile", "store", "publication", "published_now", "releases", "disputed", "ignored", "refused", "errors",
        "report", "samples_left_out", "exit_code", "causes", "alerts_not_sent",
    }  # fmt: skip
    assert set(summary["releases"][0]) == {
        "source", "release", "state", "rows", "checks_passed", "checks_failed", "checks_not_evaluated", "disputed",
        "held_back", "synthetic",
    }  # fmt: skip
    assert summary["disputed"] and all(isinstance(sentence, str) for sentence in summary["disputed"])


@pytest.mark.parametrize(
    ("arguments", "keys"),
    [
        (("trace", FIGURE), {"name", "figure_id", "figure", "release", "published", "checks", "release_checks", "file",
          "locator", "value_text", "counted_from_rows", "superseded", "correction", "earlier", "later", "other_groups",
          "findings", "waivers", "notes", "evidence_page"}),
        (("trace", FIGURE, "--cell"), {"cell"}),
        (("compare", FIGURE, RATE), {"series", "periods", "operations", "offer"}),
        (("sources",), {"sources"}),
        (("report",), {"report", "url", "publication", "number", "new"}),
    ],
    ids=lambda value: " ".join(value[:1]) if isinstance(value, tuple) else "",
)  # fmt: skip
def test_answer_of_each_command(
    refreshed: tuple[Path, Any], arguments: tuple[str, ...], keys: set[str]
) -> None:
    answer = civic_assets(*arguments, "--store", refreshed[0], "--json")
    assert answer.code == 0, answer.out
    assert keys <= set(answer.json)
    assert keys == set(answer.json) or keys == {"cell"}


def test_contract_and_errors(tmp_path: Path, refreshed: tuple[Path, Any]) -> None:
    wrong = tmp_path / "wrong.odcs.yaml"
    wrong.write_text("apiVersion: v3.1.0\nkind: DataContract\n", encoding="utf-8")
    answer = civic_assets("contract", wrong, "--json")
    assert answer.code == 1 and answer.json["problems"] == len(answer.json["contracts"][0]["problems"]) > 0
    for arguments in (
        ("trace", "ons_csp:burglary:E09000019:1900-01-01/1901-01-01"),
        ("trace",),
        ("compare", FIGURE),
        ("trace", FIGURE.replace("burglary", "burglary[reason=theft]")),
    ):
        refused = civic_assets(*arguments, "--store", refreshed[0], "--json")
        assert refused.code == 2
        assert refused.json["exit_code"] == 2 and refused.json["error"]
        assert ("choices" in refused.json) == ("theft" in arguments[-1])


def test_inspect_of_good_damaged_hidden_and_near_files(samples: Path, tmp_path: Path) -> None:
    workbook = max(samples.glob("*.xlsx"))
    good = civic_assets("inspect", workbook, "--json")
    assert good.json["recognised"] is True
    assert set(good.json["findings"][0]) == {
        "check_id", "severity", "locator", "locators", "measure", "area_code", "period_start", "period_end", "observed",
        "expected", "proposal", "n_ties", "message", "cause", "cause_id",
    }  # fmt: skip
    damaged = tmp_path / "damaged.xlsx"
    damaged.write_bytes(workbook.read_bytes()[:20_000])
    broken = civic_assets("inspect", damaged, "--json")
    assert (broken.code, broken.json["recognised"], broken.json["exit_code"]) == (2, False, 2)
    near = tmp_path / "near.csv"
    near.write_bytes((FIXTURES / NEAR_MISS).read_bytes().replace(b"suspension,", b"exclusions,", 1))
    missed = civic_assets("inspect", near, "--json")
    assert missed.code == 1 and missed.json["outcome"] == "blocked" and missed.json["drift"]
    both = tmp_path / "both.zip"
    with zipfile.ZipFile(both, "w") as archive:
        archive.write(FIXTURES / NEAR_MISS, "one.csv")
        archive.write(near, "two.csv")
        archive.writestr("three.txt", "nothing")
    packed = civic_assets("inspect", both, "--json")
    assert len(packed.json["also"]) == 1 and packed.json["not_read"][0]["file"] == "both.zip/three.txt"
    folder = civic_assets("inspect", tmp_path, "--json")
    assert {one["file"] for one in folder.json["files"]} == {"damaged.xlsx", "near.csv", "both.zip"}


def test_inspect_of_every_fixture(tmp_path: Path) -> None:
    shutil.copytree(FIXTURES, tmp_path / "files")
    answer = civic_assets("inspect", tmp_path / "files", "--json")
    assert len([one for one in answer.json["files"] if one["recognised"]]) > 40


def test_a_figure_shows_every_column_of_its_table(refreshed: tuple[Path, Any]) -> None:
    """A column that is added to the table is added to the answer, or this fails."""
    with duckdb.connect(str(refreshed[0] / "civic.duckdb"), read_only=True) as connection:
        columns = [row[0] for row in connection.execute("DESCRIBE harmonised.observations").fetchall()]
    keys = list(PublishedFigure.__dataclass_fields__)
    assert [name for name in columns if name != "release_order"] == [
        key for key in keys if key not in ("name", "figure_id")
    ]


def test_a_figure_of_each_kind_of_the_sample_store(refreshed: tuple[Path, Any]) -> None:
    _check_figures(refreshed[0], 60)


@pytest.mark.real_data
@pytest.mark.exhaustive
def test_figures_of_all_real_files(real_refresh: RealRefresh) -> None:
    """Figures of every source, and of every combination of quality, status, unit and kind of period."""
    checked("refresh", dict(real_refresh.summary))
    wanted = 400 if EXHAUSTIVE else 100
    assert _check_figures(real_refresh.store, wanted) > wanted // 2
    assert civic_assets("sources", "--store", real_refresh.store, "--json").json["sources"]


@pytest.mark.real_data
def test_inspect_of_every_real_file(real_data: Path) -> None:
    answer = civic_assets("inspect", real_data / "dfe-exclusions", "--json")
    assert answer.json["files"]


def _check_figures(store: Path, most: int) -> int:
    """Check the chains of figures that differ in as much as possible; returns how many there were."""
    root = Store(store)
    with open_read_model(root) as connection:
        rows = connection.execute(
            """SELECT min(rowid) FROM harmonised.observations
            GROUP BY source, measure, quality, status, unit, statistic, period_kind, correction_id IS NULL
            ORDER BY hash(min(rowid)) LIMIT ?""",
            [most],
        ).fetchall()
        for (row,) in rows:
            checked("trace", json.loads(json.dumps(as_document(chain_of(connection, root, row)))))
    return len(rows)


def test_schema_command_lists_and_prints() -> None:
    listed = civic_assets("schema")
    assert listed.code == 0 and [line.split()[0] for line in listed.out.splitlines()] == list(SCHEMAS)
    printed = civic_assets("schema", "trace")
    assert json.loads(printed.out) == json.loads(schema_file("trace").read_text(encoding="utf-8"))
    unknown = civic_assets("schema", "tracee")
    assert unknown.code == 2 and "Choose one of: refresh, inspect" in unknown.err


def test_every_command_with_json_has_a_schema() -> None:
    for command in _COMMANDS:
        shown = civic_assets(command, "--help").out
        assert ("[--json]" in shown) == (command in SCHEMAS), command


def test_keys_that_may_be_absent_are_few() -> None:
    absent = {
        name: may_be_absent(one) for name, one in answer_schemas.records().items() if may_be_absent(one)
    }
    assert absent == {
        "Inspection": {"also", "not_read"},
        "FigureChain": {"cell", "evidence_page"},
        "RefreshSummary": {"fetching"},
        "Failure": {"choices"},
    }


def test_answers_load_no_pydantic() -> None:
    program = (
        "import sys\n"
        "from civic_assets.answers import comparison, due, fetching, inspection, others, refresh, schemas\n"
        "from civic_assets.answers import sources, trace\n"
        "sys.exit('pydantic' in sys.modules)"
    )
    env = {**os.environ, "PYTHONPATH": str(PROJECT)}
    assert subprocess.run([sys.executable, "-c", program], env=env, check=False).returncode == 0
