"""Finding an office, and going on from what was found: nearer, another day, the second one."""
