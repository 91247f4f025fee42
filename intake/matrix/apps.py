from django.apps import AppConfig


class MatrixConfig(AppConfig):
    name = "intake.matrix"
    label = "matrix"
