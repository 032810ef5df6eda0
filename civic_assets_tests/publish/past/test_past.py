"""Past publications come out again from the archive alone, and what changed between two is what plain SQL says."""

from __future__ import annotations

import csv
import json
import shutil
from collections import Counter
from pathlib import Path
from typing import Any

import duckdb
import pytest

from civic_assets.contracts.load import load_contracts
from civic_assets.errors import UsageError
from civic_assets.house_numbers.display import CHANGED_FIGURES_ON_A_PAGE
from civic_assets.inputs.report import REPORT_TABLES
from civic_assets.inputs.samples.ons_csp import EDITIONS
from civic_assets.inputs.samples.workbook import workbook_bytes
from civic_assets.layers.store import Store
from civic_assets.publish.figure_changes import figure_changes
from civic_assets.publish.past import as_of
from civic_assets.publish.publication import LATEST
from civic_assets.publish.rebuild import rebuild
from civic_assets.publish.table_contents import TableContents, contents_of, differences
from civic_assets.quality.expectations.suites import load_suites
from civic_assets.tables.sealed import sealed
from civic_assets_tests.acceptance.commands import civic_assets
from civic_assets_tests.parsing.damaged_files import fixtures
from civic_assets_tests.publish.report.stores import add

FIRST, SECOND = "synthetic-csp-tables-2021-12.xlsx", "synthetic-csp-tables-2022-12.xlsx"


def _given(root: Path, name: str, files: dict[str, bytes]) -> Path:
    folder = root / name
    folder.mkdir()
    for file, content in files.items():
        (folder / file).write_bytes(content)
    return folder


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """Three publications: a workbook, then the report, then a newer workbook."""
    root = tmp_path_factory.mktemp("past")
    made = Store(root / "store")
    add(made, _given(root, "one", {FIRST: workbook_bytes(EDITIONS[FIRST])}))
    add(made, _given(root, "two", {"report.csv": REPORT_TABLES.read_bytes()}))
    add(made, _given(root, "three", {SECOND: workbook_bytes(EDITIONS[SECOND])}))
    return made


@pytest.fixture(scope="module")
def alone(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Store:
    """The archive and the manifests of the store, and nothing else."""
    root = tmp_path_factory.mktemp("alone") / "store"
    for name in ("archive", "publications"):
        shutil.copytree(store.root / name, root / name)
    return Store(root)


@pytest.fixture(scope="module")
def again(alone: Store, tmp_path_factory: pytest.TempPathFactory) -> dict[int, Store]:
    """Each publication, made again from the archive alone."""
    root, found = tmp_path_factory.mktemp("again"), {}
    for number in (1, 2, 3):
        made = rebuild(alone, number, root / str(number), load_contracts())
        assert made.different == () and made.tables > 80, made.sentence
        assert made.hash == json.loads((alone.publications / f"{number}.json").read_bytes())["hash"]
        found[number] = made.store
    return found


def test_each_publication_comes_out_again_from_the_archive_alone(
    again: dict[int, Store], store: Store
) -> None:
    for number, one_made in again.items():
        assert {one.source for one in one_made.archive.receipts()} == (
            {"ons_csp"} if number == 1 else {"ons_csp", "gla_report"}
        )
        assert one_made.archive.verify() == []
        latest = (one_made.publications / LATEST).read_bytes()
        assert latest == (store.publications / f"{number}.json").read_bytes()
    with (
        duckdb.connect(str(again[3].database), read_only=True) as made,
        duckdb.connect(str(store.database), read_only=True) as published,
    ):
        assert differences(contents_of(made), contents_of(published)) == []


def test_content_of_a_table_is_its_rows_in_any_order(store: Store, tmp_path: Path) -> None:
    copy = tmp_path / "copy.duckdb"
    shutil.copy(store.database, copy)
    with duckdb.connect(str(copy)) as connection:
        before = contents_of(connection)
        connection.execute("CREATE TEMP TABLE kept AS SELECT * FROM catalogue.measures ORDER BY random()")
        connection.execute("DELETE FROM catalogue.measures")
        connection.execute("INSERT INTO catalogue.measures SELECT * FROM kept")
        assert differences(before, contents_of(connection)) == []
        connection.execute("INSERT INTO catalogue.measures SELECT * FROM kept LIMIT 1")
        assert differences(before, contents_of(connection)) == ["catalogue.measures"], (
            "a row twice is another content"
        )
        connection.execute("DELETE FROM catalogue.measures")
        connection.execute("INSERT INTO catalogue.measures SELECT * FROM kept")
        connection.execute(
            "UPDATE harmonised.observations SET value = value + 1 WHERE rowid = (SELECT min(rowid) FROM "
            "harmonised.observations WHERE value IS NOT NULL)"
        )
        connection.execute("ALTER TABLE quality.themes ADD COLUMN shoe INTEGER")
        suites = [one.id for suite in load_suites() for one in suite.expectations]
        for others, changed in ((False, ["harmonised.observations", "quality.themes"]), (True, None)):
            where = "NOT " if others else ""
            connection.execute(
                f"UPDATE quality.check_results SET message = message || '!' WHERE {where}list_contains(?, check_id)",
                [suites],
            )
            expected = changed or ["harmonised.observations", "quality.check_results", "quality.themes"]
            assert differences(before, contents_of(connection)) == expected, "suites judge later"
    other = TableContents("0.1", before.tables)
    with pytest.raises(ValueError, match="hashed by DuckDB"):
        differences(before, other)


_PLAIN = """SELECT (source, measure, area_code, breakdown, unit, statistic, period_start, period_end)::VARCHAR, value,
    status, quality FROM harmonised.latest"""


def _plain(before: Store, after: Store) -> Counter[str]:
    """Kinds of changes, found without the product's statement."""
    rows = []
    for one in (before, after):
        with duckdb.connect(str(one.database), read_only=True) as connection:
            found = connection.execute(_PLAIN).fetchall()
        rows.append({key: (value, status, quality) for key, value, status, quality in found})
        assert len(rows[-1]) == len(found)
    then, now = rows
    kinds = Counter[str]()
    kinds["new"], kinds["withdrawn"] = len(now.keys() - then.keys()), len(then.keys() - now.keys())
    for key in then.keys() & now.keys():
        old, new = then[key], now[key]
        if old == new:
            continue
        if new[1] == "suppressed" and old[1] != "suppressed":
            kinds["newly_suppressed"] += 1
        elif new[2] == "disputed" and old[2] != "disputed":
            kinds["newly_disputed"] += 1
        elif old[0] != new[0]:
            kinds["revised"] += 1
        else:
            kinds["reclassified"] += 1
    return +kinds


def test_changes_between_two_publications_are_those_of_plain_sql(
    again: dict[int, Store], tmp_path: Path
) -> None:
    seen = Counter[str]()
    for before, after in ((1, 2), (2, 3), (1, 3), (3, 1)):
        file = tmp_path / f"{before}-{after}.csv"
        changes = figure_changes(
            again[after], (before, again[before]), (after, again[after]), most=5, csv=file
        )
        found = Counter[str]()
        for one in changes.counts:
            found[one.kind] += one.figures
        assert found == _plain(again[before], again[after])
        with file.open(newline="", encoding="utf-8") as opened:
            assert Counter(row["kind"] for row in csv.DictReader(opened)) == found
        assert len(changes.figures) == min(5, sum(found.values()))
        seen += found
    assert seen["new"] > 1000 and seen["withdrawn"] > 1000


def test_changes_of_every_kind_are_told(again: dict[int, Store], tmp_path: Path) -> None:
    """Figures of a copy that are changed by hand, one in each way."""
    ways = {
        "revised": "value = value + 1",
        "newly_suppressed": "value = NULL, status = 'suppressed'",
        "newly_disputed": "quality = 'disputed'",
        "reclassified": "status = 'low_reliability'",
    }
    spoilt = Store(Path(shutil.copytree(again[1].root, tmp_path / "spoilt")))
    with duckdb.connect(str(spoilt.database)) as connection:
        rows = connection.execute(
            "SELECT rowid FROM harmonised.observations WHERE newest AND value IS NOT NULL AND status IS NULL AND "
            "quality = 'ok' ORDER BY rowid LIMIT 5"
        ).fetchall()
        for (row,), change in zip(rows, ways.values(), strict=False):
            connection.execute(f"UPDATE harmonised.observations SET {change} WHERE rowid = ?", [row])
        connection.execute("DELETE FROM harmonised.observations WHERE rowid = ?", [rows[4][0]])
    changes = figure_changes(spoilt, (1, again[1]), (2, spoilt), most=10)
    assert {one.kind: one.figures for one in changes.counts} == dict.fromkeys([*ways, "withdrawn"], 1)
    by_kind = {one.kind: one for one in changes.figures}
    assert by_kind["newly_suppressed"].value_before is not None
    assert by_kind["newly_suppressed"].value_after is None
    assert by_kind["withdrawn"].release_after is None and by_kind["withdrawn"].quality_after is None


def test_past_publication_is_made_once_and_kept(store: Store, again: dict[int, Store]) -> None:
    contracts = load_contracts()
    assert as_of(store, None, contracts) is store and as_of(store, 3, contracts) is store
    said: list[str] = []
    first = as_of(store, 1, contracts, said.append)
    assert first.root == store.root / "past" / "1" and said
    said.clear()
    assert as_of(store, 1, contracts, said.append).root == first.root and said == []
    # One that somebody has changed is made again.
    with duckdb.connect(str(first.database)) as connection:
        connection.execute("DELETE FROM harmonised.observations")
    assert as_of(store, 1, contracts, said.append).root == first.root and said
    with (
        duckdb.connect(str(first.database), read_only=True) as made,
        duckdb.connect(str(again[1].database), read_only=True) as expected,
    ):
        assert differences(contents_of(made), contents_of(expected)) == []


def _changed(alone: Store, tmp_path: Path) -> Store:
    return Store(Path(shutil.copytree(alone.root, tmp_path / "changed")))


def _manifest_with(store: Store, number: int, **changes: Any) -> None:
    file = store.publications / f"{number}.json"
    manifest = json.loads(file.read_bytes())
    manifest = {name: value for name, value in manifest.items() if name != "seal"}
    for name, value in changes.items():
        if name == "read_model":
            manifest[name] = value
        else:
            manifest["content"][name] = value
    file.write_bytes(sealed(json.dumps(manifest, indent=1, sort_keys=True, ensure_ascii=False) + "\n"))


def test_what_cannot_be_made_again_is_refused_with_what_to_do(alone: Store, tmp_path: Path) -> None:
    contracts, into = load_contracts(), tmp_path / "into"

    def refused(store: Store, number: int = 1, to: Path = into) -> str:
        with pytest.raises(UsageError) as error:
            rebuild(store, number, to, contracts)
        return str(error.value)

    assert "has no publication 9. It has those from 1 to 3." in refused(alone, 9)
    assert "is not empty" in refused(alone, to=alone.root)
    changed = _changed(alone, tmp_path)
    _manifest_with(changed, 1, code_version="another")
    assert "the program (code another; this is" in refused(changed)
    _manifest_with(changed, 2, contracts={"ons_csp": "0" * 64, "gla_report": "1" * 64}, vocabularies="2" * 64)
    said = refused(changed, 2)
    assert "the contracts of gla_report, ons_csp; the vocabularies" in said and "CIVIC_CONTRACTS" in said
    (changed.publications / "3.json").write_bytes(b"{")
    assert "3.json is damaged" in refused(changed, 3)
    assert not into.exists()


def test_damaged_archive_and_other_results_are_named(alone: Store, tmp_path: Path) -> None:
    contracts, into = load_contracts(), tmp_path / "into"
    changed = _changed(alone, tmp_path)
    [receipt, *_] = changed.archive.receipts()
    blob = changed.archive.path_of(receipt.sha256)
    content = blob.read_bytes()
    blob.chmod(0o644)
    blob.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
    with pytest.raises(UsageError, match="is damaged"):
        rebuild(changed, 1, into, contracts)
    blob.unlink()
    with pytest.raises(UsageError, match="cannot be read"):
        rebuild(changed, 1, into, contracts)
    blob.write_bytes(content)
    receipts = changed.archive.root / "manifest.jsonl"
    whole = receipts.read_bytes()
    for damaged, said in (
        (whole.replace(b'"size":', b'"Size":', 1), "Restore manifest.jsonl from a backup"),
        (b"{\n" + whole, "Restore manifest.jsonl from a backup"),
        (b"", "does not have the receipt"),
        (None, "is gone"),
    ):
        receipts.unlink()
        if damaged is not None:
            receipts.write_bytes(damaged)
        with pytest.raises(UsageError, match=said):
            rebuild(changed, 1, into, contracts)
    assert not into.exists()


def test_table_that_contains_something_else_is_named(alone: Store, tmp_path: Path) -> None:
    changed = _changed(alone, tmp_path)
    document = json.loads((alone.publications / "1.json").read_bytes())["read_model"]
    for one in document["tables"]:
        if one["table"] in ("catalogue.measures", "quality.themes"):
            one["hash"] = "0" * 64
    _manifest_with(changed, 1, read_model=document)
    with pytest.raises(UsageError) as error:
        as_of(changed, 1, load_contracts())
    said = str(error.value)
    assert "but catalogue.measures, quality.themes contain something else than was published" in said
    assert "It is not used" in said and not (changed.root / "past" / "1").exists()


def test_commands_ask_a_past_publication(store: Store, tmp_path: Path) -> None:
    file = tmp_path / "changes.csv"
    answer = civic_assets("diff", "1", "3", "--store", store.root, "--csv", file, "--quiet")
    assert answer.code == 0 and "new" in answer.out
    assert file.read_text(encoding="utf-8").startswith("kind,source,measure,area_code")
    figure = "ons_csp:burglary:E09000019:2021-01-01/2022-01-01"
    past = civic_assets("trace", figure, "--publication", "1", "--store", store.root, "--json").json
    now = civic_assets("trace", figure, "--store", store.root, "--json").json
    assert now["evidence_page"] and "evidence_page" not in past, "the pages are those of the last publication"
    assert past["figure"]["release"] == "2021-12" and now["figure"]["release"] != past["figure"]["release"]
    into = tmp_path / "again"
    made = civic_assets("rebuild", "--publication", "1", "--out", into, "--store", store.root, "--json").json
    assert made["different"] == [] and (into / "civic.duckdb").is_file()
    other = civic_assets("diff", "1", "9", "--store", store.root)
    assert other.code == 2 and "has no publication 9" in other.err


def test_page_of_changes_says_what_the_command_says(store: Store, tmp_path: Path) -> None:
    page = tmp_path / "changes.html"
    given = ("--store", store.root, "--json", "--quiet")
    plain = civic_assets("diff", "1", "3", "--most", "5000", *given)
    answer = civic_assets("diff", "1", "3", "--most", "7", "--page", page, *given)
    assert answer.code == 0, answer.err
    assert answer.json["page"] == str(page) and len(answer.json["figures"]) == 7
    text = page.read_text(encoding="utf-8")
    assert "SYNTHETIC SAMPLE DATA" in text and "ons_csp" in text
    for one in plain.json["counts"]:
        assert f'<td class="n">{one["figures"]:,}</td>' in text
    listed = text[text.index("<h2>The figures</h2>") :].count('<tr><th scope="row">')
    assert listed == min(CHANGED_FIGURES_ON_A_PAGE, len(plain.json["figures"])) > 100
    first = plain.json["figures"][0]
    assert f">{first['area_name']}<" in text and f"{first['value_after']:,.10g}" in text
    assert "http://" not in text and "https://" not in text and len(page.read_bytes()) < 330_000
    refused = civic_assets("diff", "1", "3", "--page", tmp_path / "none" / "x.html", "--store", store.root)
    assert refused.code == 2 and "is not a folder" in refused.err


@pytest.mark.exhaustive
def test_twenty_publications_come_out_again(tmp_path: Path) -> None:
    """Releases that are added one by one, with those of all sources that ship as fixtures."""
    store, contracts = Store(tmp_path / "store"), load_contracts()
    number = 0
    # A fixture that is held back makes no publication; the workbooks come first, so that there are enough.
    workbooks = [(name, workbook_bytes(edition)) for name, edition in EDITIONS.items()]
    small = [(f"{file.parent.name}-{file.name}", file.read_bytes()) for file in fixtures()]
    for name, content in [*workbooks, ("report.csv", REPORT_TABLES.read_bytes()), *small]:
        if number == 20:
            break
        add(store, _given(tmp_path, f"in-{name}", {name: content}))
        number = len([one for one in store.publications.glob("*.json") if one.stem.isdecimal()])
    assert number == 20
    made: dict[int, Store] = {}
    for one in range(1, 21):
        again = rebuild(store, one, tmp_path / f"again-{one}", contracts)
        assert again.different == (), again.sentence
        made[one] = again.store
    for before, after in ((1, 20), (5, 6), (19, 20), (20, 3), (10, 15)):
        found = figure_changes(store, (before, made[before]), (after, made[after]), most=0)
        counted = Counter[str]()
        for count in found.counts:
            counted[count.kind] += count.figures
        assert counted == _plain(made[before], made[after])
