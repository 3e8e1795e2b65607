"""Recognising a browser inside another app, which Google refuses to work in.

A guess: it brings advice, and people can always go on anyway.
"""

MARKS = ("FBAN", "FBAV", "Instagram", "Line/", "; wv)", "Snapchat", "LinkedInApp", "GSA/")


def is_in_app(user_agent: str) -> bool:
    """Whether the user agent calls itself one."""
    return any(mark in user_agent for mark in MARKS)
