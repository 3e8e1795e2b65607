"""Periodic work: what must happen though nobody asks for it. No HTTP."""
