"""Search acts with known answers, made from templates and written as the records of many products."""
