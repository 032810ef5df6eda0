"""What a killed command would spend most of its time on: imported once, in the process that the others are copied from.

Belongs here: imports. Does not belong here: anything that opens a file, a connection or a thread.
"""

import dagster
import duckdb
import great_expectations
import jinja2
import pandas
import pyarrow
import requests

import civic_assets.acquire.client
import civic_assets.acquire.finders.police_archive
import civic_assets.acquire.live.means
import civic_assets.cli.refresh
import civic_assets.cli.shared.live
import civic_assets.defs.build
import civic_assets.defs.launch
import civic_assets.layers.harmonised
import civic_assets.layers.validated
import civic_assets.publish.build
import civic_assets.publish.incremental.update
import civic_assets.publish.site.build
import civic_assets.quality.expectations.run_suites
import civic_assets.quality.run
import civic_assets.refresh

__all__ = [
    "civic_assets",
    "dagster",
    "duckdb",
    "great_expectations",
    "jinja2",
    "pandas",
    "pyarrow",
    "requests",
]
