"""Programs that run inside the peer's environment: mteb's own leaderboard service."""
