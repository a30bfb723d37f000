"""What every package uses: errors, settings, TOML, JSON, and files that survive a crash."""
