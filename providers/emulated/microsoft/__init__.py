"""Emulates the Microsoft identity platform v2.0: tenants, templates, AADSTS errors and all."""
