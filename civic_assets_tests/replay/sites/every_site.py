"""All publishers at once, serving the files of one catalogue."""

from __future__ import annotations

from civic_assets_tests.replay.site import Site
from civic_assets_tests.replay.sites.arcgis import ArcGis
from civic_assets_tests.replay.sites.catalogue import Catalogue
from civic_assets_tests.replay.sites.education import Education
from civic_assets_tests.replay.sites.govuk import GovUk
from civic_assets_tests.replay.sites.london_datastore import LondonDatastore
from civic_assets_tests.replay.sites.nomis import Nomis
from civic_assets_tests.replay.sites.ons import OnsSite
from civic_assets_tests.replay.sites.police_uk import PoliceUk


def every_site(catalogue: Catalogue) -> list[Site]:
    """The sites of all publishers that the contracts name.

    Args:
        catalogue: Files. All of them are offered: the London Datastore lists earlier issues too.
    """
    return [
        OnsSite.of(catalogue),
        GovUk(catalogue),
        LondonDatastore(catalogue, older_issues=True),
        PoliceUk(catalogue),
        Education(catalogue),
        Nomis(catalogue),
        ArcGis(catalogue),
    ]
