"""`python -m civic_assets.cli` is `civic-assets`."""

from civic_assets.cli.entry import run

if __name__ == "__main__":
    run()
