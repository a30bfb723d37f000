"""The first board's Gradio calls over HTTP: `/config`, `/info`, `/call`, `/queue`, `/api`, `/run`.

`frontrunner.legacy.gradio` makes the answers. This package stores and sends them.
"""
