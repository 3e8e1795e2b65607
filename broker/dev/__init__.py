"""Development only: the demo (broker, emulated providers, portal and API on localhost).

The runtime image does not hold it, and start-up refuses every secret that stands here.
"""
