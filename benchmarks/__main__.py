"""`python -m benchmarks`, which `make bench` runs."""

from benchmarks.command import main

main()
