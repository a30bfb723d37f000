"""Envoy in front of the old board and the new one.

Python renders Envoy's configuration, writes the file with its routes, supervises the process,
reads its logs and compares shadowed requests. Requests of users pass through Envoy alone.

Reading order: `sides`, `buckets`, `owned`, `state`, `render`, `control`, `supervise`.
"""
