"""Finders: one module for each kind of site, which says what a publisher offers now.

Belongs here: reading a publisher's pages, lists and directories. Does not belong here: fetching the files that are
found (`civic_assets.acquire.obtain`), and which sources are found where (each contract's property `acquisition`).
"""
