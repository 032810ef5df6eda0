"""Killing live refreshes at random moments while others read what is published: `python -m civic_assets_tests.kills`.

Belongs here: the publisher whose files appear between kills, the killed command, the readers, and what must hold at the
end. Does not belong here: the replay publisher itself (`civic_assets_tests.replay`).
"""
