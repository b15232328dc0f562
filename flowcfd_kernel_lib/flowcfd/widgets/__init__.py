"""What is clicked in a notebook: wizard, patches, monitor, viewer. A widget holds a value and replaces it."""
