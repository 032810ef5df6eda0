"""The chain of a figure in the words of W3C PROV, read back by the library of the standard's forms."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from datetime import date

import pytest
from prov.model import PROV, ProvActivity, ProvDerivation, ProvDocument, ProvEntity

from civic_assets.answers.trace import FigureChain, FigureCorrection
from civic_assets.layers.store import Store
from civic_assets.lineage.provenance import NAMESPACE, Publisher, provenance_of
from civic_assets.publish.queries.trace import trace
from civic_assets_tests.evidence.conftest import BURGLARY
from civic_assets_tests.shared_stores import Refreshed

PUBLISHER = Publisher("Office for National Statistics", "Open Government Licence v3.0")


@pytest.fixture(scope="module")
def chain(sample_refresh: Refreshed) -> FigureChain:
    return trace(Store.existing(sample_refresh.store), BURGLARY)


@pytest.fixture(scope="module")
def document(chain: FigureChain) -> ProvDocument:
    return provenance_of(chain, PUBLISHER, "0" * 64, "code")


def _sources_of(document: ProvDocument, entity: str) -> list[str]:
    """What an entity was derived from, and those from what: the names, nearest first."""
    derived = {
        str(made): str(origin)
        for one in document.get_records(ProvDerivation)
        for made, origin in [one.args[:2]]
        if PROV["Revision"] not in one.get_asserted_types()
    }
    found, here = [], entity
    while here in derived:
        here = derived[here]
        found.append(here)
    return found


def test_which_file_was_this_figure_derived_from(document: ProvDocument, chain: FigureChain) -> None:
    figure = f"figure/{chain.figure_id}/ons_csp/{chain.release}"
    cell, file = _sources_of(document, figure)
    assert file == f"file/{chain.file.sha256}"
    assert cell.startswith(f"cell/{chain.file.sha256}/Table%20C")
    (about,) = document.get_record(file)
    assert about.label == chain.file.file_name
    (number,) = document.get_record(figure)
    assert float(next(iter(number.value))) == chain.figure.value


def _names(document: ProvDocument) -> set[str]:
    """Addresses of entities and activities."""
    records = [*document.get_records(ProvEntity), *document.get_records(ProvActivity)]
    return {record.identifier.uri for record in records if record.identifier is not None}


@pytest.mark.parametrize("form", ["json", "xml", "rdf"])
def test_each_form_gives_the_same_document_back(document: ProvDocument, form: str) -> None:
    if form == "xml":
        pytest.importorskip("lxml")
    if form == "rdf":
        pytest.importorskip("rdflib")
    text = document.serialize(format=form)
    if form == "json":
        json.loads(text or "", parse_constant=pytest.fail)
    again = ProvDocument.deserialize(content=text, format=form)
    assert _names(again) == _names(document)
    if form == "json":
        assert again == document


def test_notation_names_every_entity(document: ProvDocument) -> None:
    notation = document.get_provn()
    names = _names(document)
    assert len(names) > 5
    for name in names:
        assert f"({name.removeprefix(NAMESPACE)}" in notation
        assert " " not in name
    assert NAMESPACE in notation


def test_earlier_value_is_what_was_revised(document: ProvDocument, chain: FigureChain) -> None:
    assert chain.earlier
    revisions = [
        one for one in document.get_records(ProvDerivation) if PROV["Revision"] in one.get_asserted_types()
    ]
    assert len(revisions) == len(chain.earlier)


def test_correction_is_a_value_of_its_own(chain: FigureChain) -> None:
    decision = FigureCorrection(
        "C-1", "applied", "1803", 1803.0, 1830.0, "1803", "digits exchanged", "letter", "publisher",
        "data steward", date(2026, 1, 5), "1803 is to be 1830.",
    )  # fmt: skip
    figure = replace(chain.figure, corrected_value=1830.0, correction_id="C-1")
    document = provenance_of(replace(chain, figure=figure, correction=decision), PUBLISHER, "0" * 64, "code")
    (corrected,) = document.get_record("corrected/C-1")
    assert next(iter(corrected.value)) == "1830.0"
    assert _sources_of(document, "corrected/C-1")[-1] == f"file/{chain.file.sha256}"
    stream = io.StringIO()
    document.serialize(stream)
    assert "data steward" in stream.getvalue()
