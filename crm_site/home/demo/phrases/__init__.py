"""What people in a raise write to and about each other, step by step."""
