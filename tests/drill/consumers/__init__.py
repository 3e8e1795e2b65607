"""Services that take our tokens, each with a library that real ones use and that library's cache.

Each is a process: a line of tokens in, a line of as many words out, `ok` or why not.
"""
