"""Motive, sponsorship, nexus and group as separate questions, and how firmly each answer stands."""
