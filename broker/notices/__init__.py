"""Messages to customers: what each kind says, whom it can reach, and the channels it leaves by.

No page, no store, no register: who is told what, and when, is for the chores to decide.
"""
