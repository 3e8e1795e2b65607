"""Single sign-on sessions of browsers."""
