"""`farstu links`, the commands for whoever answers the telephone: a module each, thin."""
