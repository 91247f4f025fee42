"""Sets Django up, then measures: the cases import models, and models need the set-up first."""

import runpy
import sys

import django

if __name__ == "__main__":
    django.setup()
    asked = "matrix" if sys.argv[1:] == ["matrix"] else "measure"
    runpy.run_module(f"deploy.benchmarks.{asked}", run_name="__main__")
