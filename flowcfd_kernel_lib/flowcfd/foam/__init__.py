"""The only code that knows OpenFOAM. Import its modules by name: the worker needs few of them."""
