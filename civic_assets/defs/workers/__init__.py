"""Runs on several machines, by Dagster's own means: PostgreSQL for its records, Celery for its runs.

- `settings`: the two settings, and what they make of Dagster's settings;
- `app`: the Celery application of a worker;
- `launching`: running the sources of a refresh on workers, and what is done when one of them dies.
"""
