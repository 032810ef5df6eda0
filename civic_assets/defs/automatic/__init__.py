"""What Dagster does by itself: looking at publishers' sites, fetching, judging what is late, and alerts.

Belongs here: the switch, the sensors that look at sites, the run that fetches, the check of the calendar, the sensors
that send alerts. Does not belong here: asking publishers (`civic_assets.acquire`), the inbox and publishing
(`civic_assets.defs.sensors`), and the days of the schedules (`civic_assets.defs.schedules`).
"""
