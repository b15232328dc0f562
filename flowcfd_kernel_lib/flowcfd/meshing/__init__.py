"""Plans of meshes: how fine a mesh must be for a body and a flow, and how many cells it will have.

`size` gives a `MeshPlan` by rule: a Snappy mesh and a domain, each number with its reason. `octree` counts the cells
that snappyHexMesh will make by doing what its castellation does; `castellation` lets it do so itself.
Nothing is imported here: counting happens in a process of its own, which needs numpy only.
"""
