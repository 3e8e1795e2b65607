"""The ways out: a mail server, a web address, a folder. Each takes an envelope, none reads it."""
