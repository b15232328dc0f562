"""What is clicked in a notebook: the wizard, patches, the monitor, the viewer. A widget holds a value and replaces it."""
