"""Shared builders for tests; nothing here is a test."""
