"""The container image, the compose file and the values for Kubernetes: that everything they name exists.

No container engine is on the machines of the project, so nothing is built or started here. What can be read is compared
with the program: its commands, files, variables and ports, and the versions that it is tested with.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from civic_assets.cli.entry import _parser
from civic_assets.defs.workers.settings import BROKER, QUEUE, celery_settings
from civic_assets_tests.distributed.services import answers, free_port, until
from civic_assets_tests.paths import PROJECT

DEPLOY = PROJECT / "deploy"
CONTAINER = DEPLOY / "container"
FILES = [CONTAINER / "compose.yaml", DEPLOY / "helm" / "values.yaml", DEPLOY / "helm" / "workers.yaml"]
LINES = (CONTAINER / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
COMPOSE: dict[str, Any] = yaml.safe_load(FILES[0].read_text(encoding="utf-8"))
VALUES: dict[str, Any] = yaml.safe_load(FILES[1].read_text(encoding="utf-8"))
WORKERS: dict[str, Any] = yaml.safe_load(FILES[2].read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OWN = {name: one for name, one in SERVICES.items() if one["image"].startswith("civic-assets")}
# Of images and programs that are not this one.
THEIRS = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "REDIS_PASSWORD", "REDISCLI_AUTH", "PATH", "HOME",
          "PYTHONDONTWRITEBYTECODE", "PYTHONUNBUFFERED",
          "PIP_NO_CACHE_DIR", "PIP_DISABLE_PIP_VERSION_CHECK"}  # fmt: skip


def _project() -> dict[str, Any]:
    import tomllib

    project: dict[str, Any] = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))[
        "project"
    ]
    return project


def _strings(part: object) -> Iterator[str]:
    if isinstance(part, dict):
        for key, one in part.items():
            yield str(key)
            yield from _strings(one)
    elif isinstance(part, list):
        for one in part:
            yield from _strings(one)
    elif part is not None:
        yield str(part)


def _instructions(name: str) -> list[str]:
    return re.findall(rf"^{name} +(.+)$", LINES, re.MULTILINE)


def _json(text: str) -> Any:
    return yaml.safe_load(text)


def _commands() -> Iterator[list[str]]:
    """Every command of the program in these files."""
    yield _json(_instructions("CMD")[-1])
    for one in OWN.values():
        yield one["command"]
    for one in WORKERS["spec"]["template"]["spec"]["containers"]:
        yield one["args"]


@pytest.mark.parametrize("command", list(_commands()), ids=" ".join)
def test_every_command_is_one_of_the_program(command: list[str]) -> None:
    asked = _parser(command[0]).parse_args(command)
    assert asked.command == command[0]
    if asked.command == "ui":
        # The ports that the proxy passes requests to.
        nginx = (DEPLOY / "nginx" / "civic-assets.conf").read_text(encoding="utf-8")
        assert {f"127.0.0.1:{asked.port}", f"127.0.0.1:{asked.auditors_port}"} <= set(
            re.findall(r"server (127\.0\.0\.1:\d+);", nginx)
        )
        assert asked.host == "127.0.0.1"


def test_every_copied_file_exists_and_a_wheel_is_made_of_nothing_else(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    own = [line.split() for line in _instructions("COPY") if not line.startswith("--from")]
    sources = [source for line in own for source in line[:-1]]
    assert len(sources) > 5
    for source in sources:
        here = PROJECT / source
        assert here.exists(), source
        if here.is_dir():
            shutil.copytree(here, tmp_path / source, ignore=shutil.ignore_patterns("__pycache__"))
        else:
            shutil.copy(here, tmp_path / source)
    let_through = re.findall(
        r"^!(.+)$", (CONTAINER / "Containerfile.dockerignore").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert set(let_through) == set(sources)
    done = subprocess.run(
        [sys.executable, "-c", "import hatchling.build as b; print(b.build_wheel('.'))"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert _project()["version"] in done.stdout


def test_extras_and_versions_are_those_of_the_project() -> None:
    (extras,) = re.findall(r'pip install -c constraints\.txt "\.\[([\w,]+)\]"', LINES)
    assert set(extras.split(",")) <= set(_project()["optional-dependencies"])
    assert {"tables", "distributed"} <= set(extras.split(","))
    pinned = dict(
        line.split("==") for line in (PROJECT / "constraints.txt").read_text().splitlines() if "==" in line
    )
    chart = re.findall(r"--version (\S+)", FILES[1].read_text(encoding="utf-8"))
    assert chart == [pinned["dagster"]]
    own = {
        text
        for file in FILES
        for text in re.findall(r"civic-assets[:,] ?(?:tag: )?(\d[\w.]*)", file.read_text())
    }
    assert own == {_project()["version"]}
    (python,) = {line.split("python:")[1].split()[0] for line in _instructions("FROM")}
    assert python.startswith(_project()["requires-python"].removeprefix(">=") + ".")


def test_every_image_is_pinned_to_a_whole_version() -> None:
    images = [line.split()[0] for line in _instructions("FROM")]
    images += [one["image"] for one in SERVICES.values()]
    images += [one["image"] for one in WORKERS["spec"]["template"]["spec"]["containers"]]
    images += [f"{one['repository']}:{one['tag']}" for one in (
        VALUES["dagsterWebserver"]["image"], VALUES["dagsterDaemon"]["image"],
        *(one["image"] for one in VALUES["dagster-user-deployments"]["deployments"]),
    )]  # fmt: skip
    assert len(images) > 10
    for image in images:
        assert re.search(r":\d+\.\d+(\.\d+)?(-[a-z]+)*$", image), image
        assert "latest" not in image


def test_nothing_runs_as_root_that_need_not() -> None:
    (user,) = _instructions("USER")
    assert user == "10001:10001"
    assert LINES.rindex("\nUSER") > LINES.rindex("\nRUN") and LINES.rindex("\nUSER") > LINES.rindex("\nCOPY")
    assert len(_instructions("HEALTHCHECK")) == 1
    for name, one in SERVICES.items():
        assert "privileged" not in one and one.get("user") != "root", name
        if name != "postgres":
            assert one["read_only"] is True, name
        if name not in ("postgres", "redis"):
            assert one["cap_drop"] == ["ALL"] and "no-new-privileges:true" in one["security_opt"], name
        assert set(one) & {"ports"} == ({"ports"} if name == "proxy" else set()), name
    pod = WORKERS["spec"]["template"]["spec"]
    assert pod["securityContext"]["runAsNonRoot"] and pod["securityContext"]["runAsUser"] == int(
        user.split(":")[0]
    )
    for part in ("dagsterWebserver", "dagsterDaemon"):
        assert VALUES[part]["podSecurityContext"]["runAsNonRoot"]


def test_every_file_that_is_mounted_is_in_the_project_or_explained() -> None:
    readme = (DEPLOY / "README.md").read_text(encoding="utf-8")
    for name, one in SERVICES.items():
        for volume in one.get("volumes", ()):
            source = re.sub(r"\$\{\w+:-([^}]+)\}", r"\1", volume).split(":")[0]
            if source.startswith("../"):
                assert (CONTAINER / source).is_file(), volume
            elif source.startswith(("./", "/")):
                assert Path(source).name in readme, volume
            else:
                assert source in COMPOSE["volumes"], volume
        for file in one.get("env_file", ()):
            assert (CONTAINER / f"{file}.example").is_file(), (name, file)
        for network in one.get("networks", ()):
            assert network in COMPOSE["networks"]
        for other in one.get("depends_on", ()):
            assert "healthcheck" in SERVICES[other]


def test_only_the_proxy_reaches_the_ui_and_the_databases_are_inside() -> None:
    for name in ("ui", "tables"):
        assert SERVICES[name]["network_mode"] == "service:proxy" and "networks" not in SERVICES[name]
    for name in ("postgres", "redis"):
        assert SERVICES[name]["networks"] == ["inside"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    listened = {
        int(port)
        for port in re.findall(r"listen (\d+)", (DEPLOY / "nginx" / "civic-assets.conf").read_text())
    }
    assert {int(port.split(":")[1]) for port in SERVICES["proxy"]["ports"]} == listened == {80, 443, 8443}


def _variables() -> set[str]:
    texts = [
        LINES,
        *(file.read_text(encoding="utf-8") for file in [*FILES, *CONTAINER.glob("*.env.example")]),
    ]
    texts += [file.read_text(encoding="utf-8") for file in (DEPLOY / "systemd").iterdir()]
    return {
        name
        for text in texts
        for name in re.findall(r"\b(?:CIVIC|AWS|OPENLINEAGE|DAGSTER)_[A-Z_0-9]+\b", text)
    }


def test_every_variable_is_documented() -> None:
    page = (PROJECT / "docs" / "reference" / "settings.md").read_text(encoding="utf-8")
    # The two that only compose.yaml and its files know are explained next to them.
    readme = (DEPLOY / "README.md").read_text(encoding="utf-8")
    assert len(_variables()) > 10
    for name in _variables():
        assert f"`{name}`" in (readme if name == "CIVIC_NGINX" else page), name
    for service in SERVICES.values():
        for name in service.get("environment", {}):
            assert name in THEIRS or f"`{name}`" in page, name


def test_no_value_is_a_secret() -> None:
    secret = re.compile(
        r"PASSWORD|SECRET|TOKEN|ACCESS_KEY|CIVIC_DATABASE|CIVIC_BROKER|WEBHOOK", re.IGNORECASE
    )

    def named(part: object, path: str = "") -> Iterator[tuple[str, object]]:
        if isinstance(part, dict):
            for key, one in part.items():
                yield from named(one, f"{path}/{key}")
        elif isinstance(part, list):
            for one in part:
                yield from named(one, path)
        else:
            yield path, part

    for document in (COMPOSE, VALUES, WORKERS):
        for path, value in named(document):
            if secret.search(path.rsplit("/", 1)[-1]):
                assert value in ("dagster-postgresql", False), path
    for text in _strings([COMPOSE, VALUES, WORKERS]):
        assert not re.search(r"://[^/\s:@]*:[^/\s@$]+@", text), text
    for line in LINES.splitlines():
        assert not re.search(r"^(ARG|ENV).*(PASSWORD|SECRET|TOKEN|KEY)", line), line


def test_runs_in_kubernetes_are_given_to_workers_as_everywhere_else(monkeypatch: pytest.MonkeyPatch) -> None:
    from civic_assets.defs.workers.settings import DATABASE, settings_text
    from civic_assets.shipped import DAGSTER_SETTINGS

    monkeypatch.setenv(DATABASE, "postgresql://civic@127.0.0.1/dagster")
    monkeypatch.setenv(BROKER, "redis://127.0.0.1/0")
    own = yaml.safe_load(settings_text(DAGSTER_SETTINGS.read_text(encoding="utf-8")))
    launcher = VALUES["runLauncher"]["config"]["customRunLauncher"]
    assert VALUES["runLauncher"]["type"] == "CustomRunLauncher"
    assert launcher == own["run_launcher"]
    assert launcher["config"]["config_source"] == celery_settings()
    assert launcher["config"]["default_queue"] == QUEUE
    coordinator = VALUES["dagsterDaemon"]["runCoordinator"]["config"]["queuedRunCoordinator"]
    assert coordinator["maxConcurrentRuns"] == own["concurrency"]["runs"]["max_concurrent_runs"]
    (code,) = VALUES["dagster-user-deployments"]["deployments"]
    assert code["dagsterApiGrpcArgs"] == ["-m", "civic_assets.definitions"] and code["name"] == "civic_assets"


def test_the_same_settings_reach_every_part_in_kubernetes() -> None:
    (worker,) = WORKERS["spec"]["template"]["spec"]["containers"]
    settings = {one["name"]: one["value"] for one in worker["env"]}
    (code,) = VALUES["dagster-user-deployments"]["deployments"]
    for part in (VALUES["dagsterWebserver"], VALUES["dagsterDaemon"], code):
        assert part["env"] == settings and part["envSecrets"] == [{"name": "civic-assets"}]
    assert worker["envFrom"] == [{"secretRef": {"name": "civic-assets"}}]


def test_what_was_not_run_is_said_in_one_table() -> None:
    readme = (DEPLOY / "README.md").read_text(encoding="utf-8")
    rows = [line for line in readme.splitlines() if line.startswith("| `")]
    named = {name for line in rows for name in re.findall(r"`([\w./-]+)`", line.split("|")[1])}
    there = {
        str(file.relative_to(DEPLOY))
        for file in DEPLOY.rglob("*")
        if file.is_file() and file.name != "README.md"
    }
    assert named == there
    assert sum("not " in line for line in rows) >= 4


@pytest.mark.skipif(shutil.which("redis-server") is None, reason="Redis is not on this machine")
def test_redis_takes_its_password_from_standard_input(tmp_path: Path) -> None:
    """The very command of compose.yaml, with another folder and port."""
    shell, option, script = SERVICES["redis"]["command"]
    port = free_port()
    script = script.replace("$$", "$").replace("dir /data", f"dir {tmp_path}\nport {port}\nbind 127.0.0.1")
    environment = {**os.environ, "REDIS_PASSWORD": "planted"}
    process = subprocess.Popen([shell, option, script], env=environment, stdout=subprocess.DEVNULL)
    try:
        until(lambda: answers(port), "Redis does not answer")
        asked = {
            password: subprocess.run(
                ["redis-cli", "-p", str(port), "ping"], env={**os.environ, "REDISCLI_AUTH": password},
                capture_output=True, text=True, check=False,
            ).stdout
            for password in ("planted", "wrong")
        }  # fmt: skip
        assert "PONG" in asked["planted"] and "PONG" not in asked["wrong"]
        # The shell has become Redis, which so receives the signal to stop.
        arguments = Path(f"/proc/{process.pid}/cmdline").read_bytes()
        assert b"redis-server" in arguments and b"planted" not in arguments
        process.terminate()
        process.wait(30)
        assert not answers(port)
    finally:
        process.kill()
        process.wait()
