"""What a call is: records, log, limits, explanations, mock rules. Pure values and functions."""
