"""The expectation suites as pages of Great Expectations ("Data Docs"), built on request.

Belongs here: that export. Does not belong here: running suites for a publication
(`civic_assets.quality.expectations.run_suites`). `python -m civic_assets.publish.report.data_docs DIR [--store DIR]`
writes it.

They are not part of a publication: the pages load scripts, styles and a logo from content delivery networks, so they do
not display properly without a network, and they reveal to third parties who reads them. The results of the suites are
also in `quality.check_results` and `quality.findings`.
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
    "These pages load scripts, styles and a logo from content delivery networks: they do not display properly "
    "without a network, and third parties learn who reads them. The results are also in quality.check_results."
)
_SITE = "data_docs"


def write_data_docs(connection: DuckDBPyConnection, folder: Path) -> Path:
    """Validate every suite again and write the pages.

    Args:
        connection: Connection to a read model.
        folder: Folder to write to; created if missing, otherwise it must be empty.

    Returns:
        Path of the first page.

    Raises:
        UsageError: The folder is not empty, or an earlier version of the program wrote the read model.
    """
    import duckdb

    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise UsageError(f"{folder} is not empty. Choose an empty folder, or a new one.")
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
    """Run the command; returns 0 if the pages were written, 2 if they could not be."""
    parser = argparse.ArgumentParser(
        prog="python -m civic_assets.publish.report.data_docs",
        description=f"Write the expectation suites and their results as pages. {WARNING}",
    )
    parser.add_argument("folder", type=Path, metavar="DIR", help="a new or empty folder")
    parser.add_argument(
        "--store", type=Path, metavar="DIR", help="folder of the store (default: CIVIC_STORE, else .civic)"
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
