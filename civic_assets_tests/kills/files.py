"""data.police.uk with a made-up file for each month of two forces, of which more appear as time goes on.

Belongs here: the files, in the order in which they appear, and the server. Does not belong here: when they appear.
"""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from civic_assets_tests.paths import FIXTURES
from civic_assets_tests.replay.server import ReplayServer
from civic_assets_tests.replay.sites.catalogue import Catalogue, Published
from civic_assets_tests.replay.sites.police_uk import PoliceUk

SOURCE = "police_uk"
FORCES = {"city-of-london": "City of London Police", "metropolitan": "Metropolitan Police Service"}
# Years of which no contract knows a figure: a made-up file with another one is held back (K-01).
_FIRST_YEAR, _MONTHS = 2018, 36
_AT_FIRST = 2


class Publisher:
    """Files that appear one by one.

    Args:
        folder: Folder for the files that are out, and for the certificate and the settings.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = folder / "files"
        self.files.mkdir(parents=True)
        self.catalogue = Catalogue([])
        self.server = ReplayServer([PoliceUk(self.catalogue)])
        self._left = [(number, force) for number in range(_MONTHS) for force in FORCES]
        for _ in range(_AT_FIRST):
            self.publish_one()

    def publish_one(self) -> bool:
        """Put the next file out; returns whether there was one left."""
        if not self._left:
            return False
        number, force = self._left.pop(0)
        month = f"{_FIRST_YEAR + number // 12}-{number % 12 + 1:02}"
        text = (FIXTURES / SOURCE / "2021_areas.csv").read_text(encoding="utf-8")
        text = text.replace("City of London Police", FORCES[force]).replace("2023-06", month)
        name = f"{month}-{force}-street.csv"
        path = self.files / name
        path.write_text(text, encoding="utf-8")
        title = f"{month}/{name}"
        at = datetime(2024, 9, 1, tzinfo=UTC)
        self.catalogue.put(Published(SOURCE, f"{month}-{force}", path, title, title, at))
        return True

    def environment(self) -> dict[str, str]:
        """Variables with which a command asks this publisher."""
        settings = self.folder / "civic.toml"
        named = ", ".join(f'"{force}"' for force in FORCES)
        settings.write_text(f"[areas]\nforces = [{named}]\n", encoding="utf-8")
        return {
            "CIVIC_REPLAY": self.server.address,
            "CIVIC_REPLAY_AUTHORITY": str(self.server.authority.write(self.folder / "authority.pem")),
            "CIVIC_SETTINGS": str(settings),
        }
