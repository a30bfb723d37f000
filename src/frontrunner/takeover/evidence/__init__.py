"""What is measured while users move: counts by side, from the gateway's logs and the checks."""
