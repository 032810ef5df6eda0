"""How publishers are asked: connections to judged addresses, rates, tries, bodies, and files that arrive whole.

Belongs here: everything between a client and a socket. Does not belong here: the client as others see it
(`civic_assets.acquire.client`, `asking`), and what is asked for (`finders`).
"""
