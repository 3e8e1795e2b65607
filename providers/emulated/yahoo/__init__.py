"""Emulates Yahoo: ES256, weak RSA keys beside it, pages for mistakes, rotating refresh tokens."""
