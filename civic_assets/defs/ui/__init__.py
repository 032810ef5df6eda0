"""The Dagster UI on a store: its processes (`parts`), and the web server with the site beside it (`web_server`)."""
