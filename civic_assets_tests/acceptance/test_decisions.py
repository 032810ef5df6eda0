"""Registered decisions from the command line: what they change in a publication, and that they end."""

from __future__ import annotations

import json
import shutil
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from civic_assets.contracts.load import contracts_folder
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets_tests.acceptance.commands import Answer, civic_assets
from civic_assets_tests.shared_stores import Refreshed

BURGLARY = ("--area", "Islington", "--measure", "burglary", "--period", "2020-01-01/2021-01-01")
PRINTED, OTHERWISE = "Shoplifting,1468,", "Shoplifting,1469,"


class Desk:
    """A store, a folder of files and a register of decisions of its own."""

    def __init__(self, folder: Path) -> None:
        self.store, self.inputs, self.contracts = folder / "store", folder / "in", folder / "contracts"
        self.inputs.mkdir()
        shutil.copytree(contracts_folder(), self.contracts)

    def run(self, *arguments: object) -> Answer:
        return civic_assets(
            *arguments, "--store", self.store, "--json", env={"CIVIC_CONTRACTS": str(self.contracts)}
        )

    def refresh(self) -> Answer:
        return self.run("refresh", "--profile", "local", "--inputs", self.inputs)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.store / "civic.duckdb"), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def manifest(self) -> dict[str, Any]:
        document: dict[str, Any] = json.loads((self.store / "publications" / "latest.json").read_text())
        return document

    def correct(self, **entry: object) -> Path:
        file = self.contracts / "corrections" / f"{entry['id']}.yaml"
        file.write_text(yaml.safe_dump(entry), encoding="utf-8")
        return file

    def waive(self, *entries: dict[str, object]) -> None:
        (self.contracts / "waivers.yaml").write_text(yaml.safe_dump({"waivers": list(entries)}))


@pytest.fixture
def desk(tmp_path: Path) -> Desk:
    return Desk(tmp_path)


def _report(desk: Desk, published: Refreshed) -> str:
    """Takes over a store with the report's tables, and says which cell holds its misprint."""
    shutil.copytree(published.inputs, desk.inputs, dirs_exist_ok=True)
    shutil.copytree(published.store, desk.store)
    return str(desk.query("SELECT locator FROM harmonised.observations WHERE value = 1208")[0][0])


def test_correction_shows_both_values_everywhere_and_leaves_no_trace_when_it_is_withdrawn(
    desk: Desk, report_refresh: Refreshed
) -> None:
    cell = _report(desk, report_refresh)
    before = desk.manifest()["hash"]
    entry: dict[str, object] = {
        "id": "islington-burglary-2020", "source": "gla_report", "release": "2023-05", "locator": cell,
        "expect": "1208", "corrected": 2108, "reason": "Two digits are exchanged.", "evidence": "A made-up answer.",
        "reported_to": "nobody: this is a test", "author_role": "tester", "date": date(2026, 1, 2),
    }  # fmt: skip
    file = desk.correct(**entry)
    answer = desk.refresh()
    assert answer.code == 0
    assert any("1,208" in s and "corrected to 2,108" in s for s in answer.json["disputed"])
    assert desk.manifest()["hash"] != before
    shown = "SELECT value, value_text, corrected_value, quality FROM {} WHERE correction_id IS NOT NULL"
    for table in ("harmonised.observations", "harmonised.latest"):
        assert desk.query(shown.format(table)) == [(1208.0, "1208", 2108.0, "disputed")]
    chain = desk.run("trace", *BURGLARY, "--source", "gla_report").json
    assert (chain["figure"]["value"], chain["value_text"]) == (1208.0, "1208")
    assert chain["figure"]["corrected_value"] == chain["correction"]["corrected_value"] == 2108.0
    assert chain["correction"]["author_role"] == "tester"
    text = civic_assets("trace", *BURGLARY, "--source", "gla_report", "--store", desk.store).out
    assert "1,208 count" in text and "corrected to 2,108" in text and "A made-up answer" in text
    figure = "gla_report:burglary:E09000019:2020-01-01/2021-01-01"
    (first, _) = desk.run("compare", figure, figure).json["series"]
    assert (first["value"], first["corrected_value"]) == (1208.0, 2108.0)

    desk.correct(**{**entry, "expect": "1209"})
    desk.refresh()
    assert desk.query(shown.format("harmonised.observations")) == []
    assert desk.query(
        "SELECT outcome, severity FROM quality.check_results WHERE check_id = 'K-02' AND source = 'corrections'"
    ) == [("fail", "blocking")]
    chain = desk.run("trace", *BURGLARY, "--source", "gla_report").json
    assert chain["figure"]["corrected_value"] is None
    assert chain["correction"]["state"] == "guard_failed"

    file.unlink()
    desk.refresh()
    assert desk.manifest()["hash"] == before


def test_waiver_names_the_failure_that_it_lets_pass_and_changes_no_outcome(
    desk: Desk, report_refresh: Refreshed
) -> None:
    cell = _report(desk, report_refresh)
    checks = [
        row[0]
        for row in desk.query(
            f"SELECT check_id FROM quality.findings WHERE list_contains(disputes, '{cell}')"
        )
    ]
    assert checks
    today = date.today()
    desk.waive(*(
        {"id": f"known-{check.lower()}", "check": check, "source": "gla_report", "release": "2023-05", "cells": [cell],
         "reason": "Known misprint.", "author_role": "tester", "date": today, "expires": today}
        for check in set(checks)
    ))  # fmt: skip
    assert desk.refresh().code == 0
    assert desk.query(f"SELECT quality FROM harmonised.observations WHERE locator = '{cell}'") == [("ok",)]
    rows = desk.query(
        f"SELECT DISTINCT status, waiver_id FROM quality.findings WHERE list_contains(disputes, '{cell}') ORDER BY ALL"
    )
    assert rows == [("waived", f"known-{check.lower()}") for check in sorted(set(checks))]
    outcomes = desk.query(
        f"SELECT DISTINCT outcome FROM quality.check_results WHERE source = 'gla_report' AND check_id = '{checks[0]}'"
    )
    assert outcomes == [("fail",)]
    assert len(desk.manifest()["content"]["decisions"]["waivers_in_force"]) == len(set(checks))


def _reissued(desk: Desk, published: Refreshed) -> None:
    """The report's tables again, with one figure changed and not a word about it."""
    _report(desk, published)
    text = (desk.inputs / "report.csv").read_text(encoding="utf-8")
    assert text.count(PRINTED) == 1
    (desk.inputs / "report again.csv").write_text(text.replace(PRINTED, OTHERWISE), encoding="utf-8")


def test_silent_overwrite_is_held_back_until_a_waiver_lets_it_through_and_again_when_that_ends(
    desk: Desk, report_refresh: Refreshed
) -> None:
    _reissued(desk, report_refresh)
    before = desk.manifest()["hash"]
    held = desk.refresh()
    assert held.code == 1
    assert desk.manifest()["hash"] == before
    assert {r["release"]: r["state"] for r in held.json["releases"]} == {
        "2023-05": "published", "2023-05.r2": "held_back",
    }  # fmt: skip
    (reasons,) = (r["held_back"] for r in held.json["releases"] if r["release"] == "2023-05.r2")
    assert any("R-01" in reason and "2023-05 stays published" in reason for reason in reasons)

    today = date.today()
    waiver: dict[str, object] = {
        "id": "report-reissue", "check": "R-01", "source": "gla_report", "release": "2023-05.r2",
        "reason": "Announced on a made-up page.", "author_role": "tester", "date": today, "expires": today,
    }  # fmt: skip
    desk.waive(waiver)
    passed = desk.refresh()
    assert {r["state"] for r in passed.json["releases"]} == {"published"}
    assert passed.code == 0
    through = [{"source": "gla_report", "release": "2023-05.r2", "check": "R-01", "waiver": "report-reissue"}]
    assert desk.manifest()["content"]["decisions"]["let_through"] == through
    rows = desk.query(
        "SELECT outcome, waiver_id FROM quality.check_results WHERE check_id = 'R-01' ORDER BY release"
    )
    assert rows == [("pass", None), ("fail", "report-reissue")]
    revised = desk.query(
        "SELECT count(*) FROM quality.release_changes WHERE kind = 'revised' AND release = '2023-05.r2'"
    )
    assert revised[0][0] >= 1

    yesterday = today - timedelta(days=1)
    desk.waive({**waiver, "date": yesterday, "expires": yesterday})
    ended = desk.refresh()
    assert ended.code == 1
    assert desk.query("SELECT DISTINCT release FROM harmonised.observations WHERE source = 'gla_report'") == [
        ("2023-05",)
    ]
    assert desk.query("SELECT outcome, severity FROM quality.check_results WHERE check_id = 'K-03'") == [
        ("fail", "blocking")
    ]


def test_decision_that_is_none_stops_the_refresh_with_a_sentence(desk: Desk) -> None:
    shutil.copy(REPORT_TABLES, desk.inputs)
    desk.waive(
        {
            "id": "all", "source": "gla_report", "release": "2023-05", "check": "H-19", "reason": "Not wanted.",
            "author_role": "tester", "date": date.today(), "expires": date.today(),
        }
    )  # fmt: skip
    answer = desk.refresh()
    assert answer.code == 2
    assert "waivers.yaml: waivers[0].check: H-19 protects people" in answer.json["error"]
    assert "Traceback" not in answer.err
