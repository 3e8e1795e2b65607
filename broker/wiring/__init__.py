"""From the configuration to the values that the parts take: mapping only, by hand, in the open.

Above everything that it names and below `app` and `cli`, which both need it. Nothing here opens,
connects or decides; what cannot be mapped has been refused by `settings.check`.
"""
