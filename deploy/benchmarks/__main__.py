"""Sets Django up, then measures: the cases import models, and models need the set-up first."""

import runpy

import django

if __name__ == "__main__":
    django.setup()
    runpy.run_module("deploy.benchmarks.measure", run_name="__main__")
