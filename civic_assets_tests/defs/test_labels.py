"""Whatever a contract says becomes labels that Dagster accepts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import dagster as dg
import pytest
from dagster._utils.tags import is_valid_strict_tag_value

from civic_assets.contracts.model import Contract
from civic_assets.defs.build import build_definitions
from civic_assets.defs.labels import name_of, owners_of, tag_value
from civic_assets.defs.launch import launch
from civic_assets.layers.store import Store
from civic_assets_tests.defs.conftest import receive

AWKWARD = [
    "",
    " ",
    "crime & disorder (England/Wales)",
    "Troseddau yng Nghymru: ŵ",
    "犯罪统计",
    "line\nbreak",
    "ends in a line break\n",
    "x" * 400,
    "café" * 40,
    "---...",
    "=:;,'\"<script>",
    "\x00\u202e\U0001f6a8",
    "null",
]


@pytest.mark.parametrize("text", AWKWARD)
def test_any_text_becomes_a_tag_that_dagster_accepts(text: str) -> None:
    made = tag_value(text)
    assert made and is_valid_strict_tag_value(made) and not made.endswith("\n")


def test_tag_keeps_a_text_that_is_one_and_keeps_others_apart() -> None:
    assert tag_value("community-safety") == "community-safety"
    made = [tag_value(text) for text in AWKWARD if text.strip()]
    assert len(set(made)) == len(made)
    assert tag_value("crime & disorder").startswith("crime-disorder-")


def test_operation_is_named_after_its_source_or_apart_from_all_others() -> None:
    assert name_of("ons_csp") == "ons_csp"
    names = {name_of(source) for source in ("ons-csp", "ons.csp", "犯罪", "météo")}
    assert len(names) == 4
    for name in names:
        assert name.isidentifier() or name.replace("_", "").isalnum()
        assert name.isascii()


@pytest.mark.parametrize(
    ("owner", "shown"),
    [
        ("statistics@council.gov.uk", ["statistics@council.gov.uk"]),
        ("team:crime", ["team:crime"]),
        ("", []),
        ("Ann O'Neil, Statistics", ["team:Ann O'Neil, Statistics"]),
        ("ann@localhost", ["team:ann@localhost"]),
        ("犯罪统计\n部", ["team:犯罪统计 部"]),
    ],
)
def test_owner_is_shown_whether_or_not_it_is_an_address(
    contracts: Mapping[str, Contract], owner: str, shown: list[str]
) -> None:
    assert owners_of(replace(contracts["gla_report"], owner=owner)) == shown


@pytest.mark.parametrize("text", AWKWARD)
def test_contract_that_says_anything_ends_no_refresh(
    tmp_path: Path, contracts: Mapping[str, Contract], samples: Path, text: str
) -> None:
    spoken = _saying(contracts["gla_report"], text)
    definitions = build_definitions(contracts={**contracts, "gla_report": spoken})
    dg.Definitions.validate_loadable(definitions)
    node = definitions.resolve_asset_graph().get(dg.AssetKey(["validated", "gla_report"]))
    if text.strip():
        assert node.metadata["domain"] == text
        assert node.metadata["owner"] == text
    if text == AWKWARD[2]:  # the way to the publication is the same for all of them
        store = Store(tmp_path)
        mine = {**contracts, "gla_report": spoken}
        stale = receive(store, mine, samples / "gla_report_2023.csv")
        report = launch(store, mine, stale, profile="local")
        assert report.errors == () and report.publication is not None


def _saying(contract: Contract, text: str) -> Contract:
    """A contract whose every free text is another."""
    description = {**contract.document["description"], "purpose": text}
    release = {
        **contract.release,
        "schedule": {"cron": text or "* *", "timezone": text, "because": text},
    }
    return replace(
        contract,
        owner=text,
        purpose=text,
        limitations=text,
        usage=text,
        version=text,
        publisher={"name": text, "licence": text},
        release=release,
        document={**contract.document, "domain": text, "description": description},
    )


def test_calendar_that_is_none_costs_its_schedule_and_nothing_else(contracts: Mapping[str, Contract]) -> None:
    good = build_definitions(contracts=contracts).get_repository_def().schedule_defs
    source = next(name for name, contract in contracts.items() if "schedule" in contract.release)
    broken = _saying(contracts[source], "every other Tuesday")
    left = build_definitions(contracts={**contracts, source: broken}).get_repository_def().schedule_defs
    assert {schedule.name for schedule in good} - {schedule.name for schedule in left} == {
        f"{source}_release_days"
    }
