"""Known errors planted in good releases, and how many of them the rules find: `python -m benchmarks.seeded_defects`.

Belongs here: the benchmark of the quality engine. Does not belong here: the fixtures that make each rule fail
(`civic_assets_tests.quality`), and how long commands take (`benchmarks`).
"""
