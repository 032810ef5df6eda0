"""The tables of the GLA's report of May 2023 about Islington, typed in as printed."""

from pathlib import Path

REPORT_TABLES = Path(__file__).with_name("gla_report_2023.csv")
"""CSV file with one row for each printed figure, in the layout of the contract `gla_report`."""
