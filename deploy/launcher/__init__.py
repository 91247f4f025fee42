"""What `./deploy/run`, `./deploy/test` and `./deploy/bench` share. Standard library only: it makes the environment it cannot need."""
