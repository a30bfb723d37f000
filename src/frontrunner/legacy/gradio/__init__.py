"""The first board's calls: the description of its Gradio application, and its functions.

Pure functions on configurations, descriptions and tables; `frontrunner.calls` serves them over
HTTP.
"""
