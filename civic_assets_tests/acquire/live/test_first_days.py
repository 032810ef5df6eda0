"""What a person meets in the first days: no connection, a slip of the hand, tables that were cleared away."""

from __future__ import annotations

import shutil
import socket
from pathlib import Path

import pytest
import requests

from civic_assets.acquire.http.exchange import _failure
from civic_assets.acquire.http.watch import Watch, Watcher
from civic_assets.acquire.limits import Limits
from civic_assets.acquire.live.held import HeldSource, write_held
from civic_assets.acquire.settings import Settings
from civic_assets.answers.fetching import AskedSource, FetchPlan, OfferedFile
from civic_assets.cli.shared.live import no_publisher, print_plan
from civic_assets.contracts.load import load_contracts
from civic_assets.defs.ui.parts import refuse_unknown_sources
from civic_assets.errors import UsageError
from civic_assets.layers.store import Store
from civic_assets.publish.queries.due import due
from civic_assets_tests.acceptance.commands import Answer, civic_assets
from civic_assets_tests.acquire.live.publishers import BOROUGH, Publishers

HELD_BACK = 1
_URL = "https://www.ons.gov.uk/a/data"


def test_published_release_without_tables_stays_when_another_source_is_asked(tmp_path: Path) -> None:
    """Tables may be deleted at any time; they are made again from the archive, whichever source is refreshed next."""
    command = ("refresh", "--store", tmp_path, "--json", "--quiet")
    before = civic_assets(*command)
    assert before.code == 0, before.err
    shutil.rmtree(tmp_path / "tables")
    after = civic_assets(*command, "--source", "gla_report")
    assert after.json["publication"] == before.json["publication"], after.err


def test_arguments_are_checked_although_nothing_is_new(publishers: Publishers) -> None:
    def refresh(*more: object) -> Answer:
        command = ("refresh", "--profile", "live", "--source", BOROUGH, *more)
        return civic_assets(
            *command, "--store", publishers.root, "--json", "--quiet", env=publishers.environment()
        )

    assert refresh().code == HELD_BACK
    wrong = refresh("--inputs", publishers.folder)
    assert wrong.code == 2 and "--inputs can be used only with --profile local" in wrong.json["error"]


def test_alerts_are_listed_although_nothing_was_ever_received(tmp_path: Path) -> None:
    root = tmp_path / "store"
    never = HeldSource(asked_at="2026-07-30T12:00:00Z", trouble="ons_pfa: no answer.", failures=3)
    # As after `--dry-run` or `due --ask`, the first commands that a person tries.
    (root / "acquired").mkdir(parents=True)
    write_held(root, {"ons_pfa": never})
    assert "3 times in a row" in " ".join(civic_assets("due", "--store", root).out.split())
    sources = civic_assets("sources", "--store", root)
    assert sources.code == 2 and "Nothing is published" in sources.err
    answer = civic_assets("alerts", "--json", "--store", root)
    assert answer.code == 0, answer.err
    [cause] = answer.json["causes"]
    assert (cause["kind"], cause["subject"], cause["report"]) == ("unreachable", "ons_pfa", "")


def test_source_that_was_asked_in_vain_holds_nothing(tmp_path: Path) -> None:
    """Its publisher names a day that has passed; nobody can say that an edition was missed."""
    root = tmp_path / "store"
    Store(root)
    (root / "acquired").mkdir()
    asked = HeldSource(
        asked_at="2026-07-30T12:00:00Z", reached_at="2026-07-30T12:00:00Z", next_day="2026-06-18",
        next_words="18 June 2026", next_said_at=_URL,
    )  # fmt: skip
    write_held(root, {"dfe_sen": asked, "met_lsoa": HeldSource(reached_at="2026-07-30T12:00:00Z")})
    states = {one.source: (one.state, one.late_days) for one in due(Store(root), load_contracts()).sources}
    assert states["dfe_sen"] == states["met_lsoa"] == states["ons_pfa"] == ("nothing_held", 0)
    text = " ".join(civic_assets("due", "--store", root).out.split())
    assert "nothing held" in text and "up to date" not in text and "overdue" not in text
    assert "late" not in [
        one["kind"] for one in civic_assets("alerts", "--json", "--store", root).json["causes"]
    ]


def test_name_that_leads_nowhere_is_said_to_be_unknown() -> None:
    error = requests.ConnectionError(socket.gaierror(-2, "Name or service not known"))
    failed = _failure(_URL, error, Watch(Watcher()), Limits())
    assert failed.kind == "name" and "the name of the host was not found" in str(failed)
    broken = _failure(_URL, requests.ConnectionError(ConnectionResetError()), Watch(Watcher()), Limits())
    assert broken.kind == "reset"


def _asked(source: str, state: str) -> AskedSource:
    return AskedSource(source, state, 0, 0, 0, 0, 0, ("Sentence.",), ())  # type: ignore[arg-type]


def test_one_line_says_that_no_publisher_could_be_reached() -> None:
    names = ("ons_csp", "ons_pfa", "police_uk")
    nobody = [*(_asked(name, "not_reached") for name in names), _asked("dfe_lait", "not_offered")]
    [line] = no_publisher(nobody)
    assert "proxy" in line and "--inputs" in line
    assert no_publisher([*nobody, _asked("met_ward", "answered")]) == []
    assert no_publisher([_asked("ons_csp", "not_reached")]) == [], "one site may be down by itself"


def test_plan_counts_a_file_of_two_sources_once(capsys: pytest.CaptureFixture[str]) -> None:
    def wanted(source: str) -> OfferedFile:
        return OfferedFile(
            source=source, wanted="tables", title="Tables", url=_URL, member=None, found_at=_URL, edition="",
            published=None, size=1_000_000, action="new", why="it is not held",
        )  # fmt: skip

    files = (wanted("ons_csp"), wanted("ons_pfa"))
    print_plan(FetchPlan("live", "store", True, (), files, False, 0))
    assert "Would fetch 1 new file (1.0 MB)" in " ".join(capsys.readouterr().out.split())


def test_misspelt_source_of_the_switch_is_refused() -> None:
    """It would be fetched never, and nothing would say so."""
    active = {name: one for name, one in load_contracts().items() if one.status == "active"}
    refuse_unknown_sources(Settings(automatic=True, automatic_sources=("ons_pfa",)), active)
    for wrong in ("ons_pta", "gla_report"):
        with pytest.raises(UsageError, match=f"fetch.sources names '{wrong}'"):
            refuse_unknown_sources(Settings(automatic=True, automatic_sources=(wrong,)), active)
