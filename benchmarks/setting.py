"""What a benchmark is run with: folders, the two checkouts, sizes, and the commands of this project.

Belongs here: where the program under test is, its environment, and set-ups that are kept from one run to the next.
Does not belong here: what is measured (`work`). Only the standard library is imported (`measured_process`).
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.measured_process import Usage, run_measured

PROJECT = Path(__file__).resolve().parents[1]


class Missing(Exception):
    """What a benchmark needs is not there; the message says what, and how to give it."""


class Unequal(Exception):
    """The two sides did not do the same, so a comparison of their times would mean nothing."""


@dataclass(frozen=True, slots=True)
class Setting:
    """Everything that a benchmark may ask for.

    Args:
        scratch: Folder for whatever is made; removed afterwards.
        real: Folder of publishers' files; None without one.
        against: Another checkout of this project; None without one.
        kept: Folder in which expensive set-ups stay; None if they are made again in every run.
        rows: Rows of the zip of schools.
        releases: Releases of the larger generated store, and of the smaller one.
        figures: Figures of the larger generated store.
        fetched: Bytes of the larger body that is fetched.
        incidents: Incidents of the smaller archive of street-level crime.
        workbooks: Releases of a backfill of workbooks.
        seed: Seed of everything generated.
        plain_executor: Executor of the plain stack.
    """

    scratch: Path
    real: Path | None = None
    against: Path | None = None
    kept: Path | None = None
    rows: int = 250_000
    releases: tuple[int, int] = (600, 59)
    figures: int = 20_000_000
    fetched: int = 2_000_000_000
    incidents: int = 3_500_000
    workbooks: int = 40
    seed: int = 1
    plain_executor: str = "multiprocess"

    def real_files(self) -> Path:
        """The folder of publishers' files.

        Raises:
            Missing: There is none.
        """
        if self.real is None:
            raise Missing("publishers' files are needed: name their folder with CIVIC_REAL_DATA or --real")
        return self.real

    def other_checkout(self) -> Path:
        """The checkout to compare with.

        Raises:
            Missing: There is none.
        """
        if self.against is None:
            raise Missing("another checkout is needed: name it with --against")
        return self.against

    def new_folder(self, name: str) -> Path:
        """An empty folder for one turn."""
        folder = self.scratch / name
        number = 0
        while folder.exists():
            number += 1
            folder = self.scratch / f"{name}-{number}"
        folder.mkdir(parents=True)
        return folder

    def environment(self, checkout: Path = PROJECT, *, site: bool = True) -> dict[str, str]:
        """Variables of every measured process: the checkout's code, none of the caller's stores, no telemetry.

        Each checkout has a cache of contracts of its own, because the other's would be of no use and would cost time.
        """
        own = {name: text for name, text in os.environ.items() if not name.startswith(("DAGSTER_", "CIVIC_"))}
        return {
            **own,
            "PYTHONPATH": str(checkout),
            "CIVIC_CACHE": str(
                self.scratch / f"cache-{hashlib.sha256(str(checkout).encode()).hexdigest()[:8]}"
            ),
            "DAGSTER_DISABLE_TELEMETRY": "true",
            "GX_ANALYTICS_ENABLED": "false",
            "CIVIC_SITE": "now" if site else "later",
        }

    def measured(
        self, *arguments: str | Path, checkout: Path = PROJECT, fails: bool = False, site: bool = True
    ) -> Usage:
        """Run `civic-assets` with some arguments to its end.

        Args:
            arguments: Arguments of the command.
            checkout: Checkout whose code is run.
            site: Whether a refresh builds the site.
            fails: Whether exit code 1 (published, but something was held back or not read) is expected too.
        """
        command = [sys.executable, "-m", "civic_assets.cli", *map(str, arguments)]
        log = self.scratch / "commands.log"
        return run_measured(
            command, self.environment(checkout, site=site), checkout, log, accepted=(0, 1) if fails else (0,)
        )

    def refresh(
        self, inputs: Path, store: Path, *more: str, checkout: Path = PROJECT, site: bool = True
    ) -> Usage:
        """Take a folder of publishers' files into a store, and publish.

        Real files hold releases that are rightly held back, so exit code 1 is an outcome here, not an error.
        """
        command = ("refresh", "--profile", "local", "--inputs", str(inputs), "--store", str(store))
        return self.measured(*command, *more, checkout=checkout, fails=True, site=site)

    def answer(self, module: str, *arguments: str | Path) -> Any:
        """The JSON that a module of this folder prints, run as a separate process so that this one stays small.

        Raises:
            Missing: It ended with an error.
        """
        command = [sys.executable, "-m", f"benchmarks.{module}", *map(str, arguments)]
        done = subprocess.run(
            command, env=self.environment(), cwd=PROJECT, capture_output=True, text=True, check=False
        )
        if done.returncode:
            raise Missing(done.stderr.strip())
        return json.loads(done.stdout)

    def kept_folder(self, name: str, about: str, make: Callable[[Path], None]) -> Path:
        """A folder that is expensive to make. With `kept`, one made earlier by the same code is used again.

        Args:
            name: What it is, for its name.
            about: Everything that it depends on besides the program's code.
            make: Function that fills an empty folder.
        """
        if self.kept is None:
            folder = self.new_folder(name)
            make(folder)
            return folder
        digest = hashlib.sha256(f"{about}\n{code_of(PROJECT)}".encode()).hexdigest()[:12]
        folder = self.kept / f"{name}-{digest}"
        if not folder.is_dir():
            # Filled under another name first: an interrupted run leaves no half of a store under the final one.
            unfinished = folder.with_name(f"{folder.name}.unfinished")
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir(parents=True)
            make(unfinished)
            unfinished.rename(folder)
        return folder


def code_of(checkout: Path) -> str:
    """Hash of the program and its contracts in a checkout: what was built by other code is out of date."""
    digest = hashlib.sha256()
    for folder in ("civic_assets", "data_contracts", "benchmarks/generated_inputs"):
        for file in sorted((checkout / folder).rglob("*")):
            if file.suffix in (".py", ".sql", ".yaml", ".json", ".csv"):
                digest.update(file.relative_to(checkout).as_posix().encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def contents_of(folder: Path) -> str:
    """Names and sizes of all files in a folder, to tell whether it is still the same."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    return "\n".join(f"{path.relative_to(folder)} {path.stat().st_size}" for path in files)
