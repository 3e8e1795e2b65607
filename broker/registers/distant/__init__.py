"""Registers that stay where they are: a view in the billing system's database, or its API.

What both need is here once (turns, breaker, sealed copies, the daily reading); `sql` and `http`
are the two ways to ask. Nothing in here writes anything there.
"""
