"""The expectation suites as pages of Great Expectations ("Data Docs"), for whoever asks for them.

Belongs here: that export. Does not belong here: running suites for a publication
(`civic_assets.quality.expectations.run_suites`). `python -m civic_assets.publish.report.data_docs DIR [--store DIR]`
writes it.

It is no part of a publication: the pages load scripts, styles and a logo from content delivery networks, so that they
look broken without a network and tell third parties who reads them. What the suites found stands in
`quality.check_results` and `quality.findings` as well.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from civic_assets.errors import CivicError, UsageError
from civic_assets.layers.store import Store
from civic_assets.publish.read_model.connection import open_read_model
from civic_assets.quality.expectations.run_suites import new_context, profile_frame, validate
from civic_assets.quality.expectations.suites import load_suites

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

WARNING = (
    "These pages load scripts, styles and a logo from content delivery networks: without a network they look broken, "
    "and with one third parties learn who reads them. The results are also in quality.check_results."
)
_SITE = "data_docs"


def write_data_docs(connection: DuckDBPyConnection, folder: Path) -> Path:
    """Validates every suite once more and writes the pages.

    Args:
        connection: To a read model.
        folder: Is made; must be empty if it is there.

    Returns:
        The first page.

    Raises:
        UsageError: The folder holds something, or the read model is of an earlier version of the program.
    """
    import duckdb

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty; name a folder that is, or a new one.")
    context = new_context()
    context.add_data_docs_site(
        _SITE,
        {
            "class_name": "SiteBuilder",
            "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
            "store_backend": {
                "class_name": "TupleFilesystemStoreBackend",
                "base_directory": str(folder.absolute()),
            },
        },
    )
    for suite in load_suites():
        try:
            frame = profile_frame(connection, suite.profile)
        except duckdb.CatalogException:
            raise UsageError(
                f"The read model has no quality.{suite.expectations[0].table}: an earlier version of the program "
                "published it. Run: civic-assets refresh"
            ) from None
        if not frame.empty:
            validate(context, suite, frame, {"result_format": "SUMMARY"})
    context.build_data_docs(site_names=[_SITE])
    return folder / "index.html"


def main(arguments: Sequence[str] | None = None) -> int:
    """The command; 0 written, 2 when that is not possible."""
    parser = argparse.ArgumentParser(
        prog="python -m civic_assets.publish.report.data_docs",
        description=f"Writes the expectation suites and their results as pages. {WARNING}",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")
    parser.add_argument(
        "--store", type=Path, metavar="DIR", help="the store (default: CIVIC_STORE, or .civic)"
    )
    chosen = parser.parse_args(arguments)
    try:
        with open_read_model(Store(chosen.store)) as connection:
            page = write_data_docs(connection, chosen.folder)
    except CivicError as error:
        print(f"civic-assets: {error}", file=sys.stderr)
        return 2
    print(f"Written: {page}\n{WARNING}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
