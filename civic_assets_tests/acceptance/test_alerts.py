"""Alerts as a whole: commands as people run them, with a real mail server and a real webhook server."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from civic_assets.acquire.settings import REPLAY, SETTINGS, SETTINGS_FILE
from civic_assets.alerts.memory import read_memory
from civic_assets.alerts.settings import SMTP_PASSWORD, SMTP_USER, WEBHOOK_ADDRESS, WEBHOOK_TOKEN
from civic_assets.cli.shared.settings import _FILE, _NAMED
from civic_assets.inputs.samples.ons_csp import write_sample_inputs
from civic_assets_tests import workbook_defects as defects
from civic_assets_tests.acceptance.commands import civic_assets
from civic_assets_tests.alerts.servers import mail_server, make_authority, webhook_server
from civic_assets_tests.shared_stores import Refreshed

CURRENT = ("number of police recorded crimes", "year ending june 2022")
SECRETS = {
    "CIVIC_ALERTS_SMTP_USER": "user-Zq7",
    "CIVIC_ALERTS_SMTP_PASSWORD": "password-Zq7",
    "CIVIC_ALERTS_WEBHOOK_TOKEN": "token-Zq7",
}


@pytest.fixture(scope="module")
def inputs(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """One sound edition, and one of which a table lacks a column."""
    folder = tmp_path_factory.mktemp("inputs")
    samples = tmp_path_factory.mktemp("samples")
    write_sample_inputs(samples)
    sound = samples / "synthetic-csp-tables-2021-12.xlsx"
    (folder / sound.name).write_bytes(sound.read_bytes())
    file = samples / "synthetic-csp-tables-2022-06.xlsx"
    defects.remove_column(file, folder / "changed.xlsx", CURRENT, "Robbery")
    return folder


def test_refresh_sends_each_cause_once_tries_a_failed_channel_again_and_writes_no_secret(
    inputs: Path, tmp_path: Path
) -> None:
    store, settings = tmp_path / "store", tmp_path / "civic.toml"
    authority = make_authority(tmp_path / "authority")
    refresh = ("refresh", "--profile", "local", "--inputs", inputs, "--store", store, "--json")
    with mail_server(authority, password="password-Zq7") as box, webhook_server() as hook:
        settings.write_text(
            f"""
            [alerts.email]
            server = "localhost"
            port = {box.port}
            from = "civic@example.org"
            to = ["a@example.org"]
            authority = "{authority.file}"
            [alerts.webhook]
            url = "http://localhost:{hook.port}/address-Zq7"
            """,
            encoding="utf-8",
        )
        environment = {**SECRETS, "CIVIC_SETTINGS": str(settings)}
        hook.status = 500
        first = civic_assets(*refresh, env=environment)
        assert first.code == 1, first.err
        (said,) = first.json["alerts_not_sent"]
        assert said.startswith("The webhook at localhost did not take the message (status 500)")
        hook.status = 200
        again = civic_assets(*refresh, env=environment)
        assert again.code == 1 and again.json["alerts_not_sent"] == []
        third = civic_assets(*refresh, env=environment)
        assert "Nothing is new" in third.err and third.json["alerts_not_sent"] == []
        assert [mail["Subject"] for mail in box.messages] == [
            "[civic-assets] ons_csp 2022-06 has a new layout"
        ]
        assert [document["kind"] for document in hook.documents] == ["drifted"] * 2, "the first was refused"
        listed = civic_assets("alerts", "--store", store, "--json", env=environment)
        (cause,) = listed.json["causes"]
        assert listed.code == 0 and set(cause["sent"]) == {"email", "webhook"}
        tested = civic_assets("alerts", "--test", "--store", store, "--json", env=environment)
        assert tested.code == 0 and [one["sent"] for one in tested.json["tested"]] == [True, True]
        hook.status = 404
        tested = civic_assets("alerts", "--test", "--store", store, env=environment)
        assert tested.code == 1 and "status 404" in tested.out
    for answer in (first, again, third, listed, tested):
        assert "Zq7" not in answer.out + answer.err
    for file in (path for path in store.rglob("*") if path.is_file()):
        assert b"Zq7" not in file.read_bytes(), file


def test_test_without_a_channel_says_what_to_configure(tmp_path: Path) -> None:
    answer = civic_assets("alerts", "--test", "--store", tmp_path / "none", env={"CIVIC_SETTINGS": ""})
    assert answer.code == 2 and "Add the table [alerts] to civic.toml" in answer.out
    assert not (tmp_path / "none").exists()


WRONG = {
    "alerts": ("[alerts.email]\npassword = 'Zq7'\n", "Logins and tokens are not kept in a file"),
    "areas": ("[areas]\nforces = 'metropolitan'\n", "areas.forces should be a list"),
    "no file": (None, "there is no such file of settings"),
}


@pytest.mark.parametrize("wrong", WRONG)
@pytest.mark.parametrize(
    "command",
    [("refresh",), ("refresh", "--profile", "live"), ("due",), ("due", "--ask")],
    ids=" ".join,
)
def test_wrong_settings_are_refused_before_anything_is_done(
    command: tuple[str, ...], wrong: str, tmp_path: Path
) -> None:
    text, says = WRONG[wrong]
    settings = tmp_path / "civic.toml"
    if text is not None:
        settings.write_text(text, encoding="utf-8")
    answer = civic_assets(*command, "--store", tmp_path / "store", env={"CIVIC_SETTINGS": str(settings)})
    assert answer.code == 2 and says in answer.err and "Zq7" not in answer.err
    assert not (tmp_path / "store").exists()


def test_settings_that_became_wrong_are_refused_when_nothing_is_new(
    report_refresh: Refreshed, tmp_path: Path
) -> None:
    store, settings = shutil.copytree(report_refresh.store, tmp_path / "store"), tmp_path / "civic.toml"
    command = ("refresh", "--profile", "local", "--inputs", report_refresh.inputs, "--store", store)
    settings.write_text("[alerts]\n", encoding="utf-8")
    environment = {"CIVIC_SETTINGS": str(settings)}
    civic_assets(*command, env=environment)
    assert "Nothing is new" in civic_assets(*command, env=environment).err
    settings.write_text("[alerts]\nremind = 3\n", encoding="utf-8")
    refused = civic_assets(*command, env=environment)
    assert refused.code == 2 and "which is not a setting" in refused.err
    wrong = civic_assets(*command, env={"CIVIC_SETTINGS": "", "CIVIC_ALERTS_WEBHOOK": "ftp://Zq7.example"})
    assert wrong.code == 2 and "webhook" in wrong.err and "Zq7" not in wrong.err


def test_names_of_settings_that_are_looked_for_are_those_that_are_read() -> None:
    assert _FILE == SETTINGS_FILE
    for name in (SETTINGS, REPLAY, SMTP_USER, SMTP_PASSWORD, WEBHOOK_ADDRESS, WEBHOOK_TOKEN):
        assert name.startswith(_NAMED)


def test_refresh_that_cannot_write_its_archive_is_a_failed_run_until_one_succeeds(
    inputs: Path, tmp_path: Path
) -> None:
    """A damaged manifest stops intake where a full disk would."""
    archive = tmp_path / "store" / "archive"
    archive.mkdir(parents=True)
    (archive / "manifest.jsonl").write_text("damaged\n", encoding="utf-8")
    command = ("refresh", "--profile", "local", "--inputs", inputs, "--store", tmp_path / "store", "--quiet")
    broken = civic_assets(*command)
    assert broken.code == 2 and "manifest.jsonl, line 1" in broken.err
    known = read_memory(tmp_path / "store")
    assert [cause.kind for cause in known.failed.values()] == ["failed_run"]
    assert "manifest.jsonl, line 1" in known.failed["refresh"].sentence
    (archive / "manifest.jsonl").unlink()
    assert civic_assets(*command).code == 1
    assert read_memory(tmp_path / "store").failed == {}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[fetch]\nautomatic = 'yes'\n", "fetch.automatic should be true or false"),
        ("[alerts.email]\npassword = 'Zq7'\n", "Logins and tokens are not kept in a file"),
    ],
)
def test_ui_refuses_wrong_settings_before_it_starts(tmp_path: Path, text: str, says: str) -> None:
    settings = tmp_path / "civic.toml"
    settings.write_text(text, encoding="utf-8")
    answer = civic_assets("ui", "--store", tmp_path / "store", env={"CIVIC_SETTINGS": str(settings)})
    assert answer.code == 2 and says in answer.err and "Zq7" not in answer.err
