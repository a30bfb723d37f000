"""The HTTP application and the server: requests, replies, limits, worker processes."""
