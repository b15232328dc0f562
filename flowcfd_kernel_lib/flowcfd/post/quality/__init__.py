"""How good a mesh is: what checkMesh says, the metrics of every cell, the layers that were reached, and a score."""

from flowcfd.post.quality.quality import MeshQuality, quality
from flowcfd.post.quality.score import Part, Score

__all__ = ["MeshQuality", "Part", "Score", "quality"]
