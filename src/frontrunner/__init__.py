"""Frontrunner: a leaderboard for embedding models that can take over from an older one."""

__version__ = "0.1.0"
