"""Measurements of whole commands, run by hand (`make bench`) and never as tests."""
