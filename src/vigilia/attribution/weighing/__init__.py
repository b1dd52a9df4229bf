"""What evidence items are worth: grades, pooling, Bayes, temperature."""
