"""The command line `civic-assets`."""

from civic_assets.cli.entry import main, run

__all__ = ["main", "run"]
