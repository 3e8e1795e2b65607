"""Emulates Google: several hosts (as paths here), error pages, no re-authentication."""
