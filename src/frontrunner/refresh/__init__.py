"""The scheduled update: build, ask the guards, publish, and see that readers have it."""
