"""What `kontaktpunkt check` looks at; each module's `faults()` gives lines "file:line: fault"."""
