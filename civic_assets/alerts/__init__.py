"""Alerts: one message for each cause that a person should know of, by e-mail and webhook.

Belongs here: which causes are open, what was already sent, and sending. Does not belong here: finding what is wrong
(`layers`, `quality`, `acquire`), and when alerts are sent (`civic_assets.refresh`, `civic_assets.defs`).
"""
