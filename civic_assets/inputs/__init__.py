"""Inputs that ship with the project, for the `sample` profile.

Belongs here: the GLA report's tables, typed in as printed, and the generator of synthetic workbooks in the
publisher's layout. Does not belong here: anything downloaded, and reading (`civic_assets.readers`,
`civic_assets.sources`).
"""
