"""A short run of every command of an installed civic-assets, in an empty folder: `python tools/smoke.py`.

Belongs here: what must work wherever the package was installed, with exit codes and one known figure. Does not belong
here: installing it (`wheel_test.sh`, `resolutions.sh`). It is started with the Python of that environment, and uses
nothing of the checkout: it first checks where the package is imported from.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

CHECKOUT = Path(__file__).resolve().parents[1]
COMMAND = Path(sys.executable).with_name("civic-assets")
# A misprint of the report that ships: printed as 1,208, and the other figures of its table make it 2,108.
BURGLARY = "gla_report:burglary:E09000019:2020-01-01/2021-01-01"
DAMAGE = "gla_report:criminal_damage_and_arson:E09000019:2021-07-01/2022-07-01"
FIGURES = 39_541


def _run(folder: Path, expected: int, *arguments: object) -> Any:
    """Output of a command under `--json`; ends the program if its exit code is not the expected one."""
    print(f"  civic-assets {' '.join(map(str, arguments))}", flush=True)
    done = subprocess.run(
        [str(COMMAND), *map(str, arguments), "--json"],
        cwd=folder,
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    _require(done.returncode == expected, f"exit code {done.returncode} instead of {expected}: {done.stderr}")
    _require("Traceback" not in done.stderr, done.stderr)
    return json.loads(done.stdout)


def _require(holds: bool, reason: str) -> None:
    if not holds:
        sys.exit(f"Failed: {reason}")


def _installed() -> Path:
    """Folder of the package as this Python imports it from an empty folder."""
    asked = "import civic_assets, sys; sys.stdout.write(civic_assets.__path__[0])"
    with tempfile.TemporaryDirectory() as empty:
        done = subprocess.run(
            [sys.executable, "-c", asked], cwd=empty, capture_output=True, text=True, check=True
        )
    return Path(done.stdout)


def main() -> None:
    """Run refresh, inspect, trace, compare, report and sources."""
    package = _installed()
    _require(CHECKOUT not in package.parents, f"{package} is the checkout, not an installed package")
    with tempfile.TemporaryDirectory() as folder:
        here = Path(folder)
        summary = _run(here, 0, "refresh", "--quiet")
        figures = sum(release["rows"] for release in summary["releases"])
        _require(figures == FIGURES, f"{figures} figures instead of {FIGURES}")
        inspected = _run(here, 1, "inspect", package / "inputs" / "report" / "gla_report_2023.csv")
        _require(inspected["source"] == "gla_report", f"recognised as {inspected['source']}")
        figure = _run(here, 0, "trace", BURGLARY)["figure"]
        _require(figure["value"] == 1208.0, f"burglary is {figure['value']} instead of 1208")
        _require(figure["quality"] == "disputed", f"burglary is {figure['quality']} instead of disputed")
        compared = _run(here, 0, "compare", BURGLARY, DAMAGE)
        _require(not compared["operations"]["compare"]["allowed"], "two different measures may be compared")
        report = Path(_run(here, 0, "report")["report"])
        _require("Islington" in report.read_text(encoding="utf-8"), f"{report} names no area")
        _run(here, 0, "sources")
        _run(here, 2, "trace", "nothing:of:this:name")
    print(f"Every command works in an empty folder (Python {sys.version.split()[0]}, {package}).")


if __name__ == "__main__":
    main()
