"""HTTP: one file for each route, its schemas and its handler. A handler validates, calls one use case, and answers."""
