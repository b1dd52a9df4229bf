"""Hypotheses, priors, likelihoods, interests and calendars: tables, and the types that say what they may hold."""
