"""The first board's calls: what its Gradio application said of itself, and what it computed.

Pure: configurations, descriptions and tables in and out. How they travel is in `frontrunner.calls`.
"""
