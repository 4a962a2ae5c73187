"""Surety: promises backed by capital."""
