"""A first contract and a first fixture, written from a file that nobody has described yet.

Belongs here: what can be seen in a file, and what has to be asked. Does not belong here: reading files
(`civic_assets.readers`), and checking contracts (`civic_assets.quality.contract_demands`). Nothing that is written here
is published: a contract with an open question is refused (`civic_assets.contracts.open_questions`).
"""
