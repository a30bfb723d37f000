"""Snapshots in object storage: a publisher writes them, any number of servers follow.

    PREFIX/objects/<sha256>           the bytes of one file, immutable
    PREFIX/listings/<sha256>.json     the files of one published snapshot, immutable
    PREFIX/current.json               which listing is current; written last, in one step

`plan` decides (pure), `bucket` is the only module that accesses a store, `push` publishes,
`pull` follows once and `following` again and again. The format is documented in docs/scale.md.
"""
