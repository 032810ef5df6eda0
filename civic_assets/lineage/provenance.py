"""The chain of one figure in the words of W3C PROV.

Belongs here: which entities, activities and agents a chain has, and their names. Does not belong here: finding the
chain (`civic_assets.publish.queries.trace`), and lineage of tables (`civic_assets.defs.lineage`).

The statements (https://www.w3.org/TR/prov-dm/): the published figure was derived from the cell, the cell from the file,
the file was attributed to its publisher; receiving the file and reading the cell are activities of this program.
A correction by a decision is an activity of its own, which used the printed value.

Every attribute is a text or a time with a zone: `prov` 3.2 cannot write a decimal to PROV-JSON, nor a date to PROV-N in
its grammar. Names of files, sheets and cells are percent-encoded, because a local name has no spaces.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from prov.model import ProvDocument, ProvEntity

    from civic_assets.answers.trace import FigureChain

NAMESPACE = "https://civic-assets.invalid/id/"
"""Addresses of our names. They are names only: nothing is served there."""
_WORDS = "https://civic-assets.invalid/terms#"
_DCT = "http://purl.org/dc/terms/"


@dataclass(frozen=True, slots=True)
class Publisher:
    """Who published the file of a figure, and under which licence."""

    name: str
    licence: str


def provenance_of(
    chain: FigureChain, publisher: Publisher, publication: str, code_version: str
) -> ProvDocument:
    """The chain of a figure as a PROV document.

    Args:
        chain: The chain.
        publisher: Publisher of its source.
        publication: Hash of the publication.
        code_version: Version of the program that made it.
    """
    from prov.model import PROV, ProvDocument

    document = ProvDocument()
    document.set_default_namespace(NAMESPACE)
    civic = document.add_namespace("civic", _WORDS)
    dct = document.add_namespace("dct", _DCT)
    figure, file = chain.figure, chain.file
    released = f"{quote(figure.source, safe='')}/{quote(chain.release, safe='')}"
    retrieved = _time(file.retrieved_at)

    said: dict[Any, Any] = {
        PROV["type"]: civic["Figure"],
        PROV["label"]: chain.name,
        PROV["value"]: "" if figure.value is None else repr(figure.value),
        civic["unit"]: figure.unit,
        civic["status"]: figure.status or "",
        civic["quality"]: figure.quality,
        civic["area"]: figure.area_code,
        civic["measure"]: figure.measure,
        civic["breakdown"]: figure.breakdown,
        civic["statistic"]: figure.statistic,
        civic["periodStart"]: figure.period_start.isoformat(),
        civic["periodEnd"]: figure.period_end.isoformat(),
        civic["synthetic"]: "true" if figure.synthetic else "false",
    }
    number = document.entity(f"figure/{quote(figure.figure_id, safe='')}/{released}", said)
    cell = document.entity(
        f"cell/{file.sha256}/{quote(chain.locator, safe='')}",
        {
            PROV["type"]: civic["Cell"],
            PROV["label"]: chain.locator,
            PROV["value"]: chain.value_text or "",
            civic["locator"]: chain.locator,
        },
    )
    about: dict[Any, Any] = {
        PROV["type"]: civic["File"],
        PROV["label"]: file.file_name,
        civic["sha256"]: file.sha256,
        civic["release"]: chain.release,
        dct["license"]: publisher.licence,
    }
    if file.url:
        about[PROV["location"]] = file.url
    whole = document.entity(f"file/{file.sha256}", about)
    published = document.entity(
        f"publication/{publication}", {PROV["type"]: PROV["Collection"], PROV["label"]: publication}
    )

    program = document.agent(
        f"program/{quote(code_version, safe='')}",
        {PROV["type"]: PROV["SoftwareAgent"], PROV["label"]: f"civic-assets, code {code_version}"},
    )
    organisation = document.agent(
        f"publisher/{quote(publisher.name, safe='')}",
        {PROV["type"]: PROV["Organization"], PROV["label"]: publisher.name},
    )
    received = document.activity(
        f"receive/{released}", retrieved, retrieved, {PROV["label"]: "receiving the file"}
    )
    read = document.activity(f"read/{released}", None, None, {PROV["label"]: "reading the cell"})

    document.wasAttributedTo(whole, organisation)
    document.wasAssociatedWith(received, program)
    document.wasAssociatedWith(read, program)
    document.wasGeneratedBy(whole, received, retrieved)
    document.used(read, whole)
    document.wasDerivedFrom(cell, whole)
    document.wasDerivedFrom(number, cell, read)
    document.wasGeneratedBy(number, read)
    document.hadMember(published, number)
    if chain.correction is not None and figure.corrected_value is not None:
        _add_correction(document, chain, number)
    for before in chain.earlier:
        earlier = document.entity(
            f"figure/{quote(before.figure_id, safe='')}/{quote(before.source, safe='')}/"
            f"{quote(before.release, safe='')}",
            {
                PROV["type"]: civic["Figure"],
                PROV["label"]: f"{before.name}@{before.release}",
                PROV["value"]: "" if before.value is None else repr(before.value),
                civic["status"]: before.status or "",
            },
        )
        document.wasRevisionOf(number, earlier)
    return document


def _add_correction(document: ProvDocument, chain: FigureChain, number: ProvEntity) -> None:
    """The value by a decision, which does not replace the printed one."""
    from prov.model import PROV

    decision, figure = chain.correction, chain.figure
    assert decision is not None
    name = quote(decision.correction_id, safe="")
    corrected = document.entity(
        f"corrected/{name}",
        {
            PROV["type"]: document.valid_qualified_name("civic:CorrectedValue"),
            PROV["value"]: repr(figure.corrected_value),
            PROV["label"]: decision.message,
        },
    )
    person = document.agent(
        f"role/{quote(decision.author_role or 'not stated', safe='')}",
        {PROV["type"]: PROV["Person"], PROV["label"]: decision.author_role or "not stated"},
    )
    decided = document.activity(
        f"decision/{name}", None, None, {PROV["label"]: decision.reason or "correction"}
    )
    document.used(decided, number)
    document.wasAssociatedWith(decided, person)
    document.wasDerivedFrom(corrected, number, decided)


def _time(text: str) -> datetime:
    """A time of a receipt, which is in UTC."""
    return datetime.fromisoformat(text)
