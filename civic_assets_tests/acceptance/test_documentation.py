"""The pages in docs/: commands print what the pages say, examples run, links lead somewhere.

Belongs here: pages that quote commands, SQL or Python, pages made from the program, and links of all Markdown files.
Does not belong here: the example source (`test_adding_a_source`) and pages about frames (`test_frames`).
"""

from __future__ import annotations

import doctest
import os
import re
import shlex
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pytest
import yaml

from civic_assets.contracts.corrections import load_corrections
from civic_assets.contracts.load import contracts_folder
from civic_assets_tests.paths import PROJECT
from tools import check_site, command_line_page

pytestmark = pytest.mark.usefixtures("site_now")

DOCS = PROJECT / "docs"
TUTORIAL = "start/first-figures.md"
_FLAGS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def blocks(page: str, language: str) -> list[str]:
    """Fenced blocks of a page in one language."""
    text = (DOCS / page).read_text(encoding="utf-8")
    found = re.findall(rf"^```{language}\n(.*?)^```$", text, flags=re.MULTILINE | re.DOTALL)
    assert found, f"{page} has no block of {language}"
    return found


def commands(page: str) -> Iterator[tuple[str, str]]:
    """Commands of a page and what it says that they print."""
    for block in blocks(page, "console"):
        for entry in re.split(r"^\$ ", block, flags=re.MULTILINE)[1:]:
            command, _, printed = entry.replace("\\\n", "").partition("\n")
            yield command, printed


@dataclass(frozen=True)
class Desk:
    """A reader's desk: commands on the path, and the store that the first command of the tutorial made."""

    folder: Path
    first: str
    printed: str

    def run(self, command: str) -> str:
        """What a command prints, on both streams."""
        return self.printed if command == self.first else _run(self.folder, command)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Desk:
    folder = tmp_path_factory.mktemp("reader")
    # `make refresh` runs this line of the Makefile in an environment that is set up; here that is the tests' own.
    assert "\t@$(BIN)/civic-assets refresh $(REFRESH_ARGS)" in (PROJECT / "Makefile").read_text(
        encoding="utf-8"
    )
    for name in ("civic-assets", "make"):
        file = folder / name
        file.write_text(f'#!/bin/sh\nexec {shlex.quote(sys.executable)} -m civic_assets.cli "$@"\n')
        file.chmod(0o755)
    first, _ = next(commands(TUTORIAL))
    assert first == "make refresh"
    return Desk(folder, first, _run(folder, first))


def _run(folder: Path, command: str) -> str:
    environment = {
        **os.environ,
        "PATH": f"{folder}{os.pathsep}{os.environ['PATH']}",
        "PYTHONPATH": str(PROJECT),
        "CIVIC_STORE": str(folder / "store"),
    }
    return subprocess.run(
        ["bash", "-c", command],
        env=environment,
        cwd=PROJECT,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    ).stdout


@pytest.mark.parametrize("page", [TUTORIAL, "how-to/trace-a-figure.md", "how-to/compare-two-years.md"])
def test_commands_print_what_the_page_says(desk: Desk, page: str) -> None:
    checker, run = doctest.OutputChecker(), 0
    for command, printed in commands(page):
        got = desk.run(command)
        assert checker.check_output(printed, got, _FLAGS), f"{page}: $ {command}\n{got}"
        run += 1
    assert run >= 2


@pytest.mark.parametrize("page", [TUTORIAL, "how-to/query-the-figures.md"])
def test_python_of_the_page_runs(
    desk: Desk, page: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("CIVIC_STORE", str(desk.folder / "store"))
    monkeypatch.chdir(tmp_path)
    names = {"file": str(desk.folder / "store" / "civic.duckdb")}
    examples = doctest.DocTestParser().get_doctest("\n".join(blocks(page, "python")), names, page, page, 0)
    assert len(examples.examples) >= 3
    wrong: list[str] = []
    doctest.DocTestRunner(optionflags=_FLAGS).run(examples, out=wrong.append)
    assert wrong == [], "".join(wrong)


@pytest.mark.parametrize("page", ["how-to/query-the-figures.md", "how-to/compare-two-years.md"])
def test_sql_of_the_page_gives_rows(
    desk: Desk, page: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    with duckdb.connect(str(desk.folder / "store" / "civic.duckdb"), read_only=True) as connection:
        for statement in blocks(page, "sql"):
            assert connection.execute(statement).fetchall(), statement
    for file in tmp_path.glob("*.csv"):
        assert len(file.read_text(encoding="utf-8").splitlines()) > 100


def test_correction_of_the_page_is_a_whole_decision(tmp_path: Path) -> None:
    (text,) = (block for block in blocks("how-to/decide-on-a-figure.md", "yaml") if "corrected:" in block)
    (tmp_path / "corrections").mkdir()
    (tmp_path / "corrections" / f"{yaml.safe_load(text)['id']}.yaml").write_text(text, encoding="utf-8")
    (one,) = load_corrections([contracts_folder(), tmp_path])
    assert (one.source, one.locator, one.expect, one.corrected) == (
        "gla_report", "L24:Data year ending December 2020", "1208", 2108.0,
    )  # fmt: skip


def test_page_of_the_command_line_is_what_help_prints() -> None:
    printed = command_line_page.page()
    assert len(command_line_page.commands()) >= 8
    # Later versions of Python break the line of usage elsewhere.
    assert command_line_page.PAGE.read_text(encoding="utf-8").split() == printed.split(), (
        "run: python tools/command_line_page.py"
    )


def test_every_page_says_who_it_is_for() -> None:
    for page in sorted([*(DOCS / "start").glob("*.md"), *(DOCS / "how-to").glob("*.md")]):
        first = page.read_text(encoding="utf-8").split("\n\n")[1]
        assert re.match(r"(For|People|This page|A source)\b", first), f"{page.name} begins with: {first}"


def _anchor(heading: str) -> str:
    """The anchor that code hosts and the generator give a heading."""
    return re.sub(r"[^\w\- ]", "", re.sub(r"\]\([^)]*\)", "", heading).lower()).strip().replace(" ", "-")


def _anchors(page: Path) -> set[str]:
    return {
        _anchor(match[1])
        for match in re.finditer(r"^#{1,5} (.+)$", page.read_text(encoding="utf-8"), flags=re.MULTILINE)
    }


def test_links_of_every_markdown_file_lead_somewhere() -> None:
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"],
        cwd=PROJECT, capture_output=True, text=True, check=True,
    )  # fmt: skip
    checked = 0
    for name in listed.stdout.split():
        page = PROJECT / name
        text = re.sub(
            r"^```.*?^```$|`[^`\n]*`", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL
        )
        for target, fragment in re.findall(r"\]\((?!\w+:)([^)#\s]*)(?:#([^)\s]*))?\)", text):
            there = (page.parent / target).resolve() if target else page
            assert there.exists(), f"{name}: {target} is not there"
            assert not fragment or there.suffix != ".md" or fragment in _anchors(there), (
                f"{name}: {target}#{fragment}"
            )
            checked += 1
    assert checked > 100


def test_site_checker_names_what_is_loaded_from_elsewhere_and_dead_links(tmp_path: Path) -> None:
    (tmp_path / "style.css").write_text("@import url(//fonts.example/a.css); a { background: url(here.png) }")
    (tmp_path / "other.html").write_text('<h1 id="here">Here</h1>')
    (tmp_path / "page.html").write_text(
        textwrap.dedent("""\
        <link rel="stylesheet" href="style.css"><script src="https://cdn.example/x.js"></script><img src="gone.png">
        <a href="https://www.ons.gov.uk/">may be followed</a> <a href="other.html#here">is there</a>
        <a href="other.html#gone">no heading</a> <a href="missing.html">no page</a> <a href="#top">no anchor</a>
        """)
    )
    found = "\n".join(check_site.faults(tmp_path))
    for fault in (
        "cdn.example/x.js from elsewhere",
        "gone.png, which is not there",
        "other.html#gone leads to a heading",
        "missing.html leads to a file",
        "#top leads to a heading",
        "fonts.example/a.css from elsewhere",
    ):
        assert fault in found, found
    assert len(found.splitlines()) == 6
    assert check_site.main([str(tmp_path)]) == 1
