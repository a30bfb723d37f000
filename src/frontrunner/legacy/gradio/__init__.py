"""The first board's calls: what its Gradio application said of itself, and what it computed.

Pure: configurations, descriptions and tables in and out. How they travel is in `frontrunner.calls`.
"""

FOLDER = "legacy"
"""The folder of a home that holds what was adopted, and the answers made from it."""
