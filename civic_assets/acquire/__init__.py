"""Asking publishers: what they offer, fetching it, and a receipt for every request.

Belongs here: requests, discovery, transfers, receipts of fetches. Does not belong here: recognising a file
(`civic_assets.intake`) and what is done with a release.
"""
