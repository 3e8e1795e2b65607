"""What guessing is worth against a company's real register, measured offline.

Rows come in through a port (`rows`), are kept as columns of figures (`columns`), and pure
estimators say what the best guess of each kind of attacker is worth (`first`, `second`). `audit` is
the use-case, `figures` what comes out and can be kept. Nothing here writes anything anywhere.
"""
