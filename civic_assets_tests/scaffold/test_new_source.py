"""`civic-assets new-source`: from a file that nobody has described to a contract that is read once it is answered.

The files are written by the tests, as delimited files and as workbooks; the sweep goes over all synthetic fixtures.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from openpyxl import Workbook

from civic_assets.cli.entry import main
from civic_assets.contracts.load import load_contract
from civic_assets.contracts.open_questions import open_questions
from civic_assets.errors import ContractError, UsageError
from civic_assets.parsing.recognise import parser_of, recognise
from civic_assets.quality.contract_demands import check_contract
from civic_assets.readers.open_file import read_grid
from civic_assets.scaffold.new_source import NewSource, new_source
from civic_assets_tests.acceptance.commands import civic_assets
from civic_assets_tests.paths import PROJECT

FIXTURES = sorted(
    file
    for file in (PROJECT / "civic_assets_tests" / "fixtures").rglob("*.*")
    if file.suffix in (".csv", ".xlsx", ".ods", ".json")
)
TITLE = "First-time entrants to youth justice"
HEADERS = ["Area code", "Area", "Year", "Sex", "Entrants", "Girls among entrants", "Entrants per 100,000"]
AREAS = [
    ("E92000001", "England"),
    ("E12000007", "London"),
    ("E09000012", "Hackney"),
    ("E09000019", "Islington"),
]
ROWS = [
    [code, name, year, sex, f"{1000 + at * 7:,}", "*" if at == 5 else str(90 + at), f"{150 + at / 4:.1f}"]
    for at, (code, name, year, sex) in enumerate(
        (*area, year, sex)
        for year in ("2022/23", "2023/24")
        for area in AREAS
        for sex in ("All", "Female", "Male")
    )
]
ANSWERS = {
    "frequency": "12", "latency": "240", "statistic": "flow", "practice": "unsuppressed", "licence": "none",
    "status": "suppressed", "unit_of_count": "persons", "per_100000_population": "residents",
}  # fmt: skip


def delimited(path: Path, rows: list[list[str]] = ROWS) -> Path:
    lines = [[TITLE], [], HEADERS, *rows, ["Source: invented"]]
    text = "\n".join(",".join(f'"{cell}"' if "," in cell else cell for cell in line) for line in lines)
    path.write_text(text + "\n", encoding="utf-8")
    return path


def workbook(path: Path) -> Path:
    book = Workbook(write_only=True)
    notes = book.create_sheet("Notes")
    notes.append(["About these tables"])
    sheet = book.create_sheet("Table 1")
    for line in ([TITLE], [], HEADERS, *ROWS):
        sheet.append(
            [float(text.replace(",", "")) if re.fullmatch(r"[0-9.,]+", text) else text for text in line]
        )
    book.save(path)
    return path


def opendocument(path: Path) -> Path:
    cell = '<table:table-cell office:value-type="string"><text:p>{}</text:p></table:table-cell>'
    cells = "".join(
        f"<table:table-row>{''.join(map(cell.format, line))}</table:table-row>"
        for line in ([TITLE], HEADERS, *ROWS)
    )
    spaces = " ".join(
        f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for name in ("office", "table", "text")
    )
    table = f'<table:table table:name="Table 1">{cells}</table:table>'
    body = f"<office:body><office:spreadsheet>{table}</office:spreadsheet></office:body>"
    content = f'<?xml version="1.0"?><office:document-content {spaces}>{body}</office:document-content>'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("mimetype", "application/vnd.oasis.opendocument.spreadsheet")
        archive.writestr("content.xml", content)
    return path


WRITERS: dict[str, Callable[[Path], Path]] = {"csv": delimited, "xlsx": workbook, "ods": opendocument}


def answered(contract: Path) -> str:
    """The contract with every question answered as somebody who knows the source would, in order."""
    lines = []
    for line in contract.read_text(encoding="utf-8").splitlines():
        if line.lstrip().startswith("#"):
            continue
        for key, answer in ANSWERS.items():
            line = line.replace(f"{key}: TODO", f"{key}: {answer}")
            line = line.replace(f"property: {key}, value: TODO", f"property: {key}, value: {answer}")
        lines.append(line.replace("TODO", "'as the test says (E-01, E-02)'"))
    return "\n".join(lines) + "\n"


def made(tmp_path: Path, kind: str = "csv", **options: bool) -> NewSource:
    file = WRITERS[kind](tmp_path / f"shown.{kind}")
    return new_source(file, "entrants", tmp_path / "mine", **options)


@pytest.mark.parametrize("kind", WRITERS)
def test_contract_is_refused_with_each_open_question_until_all_are_answered(
    tmp_path: Path, kind: str
) -> None:
    source = made(tmp_path, kind)
    text = source.contract.read_text(encoding="utf-8")
    assert text.count("# TODO: ") == len(source.questions) >= 20
    found = check_contract(source.contract).problems
    assert [(one.path, one.reason) for one in found] == source.questions
    for question in (
        "flow",
        "What is one of it",
        "nobody can be recognised",
        "licence",
        "How many months",
        "'*'",
    ):
        assert any(question in reason for _, reason in source.questions), question
    with pytest.raises(ContractError, match="open question"):
        load_contract(source.contract)


@pytest.mark.parametrize("kind", WRITERS)
def test_answered_contract_meets_every_demand_and_reads_fixture_and_file(tmp_path: Path, kind: str) -> None:
    source = made(tmp_path, kind)
    source.contract.write_text(answered(source.contract), encoding="utf-8")
    assert check_contract(source.contract).problems == ()
    terms = load_contract(source.contract)
    (shown,) = recognise(read_grid(tmp_path / f"shown.{kind}"), {"entrants": terms})
    (fixture,) = recognise(read_grid(source.fixture), {"entrants": terms})
    assert (shown.edition, shown.synthetic) == (fixture.edition, not fixture.synthetic) == ("2024-03", False)
    read = parser_of(terms).parse(read_grid(tmp_path / f"shown.{kind}"), shown.found, terms)
    assert read.problems == [] and read.observations.num_rows == 24 * 3
    assert read.row_kinds == {"country": 6, "region": 6, "local_authority": 12}
    assert set(read.observations["breakdown"].to_pylist()) == {"total", "sex=female", "sex=male"}
    rates = [unit for unit in read.observations["unit"].to_pylist() if unit != "count"]
    assert rates == ["per_100000_population"] * 24


def test_fixture_has_the_layout_and_no_number_of_the_file(tmp_path: Path) -> None:
    source = made(tmp_path)
    lines = source.fixture.read_text(encoding="utf-8").splitlines()
    assert lines[0].startswith(TITLE) and "SYNTHETIC SAMPLE DATA" in lines[1]
    assert lines[2] == 'Area code,Area,Year,Sex,Entrants,Girls among entrants,"Entrants per 100,000"'
    shown = (tmp_path / "shown.csv").read_text(encoding="utf-8").splitlines()
    assert not set(lines[3:]) & set(shown), "no row is a row of the file"
    assert any(",*," in line for line in lines), "a row with the mark is among them"
    assert len(lines) < len(shown)


def test_inspect_reads_the_fixture_by_the_command_that_the_last_lines_name(tmp_path: Path) -> None:
    file = delimited(tmp_path / "shown.csv")
    folder = tmp_path / "mine"
    answer = civic_assets("new-source", file, "--name", "entrants", "--to", folder)
    assert answer.code == 0, answer.err
    assert "open questions" in answer.out and "civic-assets contract" in answer.out
    assert f"CIVIC_CONTRACTS=:{folder} civic-assets inspect {folder / 'entrants.csv'}" in answer.out
    refused = civic_assets("inspect", folder / "entrants.csv", env={"CIVIC_CONTRACTS": f":{folder}"})
    assert refused.code == 2 and "open question" in refused.err
    contract = folder / "entrants.odcs.yaml"
    contract.write_text(answered(contract), encoding="utf-8")
    read = civic_assets("inspect", folder / "entrants.csv", "--json", env={"CIVIC_CONTRACTS": f":{folder}"})
    assert read.code == 0, read.out + read.err
    assert (read.json["source"], read.json["outcome"], read.json["synthetic"]) == ("entrants", "clean", True)


def test_nothing_is_overwritten_without_being_told(tmp_path: Path) -> None:
    first = made(tmp_path)
    first.contract.write_text("answered with much work", encoding="utf-8")
    with pytest.raises(UsageError, match="there already, and nothing was written"):
        made(tmp_path)
    assert first.contract.read_text(encoding="utf-8") == "answered with much work"
    made(tmp_path, force=True)
    assert "# TODO" in first.contract.read_text(encoding="utf-8")


def test_fixture_never_replaces_the_file_that_is_shown(tmp_path: Path) -> None:
    file = delimited(tmp_path / "entrants.csv")
    before = file.read_bytes()
    with pytest.raises(UsageError, match="is the file that you show"):
        new_source(file, None, tmp_path, force=True)
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("nothing\n", "no table with a header row"),
        ("Borough,201001,201002\nHackney,1,2\nIslington,3,4\n", "such a table needs a parser"),
        (
            "Borough,2022/23,2023/24\nHackney,1,2\nIslington,3,4\n",
            "column for each period (2022/23, 2023/24)",
        ),
        ("Borough,2024 Q1,2024 Q2\nHackney,1,2\nIslington,3,4\n", "such a table needs a parser"),
        ("Borough,Mar 2023,Mar 2024\nHackney,1,2\nIslington,3,4\n", "such a table needs a parser"),
        ("Borough,Apr-23,May-23\nHackney,1,2\nIslington,3,4\n", "such a table needs a parser"),
        ("Borough,Year,Count,Count\nHackney,2022/23,1,2\n", "row 1, the header row, has 'Count' twice"),
        (",Year,Entrants,Girls\nHackney,2022/23,1,2\n", "column 1 has no header in row 1, the header row"),
        ("Borough,Year,,Count\nHackney,2023,1,2\n", "column 3 has no header in row 1, the header row"),
        ("Borough,Colour\nHackney,red\nIslington,blue\n", "no column of numbers"),
    ],
)
def test_file_that_cannot_be_described_ends_in_a_sentence(tmp_path: Path, text: str, words: str) -> None:
    file = tmp_path / "odd.csv"
    file.write_text(text, encoding="utf-8")
    answer = civic_assets("new-source", file, "--to", tmp_path / "mine")
    assert answer.code == 2 and words in answer.err and "Traceback" not in answer.err
    assert not (tmp_path / "mine").exists()


def test_headers_that_yaml_takes_for_values_are_names_all_the_same(tmp_path: Path) -> None:
    file = tmp_path / "survey.csv"
    file.write_text("Borough,Year,Yes,No,Null,On\nHackney,2022/23,1,2,3,4\nIslington,2022/23,5,6,7,8\n")
    source = new_source(file, None, tmp_path / "mine")
    source.contract.write_text(answered(source.contract), encoding="utf-8")
    assert check_contract(source.contract).problems == ()
    with pytest.raises(UsageError, match="such as no or null"):
        new_source(file, "null", tmp_path / "mine")


def test_contract_that_was_written_is_not_told_to_change_its_types(tmp_path: Path) -> None:
    source = made(tmp_path)
    source.contract.write_text(answered(source.contract), encoding="utf-8")
    assert check_contract(source.contract).notes == ()


def test_lines_for_the_terminal_can_be_copied_and_count_one_row(tmp_path: Path) -> None:
    file = tmp_path / "my file.csv"
    file.write_text("Borough,Year,Entrants,Girls\nHackney,2022/23,11,12\n", encoding="utf-8")
    answer = civic_assets("new-source", file, "--to", tmp_path / "my sources")
    assert answer.code == 0 and "my file.csv: 1 row\n" in answer.out
    assert f"civic-assets contract '{tmp_path}/my sources/my_file.odcs.yaml'" in answer.out
    assert (
        f"CIVIC_CONTRACTS=:'{tmp_path}/my sources' civic-assets inspect '{tmp_path}/my sources/" in answer.out
    )


def test_file_of_a_source_with_a_contract_is_described_only_when_forced(tmp_path: Path) -> None:
    file = next(file for file in FIXTURES if file.parent.name == "dfe_neet" and file.suffix == ".csv")
    answer = civic_assets("new-source", file, "--name", "again", "--to", tmp_path)
    assert answer.code == 2 and "is a file of dfe_neet, which has a contract already" in answer.err
    assert list(tmp_path.iterdir()) == []
    assert civic_assets("new-source", file, "--name", "again", "--to", tmp_path, "--force").code == 0


def test_names_that_cannot_be_a_source_s(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = delimited(tmp_path / "shown.csv")
    assert main(["new-source", str(file), "--name", "Not A Name", "--to", str(tmp_path)]) == 2
    assert "cannot be the name of a source" in capsys.readouterr().err
    assert main(["new-source", str(file), "--name", "ons_csp", "--to", str(tmp_path)]) == 2
    assert "describes a source of this name already" in capsys.readouterr().err


@pytest.mark.parametrize("file", FIXTURES, ids=lambda file: f"{file.parent.name}-{file.name}")
def test_every_fixture_of_the_project_is_described_or_refused_in_a_sentence(
    file: Path, tmp_path: Path
) -> None:
    try:
        source = new_source(file, "sweep", tmp_path)
    except UsageError as error:
        refused = str(error)
    else:
        refused = ""
    if refused:
        assert refused.endswith(".") and (
            "header row" in refused or "parser" in refused or "numbers" in refused
        )
        return
    content = source.contract.read_bytes()
    assert open_questions(content) == source.questions != []
    document = yaml.safe_load(content)
    names = [column["name"] for column in document["schema"][0]["properties"]]
    assert len(set(names)) == len(names) >= 2
    # What the program saw fits the file; only what it asks is missing.
    source.contract.write_text(answered(source.contract), encoding="utf-8")
    for problem in check_contract(source.contract).problems:
        assert (
            "as the test says" in problem.reason or "TODO" in problem.reason or _asked(problem.path, source)
        ), problem


def _asked(path: str, source: NewSource) -> bool:
    """Whether a problem of a blindly answered contract is about a place that was asked about."""
    places = [place for place, _ in source.questions]
    return any(
        place.startswith(path.partition(".implementation")[0]) or path.startswith(place) for place in places
    )


def test_questions_in_a_contract_are_found_wherever_they_are() -> None:
    text = (
        "a:\n  # TODO: What is b?\n  #   In one word.\n  b: TODO\n  c: 1  # TODO: Is it one?\n"
        "customProperties:\n  - property: symbols\n    value:\n      - {mark: '*', status: TODO}\n"
        "  # TODO: Why not?\n  - {property: x, value: [TODO]}\n"
    )
    assert [(path, reason.partition("?")[0]) for path, reason in open_questions(text.encode())] == [
        ("a.b", "open question: What is b"),
        ("a.c", "open question: Is it one"),
        ("customProperties(x)", "open question: Why not"),
        ("customProperties(symbols)[0].status", "the value is still TODO. Write the answer."),
    ]
    assert open_questions(b"a: 'TODOS are not questions'\n") == []
