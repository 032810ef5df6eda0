"""The Dagster UI on a store: its processes (`parts`), and the web server with the site next to it (`web_server`)."""
