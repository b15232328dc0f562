"""What a computation takes, before it is started: `make.estimate`, and budgets held by it."""
