"""Starts the replay publisher by hand: `python -m civic_assets_tests.replay DIR --port 8443`.

Belongs here: the arguments and what is printed. Does not belong here: which site serves which file (`sites`).
"""

from __future__ import annotations

import argparse
import tempfile
from pathlib import Path

from civic_assets_tests.replay.server import ReplayServer
from civic_assets_tests.replay.site import PlainSite, Site, Told


def _plain(folder: Path) -> list[Site]:
    pages: dict[str, Told] = {}
    for file in sorted(folder.rglob("*")):
        if file.is_file():
            pages[f"/{file.relative_to(folder).as_posix()}"] = Told(
                body=file, etag=f'"{file.stat().st_mtime_ns:x}-{file.stat().st_size:x}"', ranges=True
            )
    return [PlainSite(("files.publisher.example",), dict(pages))]


def sites_of(folder: Path) -> list[Site]:
    """The publishers' sites for a folder of their files, which are recognised by content."""
    from civic_assets_tests.replay.sites.catalogue import Catalogue
    from civic_assets_tests.replay.sites.every_site import every_site

    return every_site(Catalogue.below(folder))


def main() -> None:
    """Serve a folder until interrupted."""
    parser = argparse.ArgumentParser(prog="python -m civic_assets_tests.replay", description=__doc__)
    parser.add_argument("folder", type=Path, help="folder of publishers' files")
    parser.add_argument("--port", type=int, default=8443, help="0 for any that is free")
    parser.add_argument(
        "--plain", action="store_true", help="serve the files by their names at one plain host"
    )
    chosen = parser.parse_args()
    sites = _plain(chosen.folder) if chosen.plain else sites_of(chosen.folder)
    with tempfile.TemporaryDirectory() as kept, ReplayServer(sites, port=chosen.port) as server:
        authority = server.authority.write(Path(kept) / "authority.pem")
        print(f"Serving {chosen.folder} as: {', '.join(h for site in server.sites for h in site.hosts)}")
        print(f"export CIVIC_REPLAY={server.address}\nexport CIVIC_REPLAY_AUTHORITY={authority}")
        print("Stop it with Ctrl-C.", flush=True)
        try:
            server.stopping.wait()
        except KeyboardInterrupt:
            print("Stopped.")


if __name__ == "__main__":
    main()
