"""A stand-in for the Hugging Face Hub, for rehearsals and tests: Spaces that need no account.

It answers the calls of the real clients for repositories, commits, Spaces and discussions. It has
time (builds take time, reads of the head lag), faults that a test asks for, and a switch for each
behaviour of the real Hub that is not documented. Everything is in memory and is lost at the end.

Reading order: `switches`, `deploys` (pure), `repos`, `stored`, `exchange`, then the answers
(`about_repos`, `about_commits`, `about_files`, `about_spaces`, `about_people`,
`about_discussions`), `live_sites`, `asgi`, `running`.

Not in it: Xet storage, uploads in parts, pull requests with changes, organisations' settings.
"""
