"""Sentences quote what is in a file, and never with characters that a person cannot see and a terminal obeys."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.errors import FileRefused, NotRecognised, printable
from civic_assets.intake.identify import look

ODD = "\x1b[2J\u2028\x00"
SEEN = r"\x1b[2J\u2028\x00"


def test_text_that_can_be_seen_is_unchanged() -> None:
    assert printable("Islington – £5\u00a0m\n\té") == "Islington – £5\u00a0m\n\té"
    assert printable(f"a{ODD}b\u202e\ud800") == rf"a{SEEN}b\u202e\ud800"


@pytest.mark.parametrize("error", [FileRefused("file", f"has {ODD}."), NotRecognised(f"file has {ODD}.")])
def test_errors_about_a_file_are_sentences_that_can_be_seen(error: Exception) -> None:
    assert SEEN in str(error)


def test_answer_of_a_publisher_that_is_not_read_is_quoted_as_it_can_be_seen(tmp_path: Path) -> None:
    """Found by changed files: a date with a control character was quoted as it is."""
    path = tmp_path / "answer.json"
    path.write_text(json.dumps({"date": ODD}), encoding="utf-8")
    said = look(path, path.name, "0" * 64, load_contracts())
    assert said["verdict"] == "ignored"
    assert SEEN in said["reason"]
