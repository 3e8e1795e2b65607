"""The configuration: its schema, how it is read, and what must hold in it.

Vocabulary of the whole house; knows nothing of what is built from it.
"""
