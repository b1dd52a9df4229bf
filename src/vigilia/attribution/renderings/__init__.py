"""The same evidence items and posteriors, shown in several ways."""
