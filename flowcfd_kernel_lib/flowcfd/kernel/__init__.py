"""The OpenFOAM kernel: a Python kernel with OpenFOAM's environment, and the magics `%%foam` and `%%dict`."""
