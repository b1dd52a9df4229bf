"""Vigilia: from the logs an organisation already has to an honest account of an intrusion."""

__all__ = ["__version__"]

__version__ = "0.1.0"
