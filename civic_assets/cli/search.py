"""The command `search`: finds areas, measures, figures, sources, checks and words.

Belongs here: its arguments, the call, and printing of the results. Does not belong here: the search
(`civic_assets.publish.site.find`).
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING

from civic_assets.cli.command import HELD_BACK, OK, add_json, add_store, new_command
from civic_assets.cli.shared.output import print_json

if TYPE_CHECKING:
    from civic_assets.answers.search import SearchAnswer, SearchResult
    from civic_assets.cli.command import Commands

# The code of a command that worked and whose answer is not the one that was hoped for.
NOTHING_FOUND = HELD_BACK

_KINDS: Mapping[str, tuple[str, str]] = {
    "figure": ("Figure", "Figures"),
    "area": ("Area", "Areas"),
    "measure": ("Measure", "Measures"),
    "theme": ("Theme", "Themes"),
    "word": ("Word", "Words"),
    "not_held": ("Not held here", "Not held here"),
    "postcode": ("Postcode", "Postcodes"),
    "source": ("Source", "Sources"),
    "check": ("Check", "Checks"),
}
"""Headings: one result, several."""


def add(commands: Commands) -> None:
    """Add the command to the command line."""
    command = new_command(
        commands,
        "search",
        _run,
        "find areas, measures, figures, sources, checks and words, in the words that people use",
        "  civic-assets search knife crime Islington\n"
        "  civic-assets search 30,201                  (where a number comes from)\n"
        "  civic-assets search mugging                 (what it is counted as)\n"
        "  civic-assets search stop and search         (who has it, if no source here does)\n"
        "  civic-assets search E09000019 --json\n\n"
        "It is the search of the site, and finds the same in the same order. Typing errors are forgiven.\n\n"
        "exit codes: 0 something was found, 1 nothing was found, 2 wrong usage, or nothing is published",
    )
    command.add_argument("words", nargs="+", metavar="WORDS", help="words, a code, a postcode or a number")
    command.add_argument(
        "--limit", type=int, default=10, metavar="N", help="results of each kind to print (default: 10)"
    )
    add_store(command)
    add_json(command)


def _run(arguments: argparse.Namespace) -> int:
    from civic_assets.errors import UsageError
    from civic_assets.layers.store import Store
    from civic_assets.publish.site.find.asked import search

    if arguments.limit < 1:
        raise UsageError("--limit must be at least 1.")
    store = Store.existing(arguments.store)
    store.require_content()
    found = search(store, " ".join(arguments.words))
    if arguments.json:
        print_json(found)
    else:
        print_found(found, arguments.limit)
    return OK if found.results else NOTHING_FOUND


def print_found(found: SearchAnswer, limit: int) -> None:
    """Print results by kind, the kind of the best match first, and what nothing here has."""
    kinds = list(dict.fromkeys(one.kind for one in found.results))
    for kind in kinds:
        results = [one for one in found.results if one.kind == kind]
        print(_KINDS[kind][len(results) > 1])
        for one in results[:limit]:
            _print_result(one)
        if len(results) > limit:
            print(f"  and {len(results) - limit:,} more; print them with --limit {len(results)}")
        print()
    if found.unmatched:
        words = " or ".join(repr(word) for word in found.unmatched)
        print(f"Nothing here has the word {words}.")
    if not found.results:
        print("Nothing was found. Try another word, the name of a place, or a measure such as burglary.")
    else:
        print(f"The same in the site: {found.site}/{found.permalink}")


def _print_result(one: SearchResult) -> None:
    called = f" (found as {one.called!r})" if one.called else ""
    print(f"  {one.title}{called}")
    if one.detail:
        print(f"      {one.detail}")
    for words, address in (("page", one.address), ("cell", one.evidence)):
        if address:
            print(f"      {words}: {address}")
