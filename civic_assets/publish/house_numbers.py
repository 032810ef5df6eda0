"""The table `catalogue.house_numbers`: every number that this project chose, with its reason.

Belongs here: the register of the program, the thresholds of the contracts and those of the bias register in one table.
Does not belong here: any number (`civic_assets.house_numbers`, the contracts, `vocabularies/bias.yaml`), and the limits
of the expectations, which are in `catalogue.checks` with their reasons.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from civic_assets.contracts.model import Contract
from civic_assets.house_numbers.entry import every_number
from civic_assets.publish.bias.vocabulary import vocabulary
from civic_assets.publish.read_model.connection import insert_rows
from civic_assets.quality.published.sql_rules import every_sql_rule
from civic_assets.shipped import PACKAGE

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_TABLE = """CREATE TABLE catalogue.house_numbers (name VARCHAR, what VARCHAR, subject VARCHAR, value VARCHAR,
    unit VARCHAR, because VARCHAR, checks VARCHAR[], module VARCHAR, used_in VARCHAR[])"""
_IMPORT = re.compile(
    r"^\s*from civic_assets\.house_numbers\.\w+ import (?:\((?P<many>[^)]*)\)|(?P<few>.*))$", re.MULTILINE
)
_NAME = re.compile(r"\b[A-Z][A-Z0-9_]+\b")
_CHECK = re.compile(r"\b[A-Z]-[0-9]{2}\b")
# What, unit and check of the thresholds that contracts state; a longer name is for one table or format.
_OF_CONTRACTS = {
    "disputed_share": ("largest share of disputed figures", "share of figures", "holding back a release"),
    "figures_least": ("fewest figures of a release", "figures", "E-01"),
    "figures_most": ("most figures of a release", "figures", "E-02"),
    "minimum_bytes": ("smallest file", "bytes", "R-02"),
    "month_scale_high": ("largest month", "times a twelfth of the year", "X-05"),
    "month_scale_low": ("smallest month", "times a twelfth of the year", "X-05"),
    "null_share": ("largest share of figures without a value", "share of figures", "V-07"),
    "outlier_least_count": ("least count of a series that is judged", "events", "V-21"),
    "outlier_z": (
        "distance from the usual level beyond which a figure is an outlier",
        "standard deviations",
        "V-21",
    ),
    "row_count_band": ("largest change of the number of rows", "share of rows", "R-08"),
    "small_base": ("smallest base of a change", "events", "K-07"),
    "unfit_postcodes_share": ("share of unfit rows of a directory", "share of rows", "V-26, V-27, V-28"),
    "without_place_rise": ("largest rise of the share of events without a place", "share of events", "K-08"),
    "without_place_share": ("largest share of events without a place", "share of events", "K-08"),
}
_NOT_LISTED = ("", "a rule of the contract")


def create(connection: DuckDBPyConnection, contracts: Mapping[str, Contract]) -> None:
    """Creates the table.

    Args:
        connection: Connection to a read model with the schema `catalogue`.
        contracts: Contracts of all sources, whose thresholds are listed too.
    """
    connection.execute(_TABLE)
    rows = [*_of_the_program(), *_of_contracts(contracts), *_of_the_bias_register()]
    insert_rows(connection, "catalogue.house_numbers", rows)


def users() -> dict[str, list[str]]:
    """Modules and `.sql` files that use each number of the program, by its name."""
    found: dict[str, list[str]] = {}
    for file in sorted(PACKAGE.rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        if "civic_assets.house_numbers" not in text:
            continue
        module = ".".join(file.relative_to(PACKAGE.parent).with_suffix("").parts)
        for imported in _IMPORT.finditer(text):
            for name in _NAME.findall(imported["many"] or imported["few"]):
                found.setdefault(name, []).append(module)
    for rule in every_sql_rule():
        for name in rule.parameters:
            if name != "table":
                found.setdefault(name, []).append(f"quality/published/rules/{rule.file}")
    return {name: list(dict.fromkeys(places)) for name, places in found.items()}


def _of_the_program() -> Iterator[dict[str, Any]]:
    used = users()
    for number in every_number():
        yield {
            "name": number.name,
            "what": number.what,
            "subject": number.subject,
            "value": number.printed,
            "unit": number.unit,
            "because": number.because,
            "checks": list(number.checks),
            "module": f"civic_assets.house_numbers.{number.subject}",
            "used_in": used.get(number.name, []),
        }


def _of_contracts(contracts: Mapping[str, Contract]) -> Iterator[dict[str, Any]]:
    for source, contract in sorted(contracts.items()):
        for name, threshold in sorted(contract.thresholds.items()):
            stem = next((stem for stem in _OF_CONTRACTS if name.startswith(stem)), "")
            what, unit, check = _OF_CONTRACTS.get(stem, (name.replace("_", " "), *_NOT_LISTED))
            rest = name.removeprefix(stem).strip("_").replace("_", " ") if stem else ""
            yield {
                "name": f"{source}.{name}",
                "what": what + (f" ({rest})" if rest else ""),
                "subject": source,
                "value": f"{threshold.value:,.10g}",
                "unit": unit,
                "because": threshold.because,
                "checks": _CHECK.findall(check) or [check],
                "module": f"data_contracts/{source}.odcs.yaml",
                "used_in": [],
            }


def _of_the_bias_register() -> Iterator[dict[str, Any]]:
    for name, limit in sorted(vocabulary().limits.items()):
        yield {
            "name": f"bias.{name}",
            "what": f"limit of {name.replace('_', ' ')}",
            "subject": "bias_register",
            "value": f"{limit.value:,.10g}",
            "unit": "",
            "because": limit.because if limit.origin == "house rule" else f"{limit.because} ({limit.origin})",
            "checks": _CHECK.findall(limit.because) or ["quality.bias_register"],
            "module": "data_contracts/vocabularies/bias.yaml",
            "used_in": [],
        }
