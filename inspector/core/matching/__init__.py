"""Whether a call is what a rule waits for: patterns, JSONPath and JSON Schema that never take too long."""
