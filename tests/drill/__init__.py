"""The keys under fire: rotated, while workers die, sleep and lose the time, and services verify."""
