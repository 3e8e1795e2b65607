"""What an operator asks of an installation: is a backup good for anything, is all well.

Every answer is a list of findings, each with what to do. Nothing here changes anything.
"""
