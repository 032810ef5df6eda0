"""Who holds what: the vocabulary of organisations, and its page on the sample's site.

Belongs here: both. Does not belong here: what no source holds, as the search finds it (`find.test_search_words`).
"""

from __future__ import annotations

import re

import pytest
import yaml
from pydantic import ValidationError

from civic_assets.contracts.file_kinds import ORGANISATIONS, SEARCH_WORDS
from civic_assets.contracts.folders import contracts_folder
from civic_assets.contracts.load import load_contracts
from civic_assets.contracts.models.vocabularies.organisations import Organisations
from civic_assets.contracts.models.vocabularies.search_words import SearchWords
from civic_assets.publish.site.addresses import flow_of, holder
from civic_assets.publish.site.holders.linked import linked
from civic_assets.publish.site.holders.vocabulary import of_publisher, organisations, website_of
from civic_assets.publish.site.titles import search_words
from civic_assets.quality.file_demands import DEMANDS
from civic_assets_tests.publish.report.html_pages import Element, read_page
from civic_assets_tests.publish.site.areas.area_pages import by_id
from civic_assets_tests.shared_stores import Refreshed

FILE = contracts_folder() / ORGANISATIONS.pattern


@pytest.fixture(scope="module")
def page(sample_refresh: Refreshed) -> Element:
    return read_page(sample_refresh.store / "report" / "holders.html")


def _document() -> dict[str, list[dict[str, object]]]:
    found: dict[str, list[dict[str, object]]] = yaml.safe_load(FILE.read_text(encoding="utf-8"))
    return found


def _part(page: Element, name: str) -> Element:
    heading = by_id(page, holder(name).partition("#")[2])
    assert heading.tag == "h3" and heading.text == name and heading.parent is not None
    return heading.parent


def test_the_file_has_no_problem() -> None:
    assert list(Organisations.model_validate(_document()).contradictions()) == []


def test_an_organisation_with_two_entries_is_refused() -> None:
    document = _document()
    document["organisations"].append({"name": "Home Office", "role": "Again."})
    problems = list(Organisations.model_validate(document).contradictions())
    assert [one.reason for one in problems] == [
        "the organisation 'Home Office' appears twice; keep one of them"
    ]


@pytest.mark.parametrize("contact", ["Jane Doe", "http://example.org", "Jane.Doe <jane@example.org>"])
def test_a_contact_is_an_address(contact: str) -> None:
    document = _document()
    document["organisations"][0]["contact"] = [contact]
    with pytest.raises(ValidationError):
        Organisations.model_validate(document)


def test_what_is_not_open_needs_a_reference() -> None:
    document = _document()
    document["organisations"][0]["not_open"] = [
        {"what": "Records", "asked": "By letter.", "agreement": "None"}
    ]
    with pytest.raises(ValidationError, match="reference"):
        Organisations.model_validate(document)


def test_words_of_the_search_name_only_known_organisations() -> None:
    file = contracts_folder() / SEARCH_WORDS.pattern
    document = yaml.safe_load(file.read_text(encoding="utf-8"))
    document["not_held"]["housing"]["held_by"][0]["organisation"] = "Home Ofice"
    found = DEMANDS[SEARCH_WORDS.name](SearchWords.model_validate(document), file)
    assert (
        "'Home Ofice' is not an organisation of vocabularies/organisations.yaml; did you mean 'Home Office'"
        in (" ".join(one.reason for one in found))
    )


def test_every_publisher_of_a_contract_is_a_known_organisation() -> None:
    known = {one.name for one in organisations()}
    for contract in load_contracts().values():
        assert {one.name for one in of_publisher(contract.publisher["name"])} <= known, contract.source
    assert [one.name for one in of_publisher("Office for National Statistics and Department for Education")] == [
        "Office for National Statistics", "Department for Education",
    ]  # fmt: skip


def test_an_unknown_publisher_is_an_organisation_of_its_own() -> None:
    (found,) = of_publisher("Nobody (an invented example)")
    assert (found.name, found.role, found.not_open) == ("Nobody (an invented example)", "", ())


def test_website_is_that_of_the_data_or_else_of_the_organisation() -> None:
    known = search_words().not_held
    assert website_of(known["stop_and_search"].held_by[0]) == (
        "https://www.gov.uk/government/organisations/home-office"
    )
    assert website_of(known["mental_health"].held_by[1]) == "https://fingertips.phe.org.uk"
    assert website_of(known["youth_services"].held_by[0]) == ""
    for name, entry in known.items():
        for one in entry.held_by:
            assert website_of(one) or one.organisation == "Local councils", name


def test_each_organisation_has_a_part_with_what_it_has(page: Element) -> None:
    assert len(organisations()) >= 25
    for one in organisations():
        part = _part(page, one.name)
        assert one.role in part.text
        for data in one.not_open:
            assert data.what in part.text and data.asked in part.text and data.agreement in part.text
        if not one.not_open:
            assert "Nothing is stated about it" in part.text
    islington = _part(page, "Islington Council").text
    assert (
        "Community Safety Information Sharing Protocol" in islington and "foia@islington.gov.uk" in islington
    )


def test_sources_and_what_is_not_read_are_listed_under_their_organisation(page: Element) -> None:
    for source, contract in load_contracts().items():
        for one in of_publisher(contract.publisher["name"]):
            links = [a.attributes["href"] for a in _part(page, one.name).all("a")]
            assert flow_of(source) in links
            for channel in contract.document.get("support", ()):
                assert str(channel["url"]).removeprefix("mailto:") in _part(page, one.name).text
    home_office = _part(page, "Home Office")
    assert "Stop and search : stop and search by police force, each year" in home_office.text
    assert "find.html#not-held-stop_and_search" in [a.attributes["href"] for a in home_office.all("a")]


def test_no_address_is_of_a_person(page: Element) -> None:
    """Addresses of teams; a first and a last name joined by a point would be those of a person."""
    addresses = set(re.findall(r"[\w.+-]+@[\w.-]+\w", page.text))
    assert "crimestatistics@ons.gov.uk" in addresses and len(addresses) >= 7
    teams = {"explore.statistics", "schools.statistics", "pop.info"}
    assert {one.partition("@")[0] for one in addresses if "." in one.partition("@")[0]} <= teams


def test_a_name_before_an_address_is_the_link_and_everything_is_escaped() -> None:
    assert str(linked("A <b>: https://example.org/a; C: https://example.org/c.")) == (
        '<a href="https://example.org/a" rel="external noopener noreferrer">A &lt;b&gt;</a>; '
        '<a href="https://example.org/c" rel="external noopener noreferrer">C</a>.'
    )
    assert str(linked("No address & nothing")) == "No address &amp; nothing"
