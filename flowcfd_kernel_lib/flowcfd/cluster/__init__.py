"""Clusters: what a site's scheduler is like (profiles), and a private Slurm on this machine to try everything with."""
