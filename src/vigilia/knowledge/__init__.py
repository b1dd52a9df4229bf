"""Dated, versioned facts that ship with the package."""
