"""A round of asking publishers: what is asked, what is fetched, and what is remembered.

Belongs here: the way from contracts to files that can be taken in, and the record of what was offered. Does not belong
here: making requests (`civic_assets.acquire.client`), reading a site (`civic_assets.acquire.finders`), and taking files
in (`civic_assets.intake`).
"""
