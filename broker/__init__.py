"""The OpenID Provider and the house around it: protocol, flow, pages, storage, commands."""

__version__ = "0.1.0"
