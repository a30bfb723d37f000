"""Run models on tasks through mteb, in an environment of its own."""
