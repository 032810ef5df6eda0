"""`refresh --profile live` and `due` as commands, against publishers on loopback."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from civic_assets.acquire.live.held import acquired
from civic_assets.archive import Archive
from civic_assets_tests.acceptance.commands import Answer, civic_assets, environment
from civic_assets_tests.acquire.live.publishers import BOROUGH, FORCE, POLICE, Publishers
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.server import ReplayServer
from civic_assets_tests.replay.sites.catalogue import Catalogue
from civic_assets_tests.replay.sites.every_site import every_site

# The files of the Met are smaller than any real issue and so held back, as they are from a folder.
HELD_BACK = 1


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Publishers]:
    """Publishers whose files are published once."""
    made = Publishers(tmp_path_factory.mktemp("live"))
    with made.server:
        yield made


def _refresh(publishers: Publishers, *more: str, sources: tuple[str, ...] = (BOROUGH, POLICE)) -> Answer:
    named = [word for source in sources for word in ("--source", source)]
    command = ("refresh", "--profile", "live", *named, "--store", str(publishers.root), *more)
    return civic_assets(*command, env=publishers.environment())


def _local(publishers: Publishers, store: Path) -> str:
    """Hash of the publication of a folder with the same files."""
    answer = civic_assets(
        "refresh", "--profile", "local", "--inputs", publishers.folder / "files", "--store", store, "--json", "--quiet"
    )  # fmt: skip
    assert answer.code == HELD_BACK, answer.err
    return str(answer.json["publication"])


def test_dry_run_lists_what_would_be_fetched_and_why(published: Publishers) -> None:
    answer = _refresh(published, "--dry-run", "--json", "--quiet")
    assert answer.code == 0, answer.err
    plan = answer.json
    assert plan["dry_run"] is True and plan["replayed"] is True
    assert {(file["source"], file["action"]) for file in plan["files"]} == {(BOROUGH, "new"), (POLICE, "new")}
    assert len(plan["files"]) == 6 and all(file["why"] and file["found_at"] for file in plan["files"])
    for name in ("archive", "publications", "tables", "civic.duckdb"):
        assert not (published.root / name).exists()
    text = _refresh(published, "--dry-run", "--quiet").out
    assert "Would fetch 6 new files" in text and "this is a test" in text


def test_live_publication_is_that_of_a_folder_with_the_same_files(
    published: Publishers, tmp_path: Path
) -> None:
    answer = _refresh(published, "--json", "--quiet")
    assert answer.code == HELD_BACK, answer.err
    summary = answer.json
    assert summary["fetching"]["fetched"] == 6 and summary["fetching"]["replayed"] is True
    assert summary["publication"] == _local(published, tmp_path / "local")
    assert "TEST SETTING" in answer.err
    assert list(acquired(published.root).glob(".incoming-*")) == []


def test_second_run_downloads_nothing_and_imports_nothing_heavy(published: Publishers) -> None:
    published.server.requests.clear()
    before = _state(published.root)
    script = (
        "import sys\nfrom civic_assets.cli import main\ncode = main(sys.argv[1:])\n"
        "heavy = ('dagster', 'duckdb', 'pyarrow', 'pandas', 'pydantic', 'numpy', 'yaml', 'jinja2', 'tenacity', "
        "'pyrate_limiter', 'charset_normalizer', 'civic_assets.contracts.load', 'civic_assets.layers.store')\n"
        "print([name for name in heavy if name in sys.modules], file=sys.stderr)\nsys.exit(code)\n"
    )
    command = [
        "refresh",
        "--profile",
        "live",
        "--source",
        BOROUGH,
        "--source",
        POLICE,
        "--store",
        str(published.root),
    ]
    done = subprocess.run(
        [sys.executable, "-c", script, *command, "--quiet"],
        capture_output=True, text=True, env={**environment(), **published.environment()}, check=False,
    )  # fmt: skip
    assert done.returncode == HELD_BACK, done.stderr
    assert done.stderr.strip().splitlines()[-1] == "[]"
    assert "Fetched: 0 files" in done.stdout and "Unchanged since the last publication" in done.stdout
    assert not [one for one in published.server.requests if one.status == 206 or "/download/" in one.path]
    assert _state(published.root) == before


def test_due_says_what_is_held_and_what_is_out(published: Publishers) -> None:
    store = ("--store", str(published.root))
    answer = civic_assets("due", "--json", *store)
    assert answer.code == 0
    by_source = {one["source"]: one for one in answer.json["sources"]}
    assert by_source[BOROUGH]["out"]["held"] is True and by_source[BOROUGH]["waiting"] == 0
    assert by_source["ons_pfa"]["asked_at"] is None
    later = published.catalogue
    put = published.month("2024-05")
    later.put(put)
    try:
        asked = civic_assets(
            "due", "--json", "--ask", "--quiet", "--source", POLICE, *store, env=published.environment()
        )
        [one] = asked.json["sources"]
        assert asked.code == 0 and one["state"] == "out" and one["waiting"] == 1
        assert "2024-05" in one["sentence"] and one["out"]["held"] is False
        text = civic_assets("due", *store).out
        assert "OUT, NOT HELD" in text and one["sentence"].split(": ", 1)[1][:40] in " ".join(text.split())
        listed = {one["source"]: one for one in civic_assets("sources", "--json", *store).json["sources"]}
        assert listed[POLICE]["due_state"] == "out" and listed[POLICE]["due_sentence"] == one["sentence"]
    finally:
        later.files.remove(put)


def test_unreachable_source_exits_with_3_and_the_others_are_published(published: Publishers) -> None:
    new = published.other_bytes(published.file(BOROUGH, "2025-07"), "Hackney,0,0,3", "Hackney,0,0,4")
    published.server.faults = [Fault("untrusted", host="data.police.uk")]
    try:
        answer = _refresh(published, "--json", "--quiet")
    finally:
        published.server.faults = []
    assert answer.code == 3, answer.err
    summary = answer.json
    assert summary["exit_code"] == 3 and summary["publication"] is not None
    states = {one["source"]: one for one in summary["fetching"]["sources"]}
    assert states[POLICE]["state"] == "not_reached" and "data.police.uk" in states[POLICE]["problems"][0]
    built = {(one["source"], one["release"]): one["state"] for one in summary["releases"]}
    assert built[BOROUGH, "2025-07.r2"] == "held_back" and built[POLICE, f"2024-01-{FORCE}"] == "published"
    assert any("replaced" in note for note in states[BOROUGH]["notes"])
    assert (published.archive / new.sha256).is_file()
    text = civic_assets("due", "--store", str(published.root)).out
    assert "When last asked" in text and "Note: met_borough: the publisher replaced" in " ".join(text.split())


def test_nobody_can_be_reached(tmp_path: Path) -> None:
    publishers = Publishers(tmp_path)
    with publishers.server:
        publishers.server.faults = [Fault("untrusted")]
        answer = _refresh(publishers, "--json", "--quiet")
        text = _refresh(publishers)
    assert answer.code == 3 and answer.json["publication"] is None
    asked = answer.json["fetching"]["sources"]
    assert {one["state"] for one in asked} == {"not_reached"}
    printed = " ".join((text.err + text.out).split())
    for one in asked:
        [problem] = one["problems"]
        assert one["by_machine"] == [] and printed.count(problem) == 1, (
            "a reason is printed once, in the summary"
        )
        assert f"{one['source']}: not reached" in printed


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--profile", "live", "--inputs", "."), "--inputs can be used only with --profile local"),
        (("--profile", "live", "--since", "last week"), "not a day"),
        (("--since", "2024-01-01"), "only with --profile live"),
        (("--profile", "sample", "--dry-run"), "only with --profile live"),
        (("--profile", "live", "--source", "gla_report"), "gla_report is not fetched"),
        (("--profile", "live", "--source", "nobody"), "There is no source"),
    ],
)
def test_wrong_arguments_end_in_a_sentence(arguments: tuple[str, ...], said: str, tmp_path: Path) -> None:
    answer = civic_assets("refresh", *arguments, "--store", tmp_path / "store")
    assert answer.code == 2 and said in answer.err and "Traceback" not in answer.err
    assert not (tmp_path / "store").exists()


# Sources whose real files are small.
SOME = ("dfe_neet", "home_office_prc", "lookups", "ons_pfa")


@pytest.mark.real_data
@pytest.mark.exhaustive
@pytest.mark.parametrize("sources", [SOME, ()], ids=["some", "all"])
def test_publishers_files_end_in_the_same_publication_live_and_local(
    real_data: Path, tmp_path: Path, sources: tuple[str, ...]
) -> None:
    """Everything that the replay publishers offer of the real files, then the same bytes from a folder.

    All forces are wanted. Not fetched are the files of sources that no site offers, and earlier issues of the
    Metropolitan Police: each of its issues takes the place of the one before.
    """
    catalogue = Catalogue.below(real_data, cache=tmp_path / "recognised.json")
    server = ReplayServer(every_site(catalogue))
    settings = tmp_path / "civic.toml"
    settings.write_text("[areas]\nforces = []\n", encoding="utf-8")
    store, folder = tmp_path / "live", tmp_path / "folder"
    with server:
        named = {
            "CIVIC_REPLAY": server.address,
            "CIVIC_REPLAY_AUTHORITY": str(server.authority.write(tmp_path / "authority.pem")),
            "CIVIC_SETTINGS": str(settings),
        }
        narrowed = [word for source in sources for word in ("--source", source)]
        command = ("refresh", "--profile", "live", *narrowed, "--store", store, "--json", "--quiet")
        first = civic_assets(*command, env=named, timeout=1800)
        # The folder lacks files of some kinds that the contracts ask for; nothing else is wrong.
        states = {one["source"]: one["state"] for one in first.json["fetching"]["sources"]}
        assert set(states.values()) <= {"answered", "not_found", "not_offered"}, states
        newest = {(one.source, one.title): one for one in catalogue.of("met_ward", "met_borough")[::-1]}
        offered = {
            one.sha256: one
            for one in catalogue.files
            if not any(word in one.edition for word in ("-api-", "code-changes", "education-authorities"))
            and states.get(one.source, "not_offered") != "not_offered"
            and newest.get((one.source, one.title), one) == one
        }
        fetched = {receipt.sha256 for receipt in Archive(store / "archive").receipts()}
        assert fetched == set(offered), [offered[sha256].path for sha256 in set(offered) - fetched]
        assert first.json["fetching"]["fetched"] == len(offered) >= (10 if sources else 50)
        server.requests.clear()
        second = civic_assets(*command, env=named, timeout=1800)
        assert second.json["fetching"]["fetched"] == 0
        assert second.json["published_now"] is False
        assert second.json["publication"] == first.json["publication"]
        # Apart from redirects and from what is not there, each request asks whether something has changed.
        asked = [one for one in server.requests if one.status not in (302, 307, 404)]
        assert asked and {(one.conditional, one.status) for one in asked} == {(True, 304)}
    folder.mkdir()
    for sha256 in fetched:
        shutil.copy(store / "archive" / sha256, folder / sha256)
    local = civic_assets(
        *("refresh", "--profile", "local", *narrowed, "--inputs", folder),
        *("--store", tmp_path / "local", "--json", "--quiet"),
        timeout=1800,
    )
    assert local.json["publication"] == first.json["publication"]


def _state(root: Path) -> dict[str, Any]:
    kept = ("civic.duckdb", "report", "publications", "tables", "archive", "suites", "dagster")
    files = [path for name in kept for path in (root / name, *(root / name).rglob("*")) if path.is_file()]
    return {str(path): (path.stat().st_mtime_ns, path.stat().st_ino) for path in files}
