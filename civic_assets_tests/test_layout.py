"""The layout of the package: rooms small enough to see at a glance, and code that makes tables belongs to a layer."""

from __future__ import annotations

from collections import Counter

from civic_assets.layers.keys import LAYER_CODE
from civic_assets.shipped import PACKAGE

MOST_MODULES = 25
# Packages that compute no figure: a change there makes no stored table stale.
NOT_IN_A_TABLE = {
    "frames.py",
    "__init__.py", "acquire", "alerts", "archive", "browse", "cli", "definitions.py", "defs", "evidence", "export",
    "inputs", "intake", "lineage", "package", "refresh.py", "scaffold",
    "shipped.py", "tables", "unforeseen.py", "verify",
}  # fmt: skip


def test_no_folder_holds_more_modules_than_a_reader_can_survey() -> None:
    counted = Counter(file.parent for file in PACKAGE.rglob("*.py") if file.name != "__init__.py")
    assert {folder.name: number for folder, number in counted.items() if number > MOST_MODULES} == {}


def test_every_part_of_the_package_is_in_the_key_of_a_layer_or_makes_no_table() -> None:
    parts = {file.relative_to(PACKAGE).parts[0] for file in PACKAGE.rglob("*.py")}
    keyed = {subject for subjects in LAYER_CODE.values() for subject in subjects}
    assert parts - NOT_IN_A_TABLE == keyed
