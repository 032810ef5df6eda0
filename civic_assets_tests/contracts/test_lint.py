"""The standard's own tool looks at every contract of the checkout (`make static`).

What it says of a contract that is wrong is tested with the other parts of the kit (`test_packaging`).
"""

from __future__ import annotations

from civic_assets_tests.paths import PROJECT, TESTS
from tools.lint_contracts import FOLDERS


def test_every_contract_of_the_checkout_is_in_a_folder_that_is_linted() -> None:
    hidden = {".git", ".venv", "build"}
    files = [
        file
        for file in PROJECT.rglob("*.odcs.yaml")
        if not hidden & set(file.relative_to(PROJECT).parts) and TESTS not in file.parents
    ]
    assert [file for file in files if not any(folder in file.parents for folder in FOLDERS)] == []
    assert {file.parent.name for file in files} >= {"data_contracts", "published", "example-source"}
