"""The login's use-cases: begin, decide the next step, leave and return, verify, finish. No HTTP."""
