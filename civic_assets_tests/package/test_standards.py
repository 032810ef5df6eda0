"""The tools of the standards accept a package, and each of them refuses a spoilt one."""

from __future__ import annotations

import hashlib
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import duckdb
import pytest
import rdflib
import yaml
from csvw import CSVW
from frictionless import Package as FrictionlessPackage
from frictionless import system
from open_data_contract_standard.model import OpenDataContractStandard
from pyshacl import validate

from civic_assets.layers.store import Store
from civic_assets.package.build import build_package
from civic_assets.package.contract import contract_path

SHAPES = Path(__file__).with_name("dcat_shapes.ttl")
CSV_FILE = "csv/harmonised_observations.csv"


def _frictionless(package: Path) -> list[str]:
    with system.use_context(trusted=True):
        report = FrictionlessPackage(str(package / "datapackage.json")).validate()
    return sorted(
        {error.type for task in report.tasks for error in task.errors} | {e.type for e in report.errors}
    )


def _csvw(package: Path) -> bool:
    try:
        return bool(CSVW(str(package / "csv" / "csv-metadata.json"), validate=True).is_valid)
    except ValueError:  # how the tool reports some invalid cells and references
        return False


def _shacl(package: Path) -> tuple[bool, str]:
    graph = rdflib.Graph().parse(
        package / "dcat.jsonld", format="json-ld", publicID="https://example.org/package/dcat.jsonld"
    )
    conforms, _, text = validate(graph, shacl_graph=rdflib.Graph().parse(SHAPES), inference="none")
    return bool(conforms), str(text)


def _edit(file: Path, before: str, after: str) -> None:
    text = file.read_text(encoding="utf-8")
    assert before in text
    file.write_text(text.replace(before, after, 1), encoding="utf-8")


def _hashed_again(package: Path, path: str) -> None:
    """Put the hash of a spoilt file into datapackage.json, so that the spoilt cell itself must be found."""
    document = json.loads((package / "datapackage.json").read_text(encoding="utf-8"))
    content = (package / path).read_bytes()
    for one in document["resources"]:
        if one["path"] == path:
            one |= {"hash": f"sha256:{hashlib.sha256(content).hexdigest()}", "bytes": len(content)}
    (package / "datapackage.json").write_text(json.dumps(document), encoding="utf-8")


def test_frictionless_finds_nothing_wrong(small: Path) -> None:
    assert _frictionless(small) == []


@pytest.mark.parametrize(
    ("before", "after", "error"),
    [
        (",ok,", ",good,", "constraint-error"),
        (",2022-", ",2022/", "type-error"),
        ("gla_report,", "nobody,", "foreign-key"),
        (",false,", ",,", "constraint-error"),
    ],
)
def test_frictionless_finds_a_spoilt_cell(spoilt: Path, before: str, after: str, error: str) -> None:
    _edit(spoilt / CSV_FILE, before, after)
    _hashed_again(spoilt, CSV_FILE)
    assert error in _frictionless(spoilt)


def test_frictionless_finds_a_file_that_was_changed_afterwards(spoilt: Path) -> None:
    _edit(spoilt / CSV_FILE, ",ok,", ",disputed,")
    assert "hash-count" in _frictionless(spoilt)


def test_csvw_finds_nothing_wrong(small: Path) -> None:
    assert _csvw(small)


@pytest.mark.parametrize(
    ("before", "after"), [(",ok,", ",good,"), (",2022-", ",2022/"), ("gla_report,", "nobody,")]
)
def test_csvw_finds_a_spoilt_cell(spoilt: Path, before: str, after: str) -> None:
    _edit(spoilt / CSV_FILE, before, after)
    assert not _csvw(spoilt)


def test_the_catalogue_entry_has_what_dcat_ap_demands(small: Path) -> None:
    conforms, text = _shacl(small)
    assert conforms, text


@pytest.mark.parametrize(
    ("of", "missing"),
    [
        ("dcat:Catalog", "dct:publisher"),
        ("dcat:Catalog", "dct:description"),
        ("dcat:Catalog", "dcat:dataset"),
        ("dcat:Dataset", "dct:title"),
        ("dcat:Dataset", "dct:description"),
        ("dcat:Dataset", "dct:rights"),
        ("foaf:Agent", "foaf:name"),
    ],
)
def test_shapes_find_what_is_missing(spoilt: Path, of: str, missing: str) -> None:
    document = json.loads((spoilt / "dcat.jsonld").read_text(encoding="utf-8"))
    next(one for one in document["@graph"] if one["@type"] == of).pop(missing)
    (spoilt / "dcat.jsonld").write_text(json.dumps(document), encoding="utf-8")
    conforms, text = _shacl(spoilt)
    assert not conforms and "Violation" in text


def test_shapes_find_a_distribution_without_its_file(spoilt: Path) -> None:
    document = json.loads((spoilt / "dcat.jsonld").read_text(encoding="utf-8"))
    dataset = next(one for one in document["@graph"] if one["@id"] == "#dataset")
    dataset["dcat:distribution"][0].pop("dcat:accessURL")
    (spoilt / "dcat.jsonld").write_text(json.dumps(document), encoding="utf-8")
    assert not _shacl(spoilt)[0]


def test_every_file_that_the_catalogue_entry_names_is_there(small: Path) -> None:
    base = "https://example.org/package/"
    graph = rdflib.Graph().parse(small / "dcat.jsonld", format="json-ld", publicID=f"{base}dcat.jsonld")
    named = graph.query(
        "PREFIX dcat: <http://www.w3.org/ns/dcat#> SELECT ?file ?size WHERE "
        "{ ?d dcat:downloadURL ?file ; dcat:byteSize ?size }"
    )
    sizes: dict[str, int] = {str(row[0]).removeprefix(base): int(str(row[1])) for row in named}  # type: ignore[index]
    assert len(sizes) == 20
    assert sizes == {path: (small / path).stat().st_size for path in sizes}


def test_checksums_are_those_that_sha256sum_checks(spoilt: Path) -> None:
    command = ["sha256sum", "--check", "--quiet", "--strict", "SHA256SUMS"]
    assert subprocess.run(command, cwd=spoilt, check=False).returncode == 0
    _edit(spoilt / "README.md", "Civic", "civic")
    assert subprocess.run(command, cwd=spoilt, check=False, capture_output=True).returncode == 1


@pytest.mark.parametrize("form", ["csv", "parquet"])
def test_contracts_of_a_package_follow_the_standard_and_lead_to_its_files(small: Path, form: str) -> None:
    document: Any = yaml.safe_load(
        (small / "contracts" / f"package_{form}.odcs.yaml").read_text(encoding="utf-8")
    )
    contract = OpenDataContractStandard.model_validate(document)
    assert contract.servers is not None and contract.schema_ is not None
    (server,) = contract.servers
    assert server.path is not None
    for table in contract.schema_:
        assert table.name is not None
        assert (small / server.path.format(model=table.name)).is_file()
    for table in document["schema"]:
        for rule in table.get("quality", ()):
            assert '"."' not in rule["query"]


def test_a_key_with_an_empty_text_is_a_rule_in_the_csv_contract_and_not_a_shorter_key(
    edited: Callable[[str], Store], tmp_path: Path
) -> None:
    """Two rows that differ only in their status, which is an empty text in one of them, have two keys."""
    store = edited(
        "DELETE FROM quality.profile_words; "
        "INSERT INTO quality.profile_words (source, release, table_id, period_kind, statistic, unit, area_type, "
        "status, quality) SELECT 'a', '1', 't', 'k', 's', 'u', 'area', unnest(['', 'suppressed']), 'ok'"
    )
    build_package(store, tmp_path / "out", tables=["quality.profile_words"])
    made: dict[str, Any] = {
        form: yaml.safe_load((tmp_path / "out" / contract_path(form)).read_text(encoding="utf-8"))["schema"][
            0
        ]
        for form in ("csv", "parquet")
    }
    keys = {
        form: sum(one.get("primaryKey", False) for one in table["properties"]) for form, table in made.items()
    }
    assert keys == {"csv": 0, "parquet": 9} and "quality" not in made["parquet"]
    (rule,) = made["csv"]["quality"]
    with duckdb.connect() as connection:
        connection.execute(
            "CREATE TABLE quality_profile_words AS FROM read_csv(?, all_varchar = true)",
            [str(tmp_path / "out" / "csv" / "quality_profile_words.csv")],
        )
        assert connection.execute(rule["query"]).fetchall() == [(rule["mustBe"],)]
        connection.execute("INSERT INTO quality_profile_words FROM quality_profile_words LIMIT 1")
        assert connection.execute(rule["query"]).fetchall() == [(1,)]
