"""The reviewers' page: each row beside its source, what people decided about it, and the ways out and in.

    decisions   what was decided: an append-only log in the store, and the state of every row that follows from it
    server      the pages and their JSON (extra ``[review]``)
    exchange    other tools' formats, out and in

The page itself (``templates``, ``static``, ``words.yaml``) is plain HTML, CSS and JavaScript: nothing is built.
"""
