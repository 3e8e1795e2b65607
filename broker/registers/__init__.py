"""The customer register: what billing systems know, as `linking.CustomerRegister` asks for it.

Here: the import of CSV exports and the register that answers from what was imported. Nothing in
this package keeps an invoice number, or a name or contact in clear.
"""
