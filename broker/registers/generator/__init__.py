"""Realistic registers of any size, for the demo, the tests and the benchmarks.

Everybody in them is invented, and the same seed gives the same register. What makes them realistic
is what an attacker would use: customer numbers in sequence with gaps where people left, and
invoice numbers handed out in customer order at every billing run.
"""

from broker.registers.generator.companies import OcrStyle, SisterCompany, sister_companies
from broker.registers.generator.writing import RegisterFiles, write_register

__all__ = ["OcrStyle", "RegisterFiles", "SisterCompany", "sister_companies", "write_register"]
