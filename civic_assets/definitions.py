"""Where Dagster finds everything: `dagster dev -m civic_assets.definitions`, or `civic-assets ui`."""

import dagster as dg

from civic_assets.defs.build import build_definitions


@dg.definitions
def definitions() -> dg.Definitions:
    """All sources with a contract, from the publisher's file to the publication."""
    return build_definitions()
