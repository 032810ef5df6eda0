"""The services that workers share, each a real server that can be stopped and started again.

Belongs here: starting and stopping PostgreSQL, Redis and an S3 server on loopback, and what is missing on this machine.
Does not belong here: workers (`machines`), and what is tested.
"""

from __future__ import annotations

import glob
import importlib.util
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from civic_assets_tests.paths import PROJECT

# Of a busy machine.
SECONDS = 180
BUCKET = "civic-test"


def missing() -> list[str]:
    """What has to be installed first, each with the way to do it."""
    found = []
    if _postgres("initdb") is None:
        found.append("PostgreSQL (Debian: apt-get install postgresql)")
    if shutil.which("redis-server") is None:
        found.append("Redis (Debian: apt-get install redis-server)")
    packages = ("dagster_celery", "dagster_postgres", "obstore", "moto", "flask", "redis", "psycopg2")
    lacking = [name for name in packages if importlib.util.find_spec(name) is None]
    if lacking:
        found.append(
            f"Python packages ({', '.join(lacking)}): pip install -e '.[distributed,test-distributed]'"
        )
    return found


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def until(what: Callable[[], object], said: str, seconds: float = SECONDS) -> None:
    """Wait until something is true."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        if what():
            return
        time.sleep(0.1)
    raise AssertionError(f"after {seconds:.0f} seconds: {said}")


def answers(port: int) -> bool:
    """Whether somebody listens on a port."""
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _postgres(program: str) -> str | None:
    """A program of PostgreSQL, which Debian keeps outside the search path."""
    found = shutil.which(program) or next(
        iter(sorted(glob.glob(f"/usr/lib/postgresql/*/bin/{program}"), reverse=True)), None
    )
    return found


class Postgres:
    """PostgreSQL with a database of its own in a folder. It refuses to run as root, so it then runs as `postgres`."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        folder.mkdir()
        if os.getuid() == 0:
            shutil.chown(folder, "postgres")
            for parent in folder.parents:
                if parent.stat().st_uid == 0 and not parent.stat().st_mode & 0o001:
                    parent.chmod(parent.stat().st_mode | 0o011)
        self._run("initdb", "-D", str(folder / "data"), "-A", "trust", "-U", "civic", "--no-sync")
        self.start()
        self._run("createdb", "-h", "127.0.0.1", "-p", str(self.port), "-U", "civic", "dagster")

    @property
    def address(self) -> str:
        return f"postgresql://civic@127.0.0.1:{self.port}/dagster"

    def _run(self, program: str, *arguments: str) -> None:
        command = [str(_postgres(program)), *arguments]
        if os.getuid() == 0:
            command = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups", *command]
        done = subprocess.run(
            command,
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr

    def start(self) -> None:
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1 -c fsync=off"
        self._run(
            "pg_ctl",
            "-D",
            str(self.folder / "data"),
            "-o",
            options,
            "-l",
            str(self.folder / "log"),
            "-w",
            "start",
        )

    def stop(self) -> None:
        """Stop at once, as in a failure: whoever is connected loses the connection."""
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-m", "immediate", "-w", "stop")


class Redis:
    """Redis that keeps what it was told on disk, as a broker should."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        folder.mkdir()
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def address(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> None:
        self._process = subprocess.Popen(
            ["redis-server", "--port", str(self.port), "--bind", "127.0.0.1", "--dir", str(self.folder), "--save", "",
             "--appendonly", "yes", "--appendfsync", "always"],
            stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        until(lambda: answers(self.port), "Redis does not answer")

    def stop(self) -> None:
        if self._process is not None:
            self._process.send_signal(signal.SIGKILL)
            self._process.wait()
            self._process = None

    def forget(self) -> None:
        """Lose everything, as a broker that keeps nothing on disk does when it starts again."""
        self.stop()
        shutil.rmtree(self.folder / "appendonlydir", ignore_errors=True)
        self.start()


class ObjectStore:
    """A server of the S3 protocol (moto), which can be told to be busy."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.port = folder, free_port()
        folder.mkdir()
        self._busy = folder / "busy"
        with (folder / "log").open("wb") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "civic_assets_tests.distributed.s3_server", str(self.port), str(self._busy),
                 BUCKET],
                cwd=PROJECT, stdout=subprocess.DEVNULL, stderr=log,
            )  # fmt: skip
        until(lambda: answers(self.port), f"the S3 server does not answer; see {folder / 'log'}")

    @property
    def environment(self) -> Mapping[str, str]:
        """What a client needs to know. The keys are made up, and the server takes any."""
        return {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{self.port}",
            "AWS_ACCESS_KEY_ID": "made-up",
            "AWS_SECRET_ACCESS_KEY": "made-up",
            "AWS_REGION": "eu-west-2",
        }

    def busy(self) -> None:
        """Answer every request with 503 from now on."""
        self._busy.touch()

    def ready(self) -> None:
        """Answer again."""
        self._busy.unlink(missing_ok=True)

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
