"""`dcat.jsonld`: the package as an entry of a data catalogue, in DCAT 3 of the W3C.

Belongs here: that document. Addresses in it are relative to the file, so that it is true wherever the package lies.
Does not belong here: columns (`data_package`, `csv_on_the_web`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from civic_assets.package.files import MEDIA_TYPES, File
from civic_assets.package.sources import MADE_UP, Origin, SourceTerms
from civic_assets.package.tables import FORMATS, Written

NAME = "dcat.jsonld"
"""Name of the file."""
_CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "prov": "http://www.w3.org/ns/prov#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_PUBLISHER = {
    "@id": "#publisher",
    "@type": "foaf:Agent",
    "foaf:name": "civic_assets, from the figures of the publishers that are named with each source",
}
_LANGUAGE = {"@id": "http://publications.europa.eu/resource/authority/language/ENG"}
_MEDIA = "https://www.iana.org/assignments/media-types/"
_AREAS = "http://statistics.data.gov.uk/id/statistical-geography/"


def catalogue_entry(origin: Origin, tables: Sequence[Written], files: Mapping[str, File]) -> dict[str, Any]:
    """The document.

    Args:
        origin: Publication and sources.
        tables: Tables as they were written.
        files: Size and hash of each file, by its path in the package.
    """
    made_up = f"{MADE_UP} " if origin.synthetic else ""
    issued = {
        "@value": origin.published_at.isoformat().replace("+00:00", "Z"),
        "@type": "xsd:dateTime",
    }
    licences = {one.licence_url for one in origin.sources}
    dataset: dict[str, Any] = {
        "@id": "#dataset",
        "@type": "dcat:Dataset",
        "dct:title": _english(made_up + origin.title),
        "dct:description": _english(
            f"{made_up}Public statistics of the United Kingdom, read from the cells of their publishers' files. Each "
            "figure comes with what it measures, its area and period, its quality, and the cell that it was read from."
        ),
        "dct:identifier": f"sha256:{origin.hash}",
        "dcat:version": str(origin.number),
        "dct:issued": issued,
        "dct:publisher": {"@id": "#publisher"},
        "dct:language": _LANGUAGE,
        "dcat:keyword": [_english(one.publisher) for one in _publishers(origin.sources)],
        "dct:rights": [_statement(one.attribution) for one in origin.sources],
        "prov:wasDerivedFrom": [{"@id": f"#source-{one.source}"} for one in origin.sources],
        "dct:spatial": [{"@id": _AREAS + code, "@type": "dct:Location"} for code in origin.countries],
        "dcat:distribution": [
            _distribution(one, form, files[one.files[form]], licences, issued)
            for form in FORMATS
            for one in tables
            if form in one.files
        ],
    }  # fmt: skip
    if origin.first_day is not None and origin.last_day is not None:
        dataset["dct:temporal"] = {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@value": origin.first_day.isoformat(), "@type": "xsd:date"},
            "dcat:endDate": {"@value": origin.last_day.isoformat(), "@type": "xsd:date"},
        }
    catalogue = {
        "@id": "#catalogue",
        "@type": "dcat:Catalog",
        "dct:title": _english(f"{made_up}Civic assets: the data package and its sources"),
        "dct:description": _english("One data package, and the data sets of public bodies that it was made from."),
        "dct:publisher": {"@id": "#publisher"},
        "dct:language": _LANGUAGE,
        "dct:issued": issued,
        "dcat:dataset": [{"@id": "#dataset"}, *({"@id": f"#source-{one.source}"} for one in origin.sources)],
    }  # fmt: skip
    return {"@context": _CONTEXT, "@graph": [catalogue, _PUBLISHER, dataset, *map(_source, origin.sources)]}


def _source(terms: SourceTerms) -> dict[str, Any]:
    made_up = "SYNTHETIC, not real figures. " if terms.synthetic else ""
    described: dict[str, Any] = {
        "@id": f"#source-{terms.source}",
        "@type": "dcat:Dataset",
        "dct:title": _english(f"{made_up}{terms.publisher}: {terms.about}"),
        "dct:description": _english(terms.limitations or terms.about),
        "dct:identifier": terms.source,
        "dct:publisher": {"@type": "foaf:Agent", "foaf:name": terms.publisher},
        "dct:rights": _statement(terms.attribution),
        "dcat:version": list(terms.releases),
    }
    if terms.licence_url:
        described["dct:license"] = _licence(terms.licence_url)
    return described


def _distribution(
    written: Written, form: str, file: File, licences: set[str], issued: Mapping[str, str]
) -> dict[str, Any]:
    described: dict[str, Any] = {
        "@id": f"#{form}-{written.table.file}",
        "@type": "dcat:Distribution",
        "dct:title": _english(f"{written.table.name} ({form})"),
        "dct:description": _english(written.table.text),
        "dcat:accessURL": {"@id": file.path},
        "dcat:downloadURL": {"@id": file.path},
        "dcat:mediaType": {"@id": _MEDIA + MEDIA_TYPES[form]},
        "dcat:byteSize": {"@value": str(file.size), "@type": "xsd:nonNegativeInteger"},
        "dct:issued": issued,
        "spdx:checksum": {
            "@type": "spdx:Checksum",
            "spdx:algorithm": {"@id": "spdx:checksumAlgorithm_sha256"},
            "spdx:checksumValue": {"@value": file.sha256, "@type": "xsd:hexBinary"},
        },
    }
    if form == "csv" and written.packed:
        described["dcat:compressFormat"] = {"@id": f"{_MEDIA}application/gzip"}
    # A distribution has one licence. Where sources differ, each source says its own.
    (url, *others) = sorted(licences) or [""]
    if url and not others:
        described["dct:license"] = _licence(url)
    else:
        described["dct:rights"] = _statement(
            "Rows have the licence of their source: see the sources of this catalogue."
        )
    return described


def _publishers(sources: Sequence[SourceTerms]) -> list[SourceTerms]:
    return list({one.publisher: one for one in sources}.values())


def _english(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "en"}


def _licence(url: str) -> dict[str, str]:
    return {"@id": url, "@type": "dct:LicenseDocument"}


def _statement(text: str) -> dict[str, Any]:
    return {"@type": "dct:RightsStatement", "dct:description": _english(text)}
