"""Emulates a plain OpenID Provider that does everything by the book."""
