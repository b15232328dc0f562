"""OpenCASCADE, in a process of its own: a crash in it, or its size, is never that of the notebook."""


class Unusable(Exception):
    """A shape cannot be used; the message says why, for people. The worker answers with it."""
