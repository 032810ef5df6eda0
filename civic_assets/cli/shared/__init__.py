"""Parts that several commands share: settings, past publications, publishers, and loading libraries quickly."""
