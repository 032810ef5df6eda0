"""Read models that the suites have judged, for tests of what is made of their results."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from duckdb import DuckDBPyConnection

from civic_assets.contracts.model import Contract
from civic_assets.quality.expectations.judgement import (
    SuiteMemory,
    add_known,
    judge,
    replace_results,
    waiting_suites,
)
from civic_assets.quality.expectations.profiles import create_profiles
from civic_assets.quality.expectations.suites import load_suites


def add_expectations(connection: DuckDBPyConnection, contracts: Mapping[str, Contract]) -> None:
    """Profiles, results and findings of every suite, by the steps of a publication, without a memory."""
    with tempfile.TemporaryDirectory() as folder:
        memory = SuiteMemory(Path(folder), "test")
        create_profiles(connection, contracts)
        add_known(connection, memory)
        waiting = waiting_suites(connection, load_suites())
        judged, broken = judge(connection, memory, waiting)
        assert not broken, broken
        replace_results(connection, waiting, judged)
