"""Telling operators of what looks like an attack. Nothing here has a consequence for anybody."""
