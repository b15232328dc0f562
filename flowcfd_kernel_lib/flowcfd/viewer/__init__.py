"""Scenes that live: a process of its own that draws them for the page, and the kernel's handle on it."""
