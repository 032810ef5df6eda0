"""What is installed is judged against the pins and the licences; a part that nobody has read is named."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tools import dependency_audit
from tools.dependency_audit import CONSTRAINTS, READ_BY_HAND, main, parts, pinned, problems


def _bill(*components: tuple[str, str, list[dict[str, Any]]]) -> dict[str, Any]:
    by_hand = [
        {"name": name, "version": "1", "licenses": []}
        for name in READ_BY_HAND
        if name not in {one[0] for one in components}
    ]
    given = [{"name": name, "version": version, "licenses": said} for name, version, said in components]
    return {"components": [*by_hand, *given]}


PINS = {**dict.fromkeys(READ_BY_HAND, "1"), "a-b": "2.0"}
MIT = [{"license": {"id": "MIT"}}]


def test_pinned_package_with_a_known_licence_is_no_problem() -> None:
    assert problems(_bill(("A_b", "2.0", MIT)), PINS) == []
    assert problems(_bill(("a.b", "2.0", [{"expression": "MIT OR Apache-2.0"}])), PINS) == []
    named = [{"license": {"name": "License :: OSI Approved :: BSD License"}}]
    assert problems(_bill(("a-b", "2.0", named)), PINS) == []
    assert problems(_bill(("civic-assets", "0.1", []), ("pip", "25", MIT)), PINS) == []


@pytest.mark.parametrize(
    ("component", "said"),
    [
        (("a-b", "2.1", MIT), "a-b 2.1 is installed, but constraints.txt has 2.0"),
        (("c", "1", MIT), "c 1 is installed, but constraints.txt has no version of it"),
        (("a-b", "2.0", []), "a-b 2.0 has the licence (none stated): read it"),
        (("a-b", "2.0", [{"license": {"id": "SSPL-1.0"}}]), "the licence SSPL-1.0"),
        (("a-b", "2.0", [{"expression": "MIT AND GPL-3.0-only"}]), "the licence MIT AND GPL-3.0-only"),
        (("a-b", "2.0", [{"expression": "SSPL-1.0 AND MIT"}]), "the licence SSPL-1.0 AND MIT"),
        (("a-b", "2.0", [*MIT, {"license": {"id": "SSPL-1.0"}}]), "the licence MIT, SSPL-1.0"),
        (
            ("a-b", "2.0", [{"license": {"name": "License :: OSI Approved"}}]),
            "License :: OSI Approved: read it",
        ),
        (("a-b", "2.0", [{"license": {"name": "SUBMITTED"}}]), "the licence SUBMITTED"),
        (
            ("a-b", "2.0", [{"license": {"name": "GNU Lesser General Public License"}}]),
            "GNU Lesser General Public License",
        ),
    ],
)
def test_what_needs_a_person_is_named(component: tuple[str, str, list[dict[str, Any]]], said: str) -> None:
    (problem,) = problems(_bill(component), PINS)
    assert said in problem


def test_licence_that_was_read_of_a_package_that_is_gone_is_named() -> None:
    bill = _bill()
    bill["components"].pop(0)
    (problem,) = problems(bill, PINS)
    assert problem == f"{next(iter(READ_BY_HAND))} is in READ_BY_HAND but is not installed: take it out."


def test_command_ends_with_1_if_there_is_a_problem(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dependency_audit, "CONSTRAINTS", tmp_path / "pins")
    (tmp_path / "pins").write_text(
        "# pins\n" + "".join(f"{name}=={version}\n" for name, version in PINS.items()), encoding="utf-8"
    )
    for version, code in (("2.0", 0), ("3.0", 1)):
        (tmp_path / "sbom.json").write_text(json.dumps(_bill(("a-b", version, MIT))), encoding="utf-8")
        assert main([str(tmp_path / "sbom.json")]) == code


def test_pins_of_this_project_are_read_with_their_names_in_one_form() -> None:
    pins = pinned(CONSTRAINTS.read_text(encoding="utf-8"))
    assert len(pins) > 200
    assert {"dagster", "duckdb", "great-expectations", "pandas"} <= pins.keys()
    assert pinned("A.b==1 ; python_version < '3.12'\n# c==2\n") == {"a-b": "1"}
    assert [name for name, _, _ in parts(_bill(("X_y", "1", MIT)))][-1] == "x-y"
