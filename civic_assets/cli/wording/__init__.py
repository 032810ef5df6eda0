"""Sentences and tables that more than one command prints."""
