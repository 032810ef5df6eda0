"""Refreshes on several workers with real services: PostgreSQL, Redis and a server of the S3 protocol.

`make test-distributed` runs these tests. They start and stop what they need, on this machine and on free ports.
"""
