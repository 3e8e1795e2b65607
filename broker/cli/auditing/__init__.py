"""`farstu register audit`: what guessing is worth on the company's own register."""

from broker.cli.auditing.command import audit

__all__ = ["audit"]
