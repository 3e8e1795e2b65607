"""Whoever was connected since: who is told of them, and how to say "this was not me"."""
