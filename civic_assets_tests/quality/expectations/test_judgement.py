"""A suite is run when what it reads has changed, and only then; one that gates is run before anything is published."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets.errors import PublicationHeldBack
from civic_assets.quality.expectations import run_suites as engine
from civic_assets.quality.expectations.judgement import (
    NOT_RUN,
    SuiteMemory,
    add_known,
    judge,
    replace_results,
    waiting_suites,
)
from civic_assets.quality.expectations.profiles import create_profiles
from civic_assets.quality.expectations.suites import Suite, load_suites
from civic_assets_tests.quality.published.published_figures import NOW, promised, published

_TENFOLD = f"UPDATE harmonised.observations SET value = value * 10 WHERE release = '{NOW}'"
_DOZENS = f"UPDATE harmonised.observations SET unit = 'dozens' WHERE release = '{NOW}'"


@pytest.fixture
def memory(tmp_path: Path) -> SuiteMemory:
    return SuiteMemory(tmp_path / "suites", "code")


def _model(*changes: str) -> duckdb.DuckDBPyConnection:
    connection = published(*changes)
    create_profiles(connection, promised())
    return connection


def _waiting(memory: SuiteMemory, *changes: str, suites: list[Suite] | None = None) -> set[str]:
    with _model(*changes) as connection:
        add_known(connection, memory, suites)
        return {suite.name for suite in waiting_suites(connection, suites or load_suites())}


def _judge(memory: SuiteMemory, *changes: str) -> dict[str, Any]:
    """Rows of results and findings once every suite has judged."""
    with _model(*changes) as connection:
        add_known(connection, memory)
        waiting = waiting_suites(connection, load_suites())
        judged, sentences = judge(connection, memory, waiting)
        assert sentences == []
        replace_results(connection, waiting, judged)
        return _rows(connection)


def _rows(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    return {
        table: connection.execute(f"FROM quality.{table} ORDER BY ALL").fetchall()
        for table in ("check_results", "findings")
    }


def _broken(*_: Any) -> Any:
    raise RuntimeError("no backend")


def test_suites_wait_with_a_reason_for_each_expectation_until_they_are_run(memory: SuiteMemory) -> None:
    with _model() as connection:
        add_known(connection, memory)
        said = connection.execute(
            "SELECT DISTINCT outcome, reason, n_checked FROM quality.check_results"
        ).fetchall()
        checks = {
            row[0] for row in connection.execute("SELECT check_id FROM quality.check_results").fetchall()
        }
    assert said == [("not_evaluated", NOT_RUN, 0)]
    assert checks == {one.id for suite in load_suites() for one in suite.expectations}


def test_suite_with_nothing_new_is_not_run_again_and_says_the_same(
    memory: SuiteMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = _judge(memory, _TENFOLD)
    assert any(row[1] == "E-12" for row in first["findings"])
    monkeypatch.setattr(engine, "run_suite", _broken)
    assert _waiting(memory, _TENFOLD) == set()
    with _model(_TENFOLD) as connection:
        add_known(connection, memory)
        assert _rows(connection) == first


def test_only_suites_whose_table_changed_wait(memory: SuiteMemory) -> None:
    _judge(memory)
    assert _waiting(memory, _TENFOLD) == {"measures"}
    assert _waiting(memory, _DOZENS) == {"measures", "tables", "words"}


def test_changed_suite_and_changed_code_wait(memory: SuiteMemory) -> None:
    _judge(memory)
    changed = [replace(one, sha256="other") if one.name == "words" else one for one in load_suites()]
    assert _waiting(memory, suites=changed) == {"words"}
    assert _waiting(replace(memory, code="other")) == {one.name for one in load_suites()}


def test_damaged_memory_is_run_again(memory: SuiteMemory) -> None:
    _judge(memory)
    (memory.folder / "words.json").write_text('{"key": ', encoding="utf-8")
    (memory.folder / "tables.json").write_text("[]", encoding="utf-8")
    assert _waiting(memory) == {"words", "tables"}


def test_suite_that_cannot_be_run_is_not_evaluated_and_not_remembered(
    memory: SuiteMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch, _model() as connection:
        patch.setattr(engine, "validate", _broken)
        add_known(connection, memory)
        waiting = waiting_suites(connection, load_suites())
        judged, sentences = judge(connection, memory, waiting)
        replace_results(connection, waiting, judged)
        said = connection.execute("SELECT DISTINCT reason, message FROM quality.check_results").fetchall()
        assert waiting_suites(connection, load_suites()) == waiting
    assert said == [(NOT_RUN, "the expectation could not be evaluated: RuntimeError: no backend")]
    assert len(sentences) == len(load_suites()) and "RuntimeError: no backend" in sentences[0]
    assert {row[6] for row in _judge(memory)["check_results"]} >= {"pass"}


def _gating(name: str) -> list[Suite]:
    return [replace(suite, gates=suite.name == name) for suite in load_suites()]


def test_suite_that_gates_is_run_before_the_others_and_lets_through_what_is_in_order(
    memory: SuiteMemory,
) -> None:
    assert _waiting(memory, suites=_gating("words")) == {"measures", "releases", "sources", "tables"}


def test_suite_that_gates_keeps_a_publication_back(memory: SuiteMemory) -> None:
    with (
        _model(_DOZENS) as connection,
        pytest.raises(PublicationHeldBack, match=r"words.*E-18.*last publication stays"),
    ):
        add_known(connection, memory, _gating("words"))
    # Remembered or not.
    with _model(_DOZENS) as connection, pytest.raises(PublicationHeldBack, match="E-18"):
        add_known(connection, memory, _gating("words"))


def test_warning_of_a_suite_that_gates_keeps_nothing_back(memory: SuiteMemory) -> None:
    assert "measures" not in _waiting(memory, _TENFOLD, suites=_gating("measures"))


def test_suite_that_gates_and_cannot_be_run_keeps_a_publication_back(
    memory: SuiteMemory, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engine, "validate", _broken)
    with (
        _model() as connection,
        pytest.raises(PublicationHeldBack, match="could not be run: RuntimeError: no backend"),
    ):
        add_known(connection, memory, _gating("words"))
