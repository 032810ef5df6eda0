"""A process of its own that fetches one file: `python -m civic_assets_tests.acquire.fetch_one STORE URL TO`.

Prints the most memory that it used, in bytes. Belongs here: what a test kills or measures. Does not belong here: tests.
"""

from __future__ import annotations

import resource
import sys
from pathlib import Path
from urllib.parse import urlsplit

from civic_assets.acquire.client import open_client
from civic_assets.acquire.settings import read_settings


def main() -> None:
    """Fetch it."""
    store, url, to = sys.argv[1:]
    with open_client(Path(store), read_settings(Path(store).parent / "civic.toml")) as client:
        client.bound_to("plain", [urlsplit(url).hostname or ""]).fetch(url, Path(to))
    print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)


if __name__ == "__main__":
    main()
