"""`farstu doctor`: the table of its checks, and where each finds what it judges."""
