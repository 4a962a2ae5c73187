"""A run as a page that a person reads, and as files that a program reads."""

from .page import render, write_report

__all__ = ["render", "write_report"]
