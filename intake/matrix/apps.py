from django.apps import AppConfig


class MatrixConfig(AppConfig):
    name = "intake.matrix"
    label = "matrix"

    def ready(self) -> None:
        # Web, workers and bot all decide on proposals, so each must know who answers in a room.
        from intake.matrix import room_answerer  # noqa: F401
