"""An evidence pack is the same bytes wherever and whenever it is made, and holds what somebody needs without us."""

from __future__ import annotations

import hashlib
import json
import re
import shutil
import subprocess
import zipfile
from html import unescape
from pathlib import Path
from urllib.parse import unquote

import duckdb
import openpyxl
import pytest

from civic_assets.contracts.folders import contracts_folder
from civic_assets.inputs.samples.ons_csp import write_sample_inputs
from civic_assets_tests import workbook_defects
from civic_assets_tests.acceptance.commands import Answer, civic_assets
from civic_assets_tests.evidence.conftest import BURGLARY
from civic_assets_tests.shared_stores import Refreshed

CURRENT = ("number of police recorded crimes", "December 2022")
PREVIOUS = ("number of police recorded crimes", "December 2021")
_LINK = re.compile(r'href="([^"]+)"')


def test_every_file_has_the_hash_that_the_list_says(unpacked: Path, packed: tuple[Answer, Path]) -> None:
    lines = (unpacked / "SHA256SUMS").read_text().splitlines()
    sums = {name: sha256 for sha256, _, name in (line.partition("  ") for line in lines)}
    files = {file.relative_to(unpacked).as_posix() for file in unpacked.rglob("*") if file.is_file()}
    assert {*sums} == files - {"SHA256SUMS"}
    for name, sha256 in sums.items():
        assert hashlib.sha256((unpacked / name).read_bytes()).hexdigest() == sha256
    answer = packed[0].json
    assert answer["files"] == len(files)
    assert answer["sha256"] == hashlib.sha256(packed[1].read_bytes()).hexdigest()
    assert answer["bytes"] == packed[1].stat().st_size


def test_inputs_are_the_archived_files(unpacked: Path, sample_refresh: Refreshed) -> None:
    inputs = json.loads((unpacked / "inputs.json").read_text())
    archive = sample_refresh.store / "archive"
    assert {one["sha256"] for one in inputs} == {
        file.name for file in archive.iterdir() if len(file.name) == 64
    }
    for one in inputs:
        assert (unpacked / one["path"]).read_bytes() == (archive / one["sha256"]).read_bytes()
        assert one["path"].endswith(one["file_name"])
    assert (unpacked / "receipts.jsonl").read_bytes() == (archive / "manifest.jsonl").read_bytes()


def test_hash_of_the_publication_is_that_of_its_content(unpacked: Path) -> None:
    """As README.txt says that anybody can compute it."""
    manifest = json.loads((unpacked / "publications" / "1.json").read_text())
    text = json.dumps(manifest["content"], sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    assert hashlib.sha256(text.encode()).hexdigest() == manifest["hash"]
    assert manifest["hash"] in (unpacked / "README.txt").read_text()
    libraries = json.loads((unpacked / "libraries.json").read_text())
    assert libraries == manifest["libraries"]
    assert libraries["duckdb"] == duckdb.__version__


def test_contracts_are_those_of_the_publication(unpacked: Path) -> None:
    manifest = json.loads((unpacked / "publications" / "1.json").read_text())
    for source, sha256 in manifest["content"]["contracts"].items():
        file = unpacked / "data_contracts" / f"{source}.odcs.yaml"
        assert hashlib.sha256(file.read_bytes()).hexdigest() == sha256
    vocabularies = {
        file.name for file in (contracts_folder() / "vocabularies").iterdir() if file.suffix == ".yaml"
    }
    assert vocabularies == {file.name for file in (unpacked / "data_contracts" / "vocabularies").iterdir()}


def test_tables_hold_what_the_read_model_holds(unpacked: Path, sample_refresh: Refreshed) -> None:
    database = sample_refresh.store / "civic.duckdb"
    files = sorted((unpacked / "tables" / "parquet").glob("*.parquet"))
    assert {file.stem for file in files} >= {"quality_findings", "harmonised_observations", "quality_waivers"}
    with duckdb.connect(str(database), read_only=True) as connection:
        for file in files:
            table = file.stem.replace("_", ".", 1)
            there = f"SELECT COLUMNS(*) FROM read_parquet('{file}')"
            here = f"SELECT * FROM {table}"
            for one, other in ((here, there), (there, here)):
                (left,) = connection.execute(
                    f"SELECT count(*) FROM ({one} EXCEPT ALL {other})"
                ).fetchone() or (-1,)
                assert left == 0, table


def test_burglary_of_islington_leads_to_its_cell(unpacked: Path) -> None:
    """By the links of the pages alone, as a person in a browser follows them."""
    index = (unpacked / "index.html").read_text()
    row = next(line for line in index.splitlines() if ">Burglary<" in line and ">ons_csp 2022-12" in line)
    page = unpacked / unquote(_LINK.findall(row)[0])
    text = page.read_text()
    workbook = next(link for link in _LINK.findall(text) if link.endswith(".xlsx"))
    (cell,) = re.findall(r"<dt>Cell</dt><dd>([^<]+)</dd>", text)
    sheet, _, place = unescape(cell).rpartition("!")
    book = openpyxl.load_workbook((page.parent / unquote(workbook)).resolve(), data_only=True)
    value = book[sheet][place].value
    assert f"<strong>{value:,}</strong>" in text
    assert f'<td class="accused">{value}<span class="mark">' in text
    assert "SYNTHETIC SAMPLE DATA" in text


def test_every_link_leads_to_a_file_of_the_pack(unpacked: Path) -> None:
    pages = [unpacked / "index.html", *(unpacked / "figures").glob("*.html")]
    assert len(pages) > 20
    for page in pages:
        for link in _LINK.findall(page.read_text()):
            path = unquote(unescape(link)).partition("#")[0]
            assert not path or (page.parent / path).resolve().is_file(), (page.name, link)
            assert "://" not in link


def test_chain_for_programs_names_files_of_the_pack(unpacked: Path) -> None:
    files = [file for file in (unpacked / "figures").glob("*.json") if not file.name.endswith(".prov.json")]
    assert len(files) > 20
    for file in files:
        chain = json.loads(file.read_text())
        archived = unpacked / chain["file"]["archived_at"]
        assert hashlib.sha256(archived.read_bytes()).hexdigest() == chain["file"]["sha256"]
        assert chain["read_again"]["same"] is True


def test_figures_that_are_asked_for_are_followed(sample_refresh: Refreshed, tmp_path: Path) -> None:
    answer = civic_assets(
        "evidence", "--store", sample_refresh.store, "--figure", BURGLARY, "--out", tmp_path, "--json", "--quiet"
    )  # fmt: skip
    assert answer.code == 0, answer.err
    assert answer.json["followed"] == [f"{BURGLARY}@2022-12"]
    with zipfile.ZipFile(tmp_path / "evidence-1.zip") as pack:
        assert len([name for name in pack.namelist() if name.startswith("figures/")]) == 4


def test_newest_figures_of_an_area_are_followed(sample_refresh: Refreshed, tmp_path: Path) -> None:
    file = tmp_path / "e.zip"
    given = ("--store", sample_refresh.store, "--area", "Hackney", "--out", file, "--json", "--quiet")
    answer = civic_assets("evidence", *given)
    assert answer.code == 0, answer.err
    followed = answer.json["followed"]
    assert {name.split(":")[2] for name in followed} == {"E09000012"}
    assert "ons_csp:burglary:E09000012:2022-01-01/2023-01-01@2022-12" in followed
    assert not [name for name in followed if "2022-01-01@" in name], "only the newest period"
    with zipfile.ZipFile(file) as pack:
        assert b"Hackney" in pack.read("index.html")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (["--area", "Nowhere"], "Nowhere"),
        (["--figure", "ons_csp:burglary:E09000019:1999"], "1999"),
        (["--figure", "no figure"], "no figure"),
        (["--publication", "7"], "no publication 7"),
    ],
)
def test_what_is_not_there_ends_in_a_sentence_and_leaves_no_file(
    sample_refresh: Refreshed, tmp_path: Path, given: list[str], said: str
) -> None:
    answer = civic_assets("evidence", "--store", sample_refresh.store, "--out", tmp_path / "e.zip", *given)
    assert answer.code == 2
    assert said in answer.err
    assert list(tmp_path.iterdir()) == []


def test_file_that_is_there_stays_unless_it_is_to_be_replaced(
    sample_refresh: Refreshed, tmp_path: Path
) -> None:
    file = tmp_path / "mine.zip"
    file.write_bytes(b"mine")
    given = ("--store", sample_refresh.store, "--figure", BURGLARY, "--out", file, "--quiet")
    refused = civic_assets("evidence", *given)
    assert refused.code == 2 and "--force" in refused.err
    assert file.read_bytes() == b"mine"
    assert civic_assets("evidence", *given, "--force").code == 0
    assert zipfile.is_zipfile(file)


def _bytes(store: Path, out: Path, figure: str) -> bytes:
    answer = civic_assets("evidence", "--store", store, "--figure", figure, "--out", out, "--quiet")
    assert answer.code == 0, answer.err
    return out.read_bytes()


def _refreshed(store: Path, folder: Path) -> Answer:
    return civic_assets(
        "refresh", "--profile", "local", "--inputs", folder, "--store", store, "--json", "--quiet",
        env={"CIVIC_SITE": "later"},
    )  # fmt: skip


def test_pack_is_the_same_after_a_file_was_held_back_and_in_another_folder(tmp_path: Path) -> None:
    """The read model then says that a file is held back; the publication is as it was."""
    given, samples, store = tmp_path / "given", tmp_path / "samples", tmp_path / "store"
    given.mkdir()
    samples.mkdir()
    write_sample_inputs(samples)
    shutil.copy(samples / "synthetic-csp-tables-2022-06.xlsx", given)
    assert _refreshed(store, given).code == 0
    figure = "ons_csp:burglary:E09000019:2021-07-01/2022-07-01"
    first = _bytes(store, tmp_path / "first.zip", figure)
    copy = shutil.copytree(store, tmp_path / "elsewhere" / "copy")
    assert _bytes(copy, tmp_path / "second.zip", figure) == first

    workbook_defects.swap_title_years(
        samples / "synthetic-csp-tables-2022-12.xlsx", given / "b.xlsx", CURRENT, PREVIOUS
    )
    held = _refreshed(copy, given)
    assert held.code == 1, held.out
    assert not (copy / "publications" / "2.json").exists()
    assert not (copy / "past").exists()
    assert _bytes(copy, tmp_path / "third.zip", figure) == first
    assert (copy / "past" / "1").is_dir(), "it was made again"


def test_pack_of_a_damaged_archive_is_refused(sample_refresh: Refreshed, tmp_path: Path) -> None:
    copy = shutil.copytree(sample_refresh.store, tmp_path / "copy")
    file = next(file for file in sorted((copy / "archive").iterdir()) if len(file.name) == 64)
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.chmod(0o644)
    file.write_bytes(content)
    answer = civic_assets("evidence", "--store", copy, "--figure", BURGLARY, "--out", tmp_path / "e.zip")
    assert answer.code == 2
    assert "damaged" in answer.err
    assert not (tmp_path / "e.zip").exists()


def test_signature_is_checked_by_a_standard_tool(packed: tuple[Answer, Path], tmp_path: Path) -> None:
    """The commands of the page docs/how-to/give-evidence.md."""
    if shutil.which("ssh-keygen") is None:
        pytest.skip("ssh-keygen is not installed")
    file, key = shutil.copy(packed[1], tmp_path / "pack.zip"), tmp_path / "key"
    subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", key], check=True)
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-n", "civic-evidence", "-f", key, file], check=True)
    public = key.with_suffix(".pub").read_text().split()
    signers = tmp_path / "allowed_signers"
    signers.write_text(f'publisher namespaces="civic-evidence" {public[0]} {public[1]}\n')
    verify = [
        "ssh-keygen", "-Y", "verify", "-f", str(signers), "-I", "publisher", "-n", "civic-evidence",
        "-s", f"{file}.sig",
    ]  # fmt: skip
    assert (
        subprocess.run(verify, check=False, input=Path(file).read_bytes(), capture_output=True).returncode
        == 0
    )
    changed = Path(file).read_bytes()[:-1] + b"x"
    assert subprocess.run(verify, check=False, input=changed, capture_output=True).returncode != 0
