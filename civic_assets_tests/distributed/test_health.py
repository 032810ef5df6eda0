"""The health check of workers in `deploy/`: it is answered by the worker that it names, and by no other."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
from pathlib import Path

import yaml

from civic_assets_tests.distributed.machines import Machine, Services, address
from civic_assets_tests.paths import PROJECT


def _checks() -> set[str]:
    compose = yaml.safe_load((PROJECT / "deploy" / "container" / "compose.yaml").read_text(encoding="utf-8"))
    workers = yaml.safe_load((PROJECT / "deploy" / "helm" / "workers.yaml").read_text(encoding="utf-8"))
    (container,) = workers["spec"]["template"]["spec"]["containers"]
    return {
        compose["services"]["worker"]["healthcheck"]["test"][-1].replace("$$", "$"),
        container["livenessProbe"]["exec"]["command"][-1],
    }


def test_a_worker_answers_its_health_check(services: Services, tmp_path: Path) -> None:
    (check,) = _checks()
    # In a container the worker is process 1.
    assert "civic-1@$(hostname)" in check
    machine = Machine(services, tmp_path / "worker")
    machine.work(address("health"))
    assert machine.process is not None
    named = f"civic-{machine.process.pid}@{socket.gethostname()}"
    environment = {
        **machine.environment,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
    }
    try:
        codes = {
            who: subprocess.run(
                ["sh", "-c", check.replace("civic-1@$(hostname)", who)],
                env=environment, cwd=tmp_path, capture_output=True, check=False, timeout=120,
            ).returncode
            for who in (named, f"civic-0@{socket.gethostname()}")
        }  # fmt: skip
    finally:
        machine.kill()
    assert codes[named] == 0 and codes[f"civic-0@{socket.gethostname()}"] != 0
