"""The entries of the glossary: words, statuses, checks, biases with their indicators, and effects of notes.

Belongs here: putting them together, and the anchor of each. Does not belong here: the page (`section`), and the
meanings, which are in the vocabularies, the rules and the bias register.

A name can have two meanings: `designation` is an indicator of the bias register and an effect of notes. The first keeps
the anchor that `addresses.glossary_entry` gives, and leads to the others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any

from civic_assets.publish.read_model.connection import rows_of
from civic_assets.publish.report.links import CHECKS, anchor, check_anchor
from civic_assets.publish.site.addresses import GLOSSARY, glossary_entry
from civic_assets.publish.site.glossary.vocabulary import glossary, note_effects

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

_CHECKS = """SELECT DISTINCT check_id, name, layer, dimension, severity, scope, statement, cannot_tell
FROM catalogue.checks ORDER BY check_id, layer = 'published', layer, statement"""
_INDICATORS = """SELECT DISTINCT bias, indicator, check_id, could_be_wrong, method, cannot_tell
FROM quality.bias_register ORDER BY ALL"""
_ABOUT_BIASES = (
    "The seven biases that the GLA report of May 2023 names, and its three others, each followed by the indicators "
    "that show a sign of it in the data. An indicator describes a condition and accuses nobody."
)
LAYERS = {
    "raw": "a file as received",
    "validated": "one release",
    "harmonised": "figures that are used together",
    "published": "the published tables",
}
"""What a check of a layer is about."""


@dataclass(frozen=True, slots=True)
class Explained:
    """One entry.

    Args:
        section: Section of the page that it is in.
        name: Its name, from which its anchor is made.
        title: What it is called on the page.
        says: Its meaning: paragraphs, with names between backticks.
        also: Other names that lead to it.
        facts: Further facts: label, and words with the address that each leads to, or an empty one.
        anchor: Id of its element; empty until all entries are known.
        others: Addresses of other meanings of the name.
    """

    section: str
    name: str
    title: str
    says: tuple[str, ...]
    also: tuple[str, ...] = ()
    facts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...] = ()
    anchor: str = ""
    others: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class GlossarySection:
    """A part of the page under one heading."""

    id: str
    title: str
    about: str
    entries: tuple[Explained, ...]


def sections(connection: DuckDBPyConnection) -> Sequence[GlossarySection]:
    """Everything on the page, in its order.

    Args:
        connection: The read model.
    """
    known = glossary()
    headings = {f"words-{group}": (title, "") for group, title in known.groups.items()}
    headings["statuses"] = (
        "Statuses of figures",
        "Words that are printed instead of a figure or next to it. A figure that is not there is never shown as zero.",
    )
    headings["biases"] = (
        "Biases",
        _ABOUT_BIASES,
    )
    headings["checks"] = (
        "Checks",
        "Statements that figures should satisfy. Each says what it does not show, whatever its result.",
    )
    headings["effects"] = (
        "What publishers’ notes say",
        "Notes next to figures are sorted by what they say about them.",
    )
    entries = _with_anchors(
        [*_words(), *_statuses(), *_biases(connection), *_checks(connection), *_effects()]
    )
    return [
        GlossarySection(name, title, about, tuple(one for one in entries if one.section == name))
        for name, (title, about) in headings.items()
    ]


def shown(connection: DuckDBPyConnection) -> Sequence[Any]:
    """Everything of the read model that the page shows."""
    return [*rows_of(connection, _CHECKS), *rows_of(connection, _INDICATORS)]


def _words() -> Iterator[Explained]:
    for one in glossary().words:
        yield Explained(f"words-{one.group}", one.name, one.title, (one.means,), one.also)


def _statuses() -> Iterator[Explained]:
    for name, one in glossary().statuses.items():
        yield Explained("statuses", name, one.title, (one.means,))


def _biases(connection: DuckDBPyConnection) -> Iterator[Explained]:
    rows = rows_of(connection, _INDICATORS)
    for name, bias in glossary().biases.items():
        own = [row for row in rows if row["bias"] == name]
        listed = tuple((_plain(row["indicator"]), glossary_entry(row["indicator"])) for row in own)
        yield Explained(
            "biases", name, bias.title, (bias.means,), facts=(("Indicators", listed),) if listed else ()
        )
        for row in own:
            facts = [("Sign of", ((bias.title, glossary_entry(name)),)), ("Method", ((row["method"], ""),))]
            if row["check_id"]:
                facts.append(("Check", ((row["check_id"], glossary_entry(row["check_id"])),)))
            yield Explained(
                "biases", row["indicator"], _plain(row["indicator"]),
                (row["could_be_wrong"], row["cannot_tell"]), facts=tuple(facts),
            )  # fmt: skip


def _checks(connection: DuckDBPyConnection) -> Iterator[Explained]:
    for check, rows in groupby(rows_of(connection, _CHECKS), lambda row: str(row["check_id"])):
        forms = list(rows)
        kinds = dict.fromkeys((row["dimension"], row["severity"], row["scope"]) for row in forms)
        words = tuple((word, glossary_entry(word)) for kind in kinds for word in dict.fromkeys(kind))
        layers = tuple(
            (f"for {LAYERS.get(layer, layer)}", f"{CHECKS}#{check_anchor(check, layer)}")
            for layer in dict.fromkeys(row["layer"] for row in forms)
        )
        cannot = " ".join(dict.fromkeys(row["cannot_tell"] for row in forms if row["cannot_tell"]))
        yield Explained(
            "checks", check, f"{check} {forms[0]['name']}",
            tuple(dict.fromkeys(row["statement"] for row in forms if row["statement"])),
            facts=(
                *([("Does not show", ((cannot, ""),))] if cannot else []),
                ("Kind", tuple(dict.fromkeys(words))),
                ("Results", layers),
            ),
        )  # fmt: skip


def _effects() -> Iterator[Explained]:
    for name, means in note_effects().items():
        yield Explained("effects", name, _plain(name), (f"{means[:1].upper()}{means[1:]}.",))


def _with_anchors(entries: Sequence[Explained]) -> list[Explained]:
    taken: dict[str, int] = {}
    ids: list[str] = []
    for one in entries:
        own = anchor("word", one.name)
        taken[own] = taken.get(own, 0) + 1
        ids.append(own if taken[own] == 1 else f"{own}-{taken[own]}")
    return [
        replace(
            one,
            anchor=id,
            also=tuple(other for other in one.also if anchor("word", other) not in taken),
            others=tuple(
                f"{GLOSSARY}#{id}-{number}" for number in range(2, taken[anchor("word", one.name)] + 1)
            )
            if id == anchor("word", one.name)
            else (),
        )
        for one, id in zip(entries, ids, strict=True)
    ]


def _plain(name: str) -> str:
    return name.replace("_", " ")
