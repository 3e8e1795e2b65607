"""Relying parties: which there are, and how they prove themselves at the token endpoint."""
