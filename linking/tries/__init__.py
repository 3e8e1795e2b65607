"""Tries at proving something: counted before they are judged, and what the counts bring.

Somebody's own failures may make them wait; everybody's raise a price or ask for more evidence.
"""
