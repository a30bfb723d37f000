"""The `/v1` API: what answers look like, how they are made, and how they are served."""
