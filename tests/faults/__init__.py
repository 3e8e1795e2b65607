"""Faults under load: `make faults`."""
