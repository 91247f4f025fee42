"""Real processes, really killed: an app with kinds of work that misbehave, and the harness that runs the house with it."""
