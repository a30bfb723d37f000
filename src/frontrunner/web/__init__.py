"""Pages for people: view models, templates, and the files that they use.

A view is a function from a snapshot's service to plain data; a template turns that into HTML
that works without JavaScript. URLs are made in `urls`, words come from `i18n/`, numbers
become text in `text`. `site` finds the page for a path.
"""
