"""A language for promises: text to rules to programs and back, the machine that judges them, evidence by name.

compiled = compile_text(text)                      # CommitmentError with line, column and a hint
promise = compiled.property_named("no_double_vote")
evidence = make_evidence(compiled, promise, service=…, operator=…, named=[vote, other_vote])
evaluate(promise.program, evidence)                # Verdict(broken, key), or Refused with the contract's reason
"""

from .compiler import Compiled, Property, compile_text
from .disassembler import disassemble
from .errors import CommitmentError
from .evidence import make_evidence, make_message
from .explain import explain
from .formatter import formatted
from .linter import Finding, lint
from .machine import Evidence, Verdict, evaluate
from .parser import parse
from .program import Program

__all__ = [
    "CommitmentError",
    "Compiled",
    "Evidence",
    "Finding",
    "Program",
    "Property",
    "Verdict",
    "compile_text",
    "disassemble",
    "evaluate",
    "explain",
    "formatted",
    "lint",
    "make_evidence",
    "make_message",
    "parse",
]
