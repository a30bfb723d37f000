"""A Space on the Hub as the data plane of a take-over."""
