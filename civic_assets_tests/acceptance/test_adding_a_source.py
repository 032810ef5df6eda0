"""A source is two files: the example of `docs/how-to/adding-a-source.md`, from its own folder to a published figure.

The files are those that the document quotes, copied from `docs/how-to/example-source/`; the program itself is not
touched. The second example of the document has a parser of its own (`docs/how-to/example-parser/`).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from civic_assets.contracts.load import contracts_folder
from civic_assets_tests.acceptance.commands import Answer, civic_assets, environment
from civic_assets_tests.paths import PROJECT

EXAMPLE = PROJECT / "docs" / "how-to" / "example-source"
FILES = {"library_visits.csv", "library_visits.odcs.yaml"}
WITH_A_PARSER = PROJECT / "docs" / "how-to" / "example-parser"
DOCUMENT = PROJECT / "docs" / "how-to" / "adding-a-source.md"
# Two digits of one cell, swapped: the sum over the row and the sum over the borough's libraries both break.
AS_PRINTED, MISTYPED = '"9,305"', '"9,035"'


class Newcomer:
    """Somebody with a folder of a source's files, and the command line."""

    def __init__(self, folder: Path, example: Path = EXAMPLE, source: str = "library_visits") -> None:
        self.sources, self.inputs, self.store = folder / "my-sources", folder / "in", folder / "store"
        self.inputs.mkdir()
        shutil.copytree(example, self.sources)
        self.fixture = self.sources / f"{source}.csv"

    @property
    def environment(self) -> dict[str, str]:
        contracts = os.pathsep.join([str(contracts_folder()), str(self.sources)])
        with_parser = any(self.sources.glob("*.py"))
        return {"CIVIC_CONTRACTS": contracts, "CIVIC_SOURCES": str(self.sources) if with_parser else ""}

    def changed(self, name: str, old: str, new: str) -> Path:
        """A copy of the fixture, among the inputs, with one text replaced."""
        text = self.fixture.read_text(encoding="utf-8")
        assert old in text
        path = self.inputs / name
        path.write_text(text.replace(old, new), encoding="utf-8")
        return path

    def edit(self, name: str, old: str, new: str) -> None:
        """Changes one of the files."""
        file = self.sources / name
        text = file.read_text(encoding="utf-8")
        assert old in text
        file.write_text(text.replace(old, new), encoding="utf-8")

    def run(self, *arguments: object) -> Answer:
        return civic_assets(*arguments, env=self.environment)


@pytest.fixture
def newcomer(tmp_path: Path) -> Newcomer:
    return Newcomer(tmp_path)


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> tuple[Newcomer, Answer]:
    """The example with one mistyped figure, published."""
    person = Newcomer(tmp_path_factory.mktemp("newcomer"))
    person.changed("q7x.bin", AS_PRINTED, MISTYPED)
    arguments = ("--profile", "local", "--inputs", person.inputs, "--store", person.store)
    return person, person.run("refresh", *arguments, "--json", "--quiet")


def test_example_is_two_files_and_no_source_of_the_project() -> None:
    assert {file.name for file in EXAMPLE.iterdir() if file.is_file()} == FILES
    assert not (contracts_folder() / "library_visits.odcs.yaml").exists()
    assert not (PROJECT / "civic_assets" / "sources" / "library_visits.py").exists()


def test_document_quotes_the_files_as_they_are() -> None:
    """Every block marked with the name of a file is in that file, line for line."""
    text, quoted = DOCUMENT.read_text(encoding="utf-8"), 0
    for part in text.split("<!-- from ")[1:]:
        name, _, rest = part.partition(" -->")
        block = rest.split("```")[1].partition("\n")[2]
        folder = EXAMPLE if name in FILES else WITH_A_PARSER
        assert block in (folder / name).read_text(encoding="utf-8"), f"{name} does not hold:\n{block}"
        quoted += 1
    assert quoted >= 6


def test_inspect_recognises_the_fixture_and_finds_nothing(newcomer: Newcomer) -> None:
    answer = newcomer.run("inspect", newcomer.fixture, "--json")
    assert answer.code == 0, answer.err
    report = answer.json
    assert (report["source"], report["release"], report["outcome"]) == ("library_visits", "2024-12", "clean")
    assert report["rows"] == 96 and report["row_kinds"] == {"borough": 8, "library": 24}
    passed = {check["check_id"] for check in report["checks"] if check["outcome"] == "pass"}
    assert {"R-09", "V-01", "V-05", "V-10", "V-14"} <= passed


def test_without_the_two_settings_nobody_knows_the_source(newcomer: Newcomer) -> None:
    answer = civic_assets("inspect", newcomer.fixture)
    assert answer.code == 2
    assert "library_visits.csv has no tables of a source with a contract" in answer.err


def test_mistyped_figure_is_published_as_printed_and_disputed(published: tuple[Newcomer, Answer]) -> None:
    _, answer = published
    assert answer.code == 0, answer.err
    (release,) = answer.json["releases"]
    assert (release["source"], release["release"], release["state"]) == (
        "library_visits",
        "2024-12",
        "published",
    )
    (sentence,) = answer.json["disputed"]
    assert "L5:Adult visits" in sentence and "9,035" in sentence and "9,305" in sentence


def test_disputed_figure_is_traced_to_its_cell(published: tuple[Newcomer, Answer]) -> None:
    person, _ = published
    wanted = (
        "--measure",
        "library_visits_adults",
        "--period",
        "2024-01-01/2024-04-01",
        "--store",
        person.store,
    )
    chain = person.run("trace", "--area", "E09000012/clapton-library", *wanted, "--json").json
    assert chain["figure"]["quality"] == "disputed"
    assert (chain["figure"]["value"], chain["value_text"], chain["locator"]) == (
        9035,
        "9,035",
        "L5:Adult visits",
    )
    assert {"V-10", "V-14"} <= {finding["check_id"] for finding in chain["findings"]}
    assert "9305" in {finding["proposal"] for finding in chain["findings"]}
    above = person.run("trace", "--area", "Hackney", *wanted, "--json").json
    assert (above["figure"]["value"], above["figure"]["quality"]) == (24564, "ok")


def test_closed_library_has_a_status_and_no_zero(published: tuple[Newcomer, Answer]) -> None:
    person, _ = published
    wanted = ("--measure", "library_visits", "--period", "2024-01-01/2024-04-01", "--store", person.store)
    figure = person.run("trace", "--area", "E09000019/finsbury-library", *wanted, "--json").json["figure"]
    assert (figure["value"], figure["status"]) == (None, "not_applicable")


@pytest.mark.parametrize(
    ("example", "source", "file", "old", "new", "area", "measure"),
    [
        pytest.param(
            EXAMPLE, "library_visits", "library_visits.odcs.yaml", "type: library, total:",
            "type: library, kind: branch, total:", "E09000012", "library_visits", id="contract",
        ),
        pytest.param(
            WITH_A_PARSER, "library_loans", "library_loans.py", 'Area("borough", codes[name], name,',
            'Area("borough", codes[name], name.upper(),', "HACKNEY", "library_loans", id="parser",
        ),
    ],
)  # fmt: skip
def test_changed_contract_or_parser_makes_the_release_anew(
    tmp_path: Path, example: Path, source: str, file: str, old: str, new: str, area: str, measure: str
) -> None:
    person = Newcomer(tmp_path, example, source)
    shutil.copy(person.fixture, person.inputs)
    folders = ("--profile", "local", "--inputs", person.inputs, "--store", person.store)
    assert person.run("refresh", *folders, "--json", "--quiet").json["published_now"] is True
    assert person.run("refresh", *folders, "--json", "--quiet").json["published_now"] is False
    person.edit(file, old, new)
    assert person.run("refresh", *folders, "--json", "--quiet").json["published_now"] is True
    wanted = ("--area", area, "--measure", measure, "--period", "2024-01-01/2024-04-01")
    assert person.run("trace", *wanted, "--store", person.store).code == 0


def test_definitions_hold_its_layers_and_its_checks(newcomer: Newcomer) -> None:
    script = (
        "import json, sys\nfrom pathlib import Path\n"
        "from civic_assets.defs.build import build_definitions\nfrom civic_assets.layers.store import Store\n"
        "graph = build_definitions(Store(Path(sys.argv[1]))).resolve_asset_graph()\n"
        "mine = [node for node in graph.asset_nodes if node.key.path[-1] == 'library_visits']\n"
        "checks = [graph.get_check_spec(key) for node in mine for key in node.check_keys]\n"
        "references = [r.file_path for node in mine if 'dagster/code_references' in node.metadata\n"
        "              for r in node.metadata['dagster/code_references'].code_references]\n"
        "print(json.dumps({'assets': sorted('/'.join(node.key.path) for node in mine),\n"
        "                  'checks': {check.name: check.blocking for check in checks},\n"
        "                  'references': references}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(newcomer.store)],
        capture_output=True,
        text=True,
        check=True,
        env={**environment(), **newcomer.environment},
    )
    found = json.loads(done.stdout.splitlines()[-1])
    layers = ("archive", "harmonised", "raw", "validated")
    assert found["assets"] == [f"{layer}/library_visits" for layer in layers]
    blocking = {name[:4]: blocks for name, blocks in found["checks"].items()}
    assert blocking["R_09"], "a file without an expected column goes no further"
    assert not blocking["V_10"] and not blocking["V_14"], (
        "a figure that does not add up is published as disputed"
    )
    assert {"civic_assets/sources/tidy.py", "my-sources/library_visits.odcs.yaml"} <= set(found["references"])


@pytest.mark.parametrize(
    ("file", "old", "new", "words"),
    [
        pytest.param(
            "library_visits.odcs.yaml",
            "parts: [library_visits_adults, library_visits_children]",
            "parts: [library_visits_adults, library_visits_kids]",
            "schema[0].quality[0].implementation: names 'library_visits_kids', which is not a column of table 'visits'",
            id="identity of a measure that is not there",
        ),
        pytest.param(
            "library_visits.odcs.yaml",
            "period: {column: quarter, format: YYYY Qn}",
            "period: {column: quartre, format: YYYY Qn}",
            "rows.period.column: names the column 'quartre', which the table does not have; did you mean 'quarter'?",
            id="period in a column that is not there",
        ),
        pytest.param(
            "library_visits.odcs.yaml",
            "name: library_visits\n",
            "name: library_visit\n",
            "must be called library_visit.odcs.yaml",
            id="name is not the file's",
        ),
        pytest.param(
            "library_visits.csv",
            "2024 Q3",
            "Autumn 2024",
            "L20:Quarter does not name a period: 'Autumn 2024'",
            id="period that is not written as the contract says",
        ),
    ],
)
def test_mistake_in_one_of_the_files_ends_in_a_sentence(
    newcomer: Newcomer, file: str, old: str, new: str, words: str
) -> None:
    newcomer.edit(file, old, new)
    answer = newcomer.run("inspect", newcomer.fixture)
    # A contract that is wrong stops the command; a file that does not fit it would be held back.
    assert answer.code == (1 if "Would be held back" in answer.out else 2)
    assert words in answer.out + answer.err and "Traceback" not in answer.err
    assert words in DOCUMENT.read_text(encoding="utf-8"), "the document shows what this looks like"


def test_missing_parser_is_named_with_what_to_do(tmp_path: Path) -> None:
    person = Newcomer(tmp_path, WITH_A_PARSER, "library_loans")
    (person.sources / "library_loans.py").unlink()
    answer = person.run("inspect", person.fixture)
    assert answer.code == 2
    assert (
        "add 'rows' to the layout, or write a parser library_loans.py in a folder that CIVIC_SOURCES"
        in answer.err
    )
    assert "add 'rows' to the layout, or write a parser library_loans.py" in DOCUMENT.read_text(
        encoding="utf-8"
    )


def test_example_with_a_parser_is_read_and_reports_what_it_does_not_know(tmp_path: Path) -> None:
    person = Newcomer(tmp_path, WITH_A_PARSER, "library_loans")
    report = person.run("inspect", person.fixture, "--json").json
    assert (report["source"], report["release"], report["outcome"]) == ("library_loans", "2024-12", "clean")
    assert (report["rows"], report["row_kinds"]) == (8, {"borough": 2})
    changed = person.changed("a.csv", "Hackney", "Hackny")
    assert "WARNING V-05: L4:Borough names 'Hackny'" in person.run("inspect", changed).out
    later = person.changed("b.csv", "2024 Q4", "2024 Q9")
    assert "2024 Q9" in person.run("inspect", later).out


def test_draft_is_listed_with_its_reason_and_not_read(newcomer: Newcomer) -> None:
    newcomer.edit("library_visits.odcs.yaml", "status: active", "status: draft")
    shutil.copy(newcomer.fixture, newcomer.inputs)
    reason = "library_visits is not read yet, because its contract is a draft."
    assert reason in newcomer.run("inspect", newcomer.fixture, "--source", "library_visits").err
    arguments = ("--profile", "local", "--inputs", newcomer.inputs, "--store", newcomer.store)
    assert reason in newcomer.run("refresh", *arguments, "--source", "library_visits").err
    assert [file["file"] for file in newcomer.run("refresh", *arguments, "--json").json["ignored"]] == [
        "library_visits.csv"
    ]
    listed = newcomer.run("sources", "--store", newcomer.store).out
    assert reason in " ".join(listed.split())
