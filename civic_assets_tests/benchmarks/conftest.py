"""Files that several tests of the benchmarks read."""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks.generated_inputs import Plan
from benchmarks.generated_inputs.write import write_inputs


@pytest.fixture(scope="package")
def generated(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The smallest store's files, in `inputs`, and the issue after them, in `next-issue`."""
    folder = tmp_path_factory.mktemp("generated")
    write_inputs(folder, Plan(boroughs=1, wards=1, street=2, areas=20))
    return folder
