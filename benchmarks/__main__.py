"""`python -m benchmarks`, which `make bench` runs: the one benchmark there is."""

from benchmarks.refresh_against_plain_stack import main

main()
