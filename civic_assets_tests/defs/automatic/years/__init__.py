"""Three years of fourteen synthetic sources: their files, their calendars, and the days as Dagster's daemon lives them.

Belongs here: what the test of three years needs, and nothing that another test needs. Does not belong here: the sites
(`civic_assets_tests.replay.sites`), and any expectation (`test_three_years`).
"""
