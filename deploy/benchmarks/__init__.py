"""What `./deploy/bench` measures, and how. Each case runs in a process of its own, so that its peak memory is its own."""
