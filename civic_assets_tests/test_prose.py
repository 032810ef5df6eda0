"""The net under the house style: every habit is found, and ordinary sentences are not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools.prose import found_in, main


@pytest.mark.parametrize(
    "sentence",
    [
        "A file that can not be read.",
        "'2024-13' is no day; write YYYY-MM-DD",
        "Whether a decision is none.",
        "figures of ours",
        "our own tables",
        "what is told of a file",
        "the table beside it",
        "a status in place of a value",
        "where it stands in the sheet",
        "the name as it stands",
        "    source: Of the series.",
        "    connection: To a read model.",
        "    progress: Told of each release.",
        "Does a contract know it?",
        "how a period lies to another",
        "a name in the place of another",
        "the denominator; None where it is a count",
        "columns are held against the list",
        "a read model in the making",
        "it is not guessed",
        "for whoever ran a command",
        "an error that nobody foresaw",
        "set side by side or one per the other",
        "the file was saved anew",
        "Mend that and run the command again.",
        "the behavior of the parser",
        "figures are harmonized",
    ],
)
def test_habit_is_found(sentence: str) -> None:
    assert list(found_in(sentence))


@pytest.mark.parametrize(
    "sentence",
    [
        "A file that cannot be read.",
        "There are no findings; there is none of this kind.",
        "The column is no longer there.",
        "    source: Id of the source.",
        "    limits: Thresholds by name.",
        "Whether a contract knows it.",
        "Is it a count? Then it adds up.",
        "so that many figures can be matched",
        "the denominator; None if it is a count",
        "The value is missing, with a status instead.",
        "figures are harmonised by colour",
    ],
)
def test_ordinary_sentence_is_not(sentence: str) -> None:
    assert not list(found_in(sentence))


def test_names_in_a_list_of_a_contract_are_not_prose(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "model.yaml").write_text("table:\n\n  key: [shown_in, beside]\n  text: the table beside it\n")
    assert main([str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "model.yaml:4: 'beside'" in printed and printed.count("'beside'") == 1


def test_code_in_a_page_and_sql_in_a_module_are_not_prose(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "page.md").write_text("`in place of` is code.\n```\nit can not\n```\nIt can not be.\n")
    (tmp_path / "module.py").write_text('SQL = "SELECT beside FROM places"\nTEXT = f"{SQL} can not be run"\n')
    assert main([str(tmp_path)]) == 1
    printed = capsys.readouterr().out
    assert "page.md:5: 'can not': cannot" in printed and "module.py:2: 'can not': cannot" in printed
    assert printed.count("can not") == 2 and "beside" not in printed
