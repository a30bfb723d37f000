"""The first board's Gradio calls over HTTP: `/config`, `/info`, `/call`, `/queue`, `/api`, `/run`.

What the answers say is made by `frontrunner.legacy.gradio`; here is how they are kept ready and how
they travel.
"""
