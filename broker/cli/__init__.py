"""The command line, `farstu`: for the people who install and run the broker."""
