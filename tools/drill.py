"""A release day in ten minutes: the Dagster UI, a replay publisher, and alerts to a mail server on this machine.

Belongs here: the script of the day, and starting and stopping its parts. Does not belong here: any part: the replay
publisher (`civic_assets_tests.replay`), the mail server (`civic_assets_tests.alerts.servers`) and the UI.

    python -m tools.drill [--folder DIR] [--port 3000] [--minutes 1.5]     (make drill)

Everything is made up, is on this machine and is below one folder. Nobody else is asked: the settings of the drill are
those of tests, and say so in the UI's log and in every summary.
"""

from __future__ import annotations

import argparse
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from civic_assets.inputs.samples.ons_csp import write_sample_inputs
from civic_assets_tests import workbook_defects as defects
from civic_assets_tests.alerts.servers import Mailbox, mail_server
from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.replay.faults import Fault
from civic_assets_tests.replay.server import ReplayServer
from civic_assets_tests.replay.sites.catalogue import Catalogue, Published
from civic_assets_tests.replay.sites.ons import FORCES, PARTNERSHIPS, OnsPage, OnsSite
from civic_assets_tests.replay.sites.police_uk import PoliceUk

_SOURCES = ("ons_csp", "police_uk")
_FORCE = "city-of-london"
_TITLE = "Police force area data tables"
_SECONDS_BETWEEN_LOOKS = 45
_SECONDS_OF_AN_OUTAGE = 200


@dataclass
class Day:
    """The publishers of the drill, and what they have put out so far.

    Args:
        folder: Folder of their files.
    """

    folder: Path
    out: list[Published] = field(default_factory=list)
    server: ReplayServer = field(init=False)

    def __post_init__(self) -> None:
        """Make the server; nothing is out yet."""
        self.samples = self.folder / "samples"
        self.samples.mkdir(parents=True)
        write_sample_inputs(self.samples)
        self.server = ReplayServer(self._sites())

    def _sites(self) -> list[OnsSite | PoliceUk]:
        catalogue = Catalogue(self.out)
        crime = catalogue.of("ons_csp")
        # Of the first page every edition is wanted, of the second only the newest.
        pages = [
            OnsPage(PARTNERSHIPS, f"{_TITLE} by Community Safety Partnership area", files=crime[:-1]),
            OnsPage(FORCES, _TITLE, files=crime[-1:]),
        ]
        return [OnsSite(pages), PoliceUk(catalogue)]

    def put_out(self, one: Published) -> None:
        """Put out a file, now."""
        self.out.append(one)
        self.server.sites[:] = self._sites()

    def workbook(self, edition: str) -> Published:
        """A made-up edition of crime by partnership."""
        return self._workbook(self.samples / f"synthetic-csp-tables-{edition}.xlsx", edition)

    def workbook_without_a_column(self, edition: str) -> Published:
        """The same, of which the publisher has dropped a column."""
        file = self.samples / f"synthetic-csp-tables-{edition}.xlsx"
        table = ("number of police recorded crimes", f"year ending {_month(edition)}")
        return self._workbook(
            defects.remove_column(file, self.folder / "changed.xlsx", table, "Robbery"), edition
        )

    def _workbook(self, path: Path, edition: str) -> Published:
        return Published(
            "ons_csp", edition, path, f"csptables{edition.replace('-', '')}.xlsx", _TITLE, datetime.now(UTC)
        )

    def month(self, month: str) -> Published:
        """A made-up month of one force."""
        path = self.folder / f"{month}-{_FORCE}-street.csv"
        text = (FIXTURES / "police_uk" / "2021_areas.csv").read_text(encoding="utf-8")
        found = re.search(r",(20\d\d-\d\d),", text)
        assert found is not None
        path.write_text(text.replace(found[1], month), encoding="utf-8")
        name = f"{month}/{path.name}"
        return Published("police_uk", f"{month}-{_FORCE}", path, name, name, datetime.now(UTC))


def _month(edition: str) -> str:
    return datetime.strptime(edition, "%Y-%m").strftime("%B %Y").lower()


def _months_ago(number: int) -> str:
    now = datetime.now(UTC)
    year, month = divmod(now.year * 12 + now.month - 1 - number, 12)
    return f"{year:04d}-{month + 1:02d}"


def _script(day: Day) -> Iterator[tuple[str, Callable[[], None]]]:
    """What happens, step by step, with what to look at."""
    down = Fault("503", host="data.police.uk")

    def morning() -> None:
        day.put_out(day.workbook("2021-12"))
        day.put_out(day.workbook("2022-09"))

    def again() -> None:
        day.server.faults.remove(down)
        day.put_out(day.month(_months_ago(1)))

    yield (
        (
            "ONS: the years ending December 2021 and September 2022. Look at Automation (site_ons_pages) and Runs "
            "(fetch, then refresh_ons_csp, then publish)."
        ),
        morning,
    )
    yield (
        "data.police.uk: a month of one force. Look at the asset harmonised/police_uk.",
        lambda: day.put_out(day.month(_months_ago(2))),
    )
    yield (
        (
            "ONS: June 2022 without the column Robbery. Look at the failed run and the red check R_09; an alert by "
            "e-mail follows the publication."
        ),
        lambda: day.put_out(day.workbook_without_a_column("2022-06")),
    )
    yield (
        "ONS: December 2022, in order, on the same day. Look at the asset published/observations.",
        lambda: day.put_out(day.workbook("2022-12")),
    )
    yield (
        (
            "data.police.uk does not answer any more. Look at the ticks of site_police_archive; an alert by e-mail "
            "comes after three looks."
        ),
        lambda: day.server.faults.append(down),
    )
    yield (
        "data.police.uk answers again, with the next month. The cause goes from the list of civic-assets alerts.",
        again,
    )


def _settings(folder: Path, box: Mailbox) -> Path:
    file = folder / "civic.toml"
    file.write_text(
        f"""# Settings of the drill.
[organisation]
name = "drill"
site = "https://example.org"

[areas]
forces = ["{_FORCE}"]

[fetch]
automatic = true
sources = {list(_SOURCES)}

[alerts.email]
server = "localhost"
port = {box.port}
security = "none"
from = "civic-assets@example.org"
to = ["release-day@example.org"]
""".replace("'", '"'),
        encoding="utf-8",
    )
    return file


def _print_mail(box: Mailbox, stop: threading.Event) -> None:
    seen = 0
    while not stop.wait(0.5):
        for mail in box.messages[seen:]:
            seen += 1
            text = "\n".join(f"    | {line}" for line in mail.get_content().splitlines())
            _say(f"E-mail to {mail['To']}: {mail['Subject']}\n{text}")


def _say(text: str) -> None:
    print(f"{datetime.now():%H:%M:%S} {text}", flush=True)


def main(given: Sequence[str] | None = None) -> int:
    """Run the drill until it is interrupted.

    Returns:
        The exit code of the UI.
    """
    parser = argparse.ArgumentParser(prog="python -m tools.drill", description=__doc__)
    parser.add_argument(
        "--folder", type=Path, default=Path("build/drill"), help="emptied first (default: build/drill)"
    )
    parser.add_argument("--port", type=int, default=3000)
    parser.add_argument("--minutes", type=float, default=1.5, help="between two releases (default: 1.5)")
    chosen = parser.parse_args(given)
    folder = chosen.folder.absolute()
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    day, stop = Day(folder / "publishers"), threading.Event()
    with day.server as server, mail_server() as box:
        environment = {
            **os.environ,
            "CIVIC_STORE": str(folder / "store"),
            "CIVIC_CACHE": str(folder / "cache"),
            "CIVIC_SETTINGS": str(_settings(folder, box)),
            "CIVIC_REPLAY": server.address,
            "CIVIC_REPLAY_AUTHORITY": str(server.authority.write(folder / "authority.pem")),
            "CIVIC_DRILL_SECONDS": str(_SECONDS_BETWEEN_LOOKS),
        }
        command = [sys.executable, "-m", "civic_assets.cli", "ui", "--port", str(chosen.port)]
        ui = subprocess.Popen(command, env=environment)
        threading.Thread(target=_print_mail, args=(box, stop), daemon=True).start()
        _say(f"The UI will be at http://127.0.0.1:{chosen.port}. Stop the drill with Ctrl-C.")
        _say(f"For commands on its store: export CIVIC_STORE={folder / 'store'}")
        try:
            time.sleep(20)
            for text, step in _script(day):
                step()
                _say(text)
                if ui.poll() is not None:
                    break
                # Long enough for three looks at a site that does not answer.
                time.sleep(max(chosen.minutes * 60, _SECONDS_OF_AN_OUTAGE if day.server.faults else 0))
            if ui.poll() is None:
                _say(f"The day is over: {len(server.requests):,} requests, {len(box.messages)} e-mails.")
            return ui.wait()
        except KeyboardInterrupt:
            return 0
        finally:
            stop.set()
            if ui.poll() is None:
                ui.send_signal(signal.SIGTERM)
                ui.wait()


if __name__ == "__main__":
    sys.exit(main())
