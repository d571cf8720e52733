"""The same five answers written in other ways, measured beside the service. Each module has `create() -> ASGI app`.

They read and write the service's own tables and are configured by its settings. What each leaves out, its module says;
all leave out what makes a service of it: refusing what is unknown, signed cursors, replays, retries, lanes, deadlines,
draining, logs and metrics.
"""
