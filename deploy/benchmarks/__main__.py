"""Sets Django up, then measures: the cases import models, and models need the set-up first."""

import runpy
import sys

import django

if __name__ == "__main__":
    django.setup()
    asked = sys.argv[1] if sys.argv[1] in ("ask", "duplicates", "matrix", "search", "search_quality") else ""
    if asked:
        sys.argv.remove(asked)  # each reads what follows its name
    runpy.run_module(f"deploy.benchmarks.{asked or 'measure'}", run_name="__main__")
