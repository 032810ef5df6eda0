"""`python -m benchmarks`, which `make bench` runs: the main benchmark."""

from benchmarks.refresh_against_plain_stack import main

main()
