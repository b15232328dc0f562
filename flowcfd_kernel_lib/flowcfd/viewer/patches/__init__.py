"""Patches in three dimensions: what is picked on a surface, how it is coloured, and the page that shows it."""
