"""Measurements of speed and memory; no part of the package."""
