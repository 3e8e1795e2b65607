"""Grants at the token endpoint. No HTTP."""
