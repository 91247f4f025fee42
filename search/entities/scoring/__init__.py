"""How strongly two records speak for being one: evidence in bits, after Fellegi and Sunter, and what stands against it."""
