"""Emulates Facebook: OAuth 2 and the Graph, no ID token, errors that are objects.

The login dialog stands below the base address, the Graph below `graph.facebook.com` there.
"""
