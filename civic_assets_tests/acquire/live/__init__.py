"""Rounds of asking publishers over real sockets: what is fetched, what is remembered and what is said."""
