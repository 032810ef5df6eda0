"""OpenLineage events of a publication: they hold together, say what the checks said, and lead back to the file."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

import duckdb
import pytest
from openlineage.client.generated import base

from civic_assets.inputs.samples.ons_csp import write_sample_inputs
from civic_assets_tests.acceptance.commands import civic_assets
from civic_assets_tests.shared_stores import Refreshed

Event = dict[str, Any]
OBSERVATIONS = "published.harmonised.observations"


@pytest.fixture(scope="module")
def lines(sample_refresh: Refreshed, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    file = tmp_path_factory.mktemp("events") / "events.jsonl"
    answer = civic_assets("lineage", "--store", sample_refresh.store, "--out", file, "--json")
    assert answer.code == 0, answer.err
    found = file.read_text(encoding="utf-8").splitlines()
    assert answer.json["events"] == len(found)
    assert answer.json["sent"] == 0
    return found


@pytest.fixture(scope="module")
def events(lines: list[str]) -> list[Event]:
    return [json.loads(line, parse_constant=pytest.fail) for line in lines]


def test_each_release_has_a_run_for_each_layer_and_the_publication_has_one(
    events: list[Event], sample_refresh: Refreshed
) -> None:
    with duckdb.connect(str(sample_refresh.store / "civic.duckdb"), read_only=True) as connection:
        releases = connection.execute("SELECT source, release FROM catalogue.releases").fetchall()
    expected = {
        (f"{layer}.{source}", release)
        for source, release in releases
        for layer in ("archive", "raw", "validated", "harmonised")
    }
    written = {
        (output["name"], partition["dimensions"]["release"])
        for event in events
        for output in event["outputs"]
        if "outputSubset" in output.get("outputFacets", {})
        for partition in output["outputFacets"]["outputSubset"]["outputCondition"]["partitions"]
    }
    assert written == expected
    assert [event["job"]["name"] for event in events].count("publish") == 1
    assert (
        len({event["run"]["runId"] for event in events}) == len(events) == len(expected) + len(releases) + 1
    )


def test_every_field_that_a_column_comes_from_is_in_the_schema_of_its_dataset(events: list[Event]) -> None:
    """No edge leads nowhere, which the consumers of events do not report."""
    schemas: dict[str, set[str]] = {}
    for event in events:
        for output in event["outputs"]:
            fields = output["facets"].get("schema", {}).get("fields", [])
            schemas.setdefault(output["name"], set()).update(one["name"] for one in fields)
    edges = 0
    for event in events:
        for output in event["outputs"]:
            for column, field in output["facets"].get("columnLineage", {}).get("fields", {}).items():
                assert column in schemas[output["name"]], (output["name"], column)
                for origin in field["inputFields"]:
                    assert origin["field"] in schemas[origin["name"]], (output["name"], column, origin)
                    edges += 1
    assert edges > 100


def _inputs_of(events: list[Event]) -> dict[str, set[tuple[str, str]]]:
    found: dict[str, set[tuple[str, str]]] = {}
    for event in events:
        for output in event["outputs"]:
            found.setdefault(output["name"], set()).update(
                (one["namespace"], one["name"]) for one in event["inputs"] if one["name"] != output["name"]
            )
    return found


def test_published_figures_lead_back_to_the_files(events: list[Event], sample_refresh: Refreshed) -> None:
    above, wanted, seen = _inputs_of(events), [OBSERVATIONS], set()
    while wanted:
        name = wanted.pop()
        for namespace, origin in above.get(name, ()):
            if (namespace, origin) not in seen:
                seen.add((namespace, origin))
                wanted.append(origin)
    files = {name for namespace, name in seen if namespace == "civic-assets:files"}
    with duckdb.connect(str(sample_refresh.store / "civic.duckdb"), read_only=True) as connection:
        given = {name for (name,) in connection.execute("SELECT file_name FROM catalogue.files").fetchall()}
    assert files == given


def _column_origins(events: list[Event], dataset: str, column: str) -> set[tuple[str, str]]:
    found = set()
    for event in events:
        for output in event["outputs"]:
            field = output["facets"].get("columnLineage", {}).get("fields", {}).get(column)
            if output["name"] == dataset and field:
                found |= {(one["name"], one["field"]) for one in field["inputFields"]}
    return found


def test_value_of_a_published_figure_leads_back_to_the_text_of_a_cell(events: list[Event]) -> None:
    places = _column_origins(events, OBSERVATIONS, "value")
    assert ("harmonised.ons_csp", "value") in places
    for layer in ("harmonised", "validated"):
        places = {origin for dataset, column in places for origin in _column_origins(events, dataset, column)}
        assert places, layer
    assert ("raw.ons_csp", "text") in places


def test_assertions_are_the_results_of_the_checks(events: list[Event], sample_refresh: Refreshed) -> None:
    said: dict[tuple[str, bool], int] = {}
    for event in events:
        for one in event["inputs"]:
            for each in one.get("inputFacets", {}).get("dataQualityAssertions", {}).get("assertions", []):
                key = (each["assertion"], each["success"])
                said[key] = said.get(key, 0) + 1
    with duckdb.connect(str(sample_refresh.store / "civic.duckdb"), read_only=True) as connection:
        results = connection.execute(
            """SELECT check_id, outcome = 'pass', count(*) FROM quality.check_results
            WHERE outcome <> 'not_evaluated' GROUP BY ALL"""
        ).fetchall()
    assert said == {(check, passed): number for check, passed, number in results}
    assert {passed for _, passed in said} == {True, False}


def test_the_same_publication_gives_the_same_events(
    lines: list[str], sample_refresh: Refreshed, tmp_path: Path
) -> None:
    file = tmp_path / "again.jsonl"
    civic_assets("lineage", "--store", sample_refresh.store, "--out", file)
    assert file.read_text(encoding="utf-8").splitlines() == lines


def test_times_have_a_zone_and_facets_name_their_schema(events: list[Event]) -> None:
    for event in events:
        assert event["eventTime"].endswith("Z")
        assert event["schemaURL"].startswith("https://openlineage.io/spec/2-")
        base.RunEvent(
            eventTime=event["eventTime"],
            run=base.Run(event["run"]["runId"]),
            job=base.Job(event["job"]["namespace"], event["job"]["name"]),
            producer=event["producer"],
        )
        facets = [event["run"]["facets"], event["job"]["facets"]]
        for one in (*event["inputs"], *event["outputs"]):
            facets += [one.get(name, {}) for name in ("facets", "inputFacets", "outputFacets")]
        for each in (facet for group in facets for facet in group.values()):
            assert each["_schemaURL"].startswith("https://openlineage.io/spec/facets/")


class _Listener(BaseHTTPRequestHandler):
    """Takes events in as Marquez does: POST to /api/v1/lineage."""

    received: list[Event]
    answer = 201

    def do_POST(self) -> None:
        content = self.rfile.read(int(self.headers["Content-Length"]))
        if self.answer == 201 and self.path == "/api/v1/lineage":
            type(self).received.append(json.loads(content))
        self.send_response(self.answer)
        self.end_headers()

    def log_message(self, *_: object) -> None:
        return


@pytest.fixture
def listener() -> Iterator[tuple[type[_Listener], str]]:
    handler = type("Listener", (_Listener,), {"received": []})
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield handler, f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def test_events_are_sent_to_an_endpoint(
    lines: list[str], listener: tuple[type[_Listener], str], sample_refresh: Refreshed
) -> None:
    handler, address = listener
    answer = civic_assets(
        "lineage", "--store", sample_refresh.store, "--send", env={"OPENLINEAGE_URL": address}
    )
    assert answer.code == 0, answer.err
    for event in handler.received:
        del event["run"]["facets"]["tags"]  # the client adds its own version
    assert handler.received == [json.loads(line) for line in lines]


def test_endpoint_that_refuses_ends_in_a_sentence_and_3(
    listener: tuple[type[_Listener], str], sample_refresh: Refreshed
) -> None:
    handler, address = listener
    handler.answer = 400
    answer = civic_assets(
        "lineage", "--store", sample_refresh.store, "--send", env={"OPENLINEAGE_URL": address}
    )
    assert answer.code == 3
    assert "No OpenLineage event was sent" in answer.err and "Traceback" not in answer.err


def test_refresh_sends_what_is_new_and_does_not_fail_without_a_listener(
    listener: tuple[type[_Listener], str], tmp_path: Path
) -> None:
    handler, address = listener
    given, store, samples = tmp_path / "given", tmp_path / "store", tmp_path / "samples"
    given.mkdir()
    write_sample_inputs(samples)
    names = ("synthetic-csp-tables-2021-12.xlsx", "synthetic-csp-tables-2022-06.xlsx")
    for number, name in enumerate(names, 1):
        (given / name).write_bytes((samples / name).read_bytes())
        answer = civic_assets(
            "refresh", "--profile", "local", "--inputs", given, "--store", store, "--json", "--quiet",
            env={"OPENLINEAGE_URL": address, "CIVIC_SITE": "later"},
        )  # fmt: skip
        assert answer.code == 0, answer.err
        jobs = [event["job"]["name"] for event in handler.received]
        assert sorted(jobs) == sorted(
            [
                "publish",
                *(f"{layer}.ons_csp" for layer in ("receive", "raw", "validated", "harmonised", "check")),
            ]
        ), f"only what is new after file {number}"
        handler.received.clear()
    handler.answer = 503
    (given / names[0]).unlink()
    name = "synthetic-csp-tables-2022-09.xlsx"
    (given / name).write_bytes((samples / name).read_bytes())
    answer = civic_assets(
        "refresh", "--profile", "local", "--inputs", given, "--store", store, "--json",
        env={"OPENLINEAGE_URL": address, "CIVIC_SITE": "later"},
    )  # fmt: skip
    assert answer.code == 0, answer.err
    assert "No OpenLineage event was sent" in answer.err


@pytest.mark.parametrize(
    ("given", "env", "said"),
    [
        ([], {}, "--out FILE, --send"),
        (["--send"], {}, "OPENLINEAGE_URL"),
        (["--out", "e.jsonl", "--publication", "9"], {}, "no publication 9"),
        (["--out", "/proc/none/e.jsonl"], {}, "cannot be written"),
    ],
)
def test_misuse_ends_in_a_sentence(
    sample_refresh: Refreshed, given: list[str], env: dict[str, str], said: str
) -> None:
    answer = civic_assets("lineage", "--store", sample_refresh.store, *given, env=env)
    assert answer.code == 2
    assert said in answer.err
