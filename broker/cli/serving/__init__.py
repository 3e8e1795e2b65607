"""The broker as running processes: one, or a supervisor with several workers."""
