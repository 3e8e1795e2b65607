"""What must hold in a configuration of the right shape, a module per part of it.

Each rule takes the settings and yields problems; none stops at the first.
"""
