"""The composition root: settings, the data folder, one ASGI app, background jobs."""
