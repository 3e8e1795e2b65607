"""Recognising a browser inside another app, which Google refuses to work in.

A guess for a line of advice; nothing is decided by it.
"""

MARKS = ("FBAN", "FBAV", "Instagram", "Line/", "; wv)", "Snapchat", "LinkedInApp", "GSA/")


def is_in_app(user_agent: str) -> bool:
    """Whether the user agent calls itself one."""
    return any(mark in user_agent for mark in MARKS)
