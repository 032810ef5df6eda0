"""Searches with what must come first, and the same search in JavaScript.

Belongs here: lists of searches that several tests use, and running the browser's search in node. Does not belong here:
any expectation about more than the first results.
"""

from __future__ import annotations

import json
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import civic_assets.publish.site
from civic_assets.publish.site.find.index_file import FIGURES_FILE, INDEX_FILE

ASSETS = Path(civic_assets.publish.site.__file__).parent / "assets"
LUNR = ASSETS / "vendor" / "lunr-2.3.9.min.js"


@dataclass(frozen=True)
class Expected:
    """A search, and the kind and id of its first results; `*` at the end of an id stands for anything."""

    words: str
    first: tuple[str, ...]

    def holds(self, results: list[Any]) -> bool:
        """Whether the first results are these."""
        found = [f"{one.kind} {one.id}" for one in results[: len(self.first)]]
        return len(found) == len(self.first) and all(
            one.startswith(wanted.removesuffix("*")) if wanted.endswith("*") else one == wanted
            for one, wanted in zip(found, self.first, strict=True)
        )


def _expected(*listed: tuple[str, ...]) -> list[Expected]:
    return [Expected(words, tuple(first)) for words, *first in listed]


ON_THE_SAMPLE = _expected(
    ("mugging", "word mugging", "measure robbery", "measure theft_from_the_person"),
    ("MUGGED", "word mugging", "measure robbery"),
    ("pickpocket", "word pickpocketing", "measure theft_from_the_person"),
    ("break in", "word break_in", "measure burglary"),
    ("break-in", "word break_in", "measure burglary"),
    ("kids in care", "word care"),
    ("stop and search", "not_held stop_and_search"),
    ("Stop & Search", "not_held stop_and_search"),
    ("stop and serch", "not_held stop_and_search"),
    ("ambulance call-outs", "not_held ambulance"),
    ("hospital admissions", "not_held hospital_admissions"),
    ("hate crime", "not_held hate_crime", "measure public_order_offences"),
    ("domestic violence", "not_held domestic_abuse"),
    ("housing", "not_held housing"),
    ("homeless", "not_held homelessness"),
    ("truancy", "not_held absence"),
    ("gcse", "not_held attainment"),
    ("Islington", "area E09000019", "area E22000204"),
    ("Ilsington", "area E09000019"),
    ("islingtn", "area E09000019"),
    ("Islington council", "area E09000019"),
    ("Islington CSP", "area E22000204"),
    ("E09000019", "area E09000019"),
    ("e0900001", "area E09000010", "area E09000011"),
    ("E22000204", "area E22000204"),
    ("the Met", "area E23000001"),
    ("Mid Bedfordshire", "area E07000001"),
    ("Shepway", "area E07000112"),
    ("burglary", "measure burglary"),
    ("burglery", "measure burglary"),
    ("burglaries", "measure burglary"),
    ("crime", "measure total_recorded_crime"),
    ("burglary islington", "figure E09000019 burglary *"),
    ("burglary in Islington", "figure E09000019 burglary *"),
    ("how many burglaries were there in hackney?", "figure E09000012 burglary *"),
    ("mugging camden", "figure E09000007 robbery *", "figure E09000007 theft_from_the_person *"),
    ("robbery Islington Hackney", "figure E09000019 robbery *", "figure E09000012 robbery *"),
    ("N7", "postcode N7"),
    ("n7 6ab", "postcode N7 6AB"),
    ("SW1A", "postcode SW1A"),
    ("V-12", "check V-12"),
    ("v12", "check V-12"),
    ("ons_csp", "source ons_csp"),
    ("NEET", "word neets"),
    ("release calendar", "word page_due"),
    ("when is the next release due?", "word page_due"),
    ("what is held back", "word page_held_back"),
)

ON_REAL_FILES = _expected(
    ("knife crime Islington", "figure E09000019 knife_crime *"),
    ("30,201", "figure E09000019 total_recorded_crime *"),
    ("30201", "figure E09000019 total_recorded_crime *"),
    ("30 201", "figure E09000019 total_recorded_crime *"),
    ("where does 30,201 come from", "figure E09000019 total_recorded_crime *"),
    ("137.0 Islington", "figure E09000019 total_recorded_crime *"),
    ("Holloway", "area E05013706", "area E05000375"),
    ("Highbury West", "area E05000373"),
    ("burglary Holloway", "figure E05013706 burglary *", "figure E05000375 burglary *"),
    ("suspensions in Hackney beside London", "figure E09000012 suspensions *", "figure E12000007 suspensions *"),
    ("kids in care", "word care", "measure children_looked_after"),
    ("kids in care Islington", "figure E09000019 children_looked_after *"),
    ("theft from the person camden 2023", "figure E09000007 theft_from_the_person year ending December 2023*"),
    ("population westminster", "figure E09000033 population *"),
    ("knife crime London", "figure E12000007 knife_crime *"),
    ("gun crime", "word gun_crime", "measure firearm_offences"),
    ("uasc", "word refugee_children", "measure uasc_looked_after"),
    ("what changed in the last Met issue", "word page_new", "area E23000001", "word issue", "word method_changed"),
)  # fmt: skip

ODD = (
    "", " ", "a", "e", "Z", "1", "30", "2024", "???", "...", "'", '"', "\\", "'; DROP TABLE x;--", "<script>", "%", "*",
    "~1", "burglary~2", "+islington -hackney", "title:burglary", "^", "\u2028", "\x00", "İslington", "ﬁre", "½",
    "a b c d e f g h i j k l m n o p q r s t u v w x y z", "x" * 2000, "1,2,3", "1.2.3", "-5", "1e9", "٣٠٢٠١",
    "🔪 crime",
    "the", "who what where", "not held", "constructor", "__proto__", "toString",
)  # fmt: skip
"""One letter, odd characters, and words that mean something to a program."""

_PROGRAM = """
const fs = require("fs"), vm = require("vm");
const [asked, ...files] = JSON.parse(fs.readFileSync(0, "utf8"));
const context = vm.createContext({asked});
for (const file of files) vm.runInContext(fs.readFileSync(file, "utf8"), context, {filename: file});
console.log(vm.runInContext(
  `const made = new civicFind.Search(civicFindIndex, civicFindFigures);
   JSON.stringify(asked.map(one => made.find(one)))`,
  context));
"""


def in_javascript(site: Path, node: str, searches: list[str]) -> list[dict[str, Any]]:
    """What the browser's search finds: results and unmatched words, for each search."""
    files = [LUNR, ASSETS / "find-ranking.js", site / INDEX_FILE, site / FIGURES_FILE]
    done = subprocess.run(
        [node, "-e", _PROGRAM],
        input=json.dumps([searches, *map(str, files)]),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=True,
    )
    found: list[dict[str, Any]] = json.loads(done.stdout)
    return found
