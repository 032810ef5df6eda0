"""The systemd units and the example of settings."""

from __future__ import annotations

import re
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from civic_assets.acquire.settings import read_settings
from civic_assets.alerts.settings import configured_alerts
from civic_assets.cli.entry import _parser
from civic_assets_tests.paths import PROJECT

DEPLOY = PROJECT / "deploy"
UNITS = sorted((DEPLOY / "systemd").glob("*.service")) + sorted((DEPLOY / "systemd").glob("*.timer"))
INSTALLED = "/opt/civic-assets/.venv/bin/civic-assets"


def test_there_are_units() -> None:
    assert len(UNITS) == 5


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not on this machine")
@pytest.mark.parametrize("unit", UNITS, ids=lambda unit: unit.name)
def test_systemd_finds_nothing_wrong(unit: Path, tmp_path: Path) -> None:
    for other in UNITS:
        text = other.read_text(encoding="utf-8").replace(INSTALLED, shutil.which("true") or "/bin/true")
        (tmp_path / other.name).write_text(text, encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(tmp_path / unit.name)],
        capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    found = [line for line in (done.stdout + done.stderr).splitlines() if "civic-assets" in line]
    assert found == [] and done.returncode == 0


@pytest.mark.parametrize(
    "unit", [one for one in UNITS if one.suffix == ".service"], ids=lambda unit: unit.name
)
def test_unit_runs_a_command_that_exists_and_names_no_secret(unit: Path) -> None:
    text = unit.read_text(encoding="utf-8")
    (command,) = re.findall(rf"^ExecStart={INSTALLED} (.+)$", text, re.MULTILINE)
    _parser(command.split()[0]).parse_args(command.split())
    assert "PASSWORD" not in text and "TOKEN" not in text
    assert "User=civic" in text and "NoNewPrivileges=yes" in text


def test_refresh_that_holds_something_back_is_no_failure_of_the_service() -> None:
    text = (DEPLOY / "systemd" / "civic-assets-refresh.service").read_text(encoding="utf-8")
    assert "SuccessExitStatus=1 3\n" in text


def test_example_of_settings_is_read_and_every_part_is_known(monkeypatch: pytest.MonkeyPatch) -> None:
    file = DEPLOY / "civic.toml.example"
    for name in ("CIVIC_ALERTS_SMTP_USER", "CIVIC_ALERTS_SMTP_PASSWORD", "CIVIC_ALERTS_WEBHOOK"):
        monkeypatch.delenv(name, raising=False)
    settings, alerts = read_settings(file), configured_alerts(file)
    assert settings.automatic and settings.named and alerts.on and alerts.mail is not None
    assert set(tomllib.loads(file.read_text(encoding="utf-8"))) == {
        "organisation",
        "areas",
        "fetch",
        "alerts",
    }


def test_page_names_every_unit_and_variable() -> None:
    page = (PROJECT / "docs" / "how-to" / "run-as-a-service.md").read_text(encoding="utf-8")
    for name in (
        "civic-assets.service",
        "civic-assets-refresh.timer",
        "civic-assets-tables.service",
        "civic-assets-worker.service",
        "secrets.env",
        "civic.toml.example",
    ):
        assert name in page
    secrets = (DEPLOY / "systemd" / "secrets.env.example").read_text(encoding="utf-8")
    settings = (PROJECT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    for name in re.findall(r"^(\w+)=$", secrets, re.MULTILINE):
        assert name in (page if name.startswith("CIVIC_ALERTS_") else settings)
