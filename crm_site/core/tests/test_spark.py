"""The model client: bounded in time and size, whatever the server does."""

from __future__ import annotations

import time

import pytest

from crm_site import env
from crm_site.core import spark
from crm_site.tests import fakes

ASK = [{"role": "user", "content": "Hello"}]


@pytest.fixture(autouse=True)
def fresh_breaker():
    spark.reset()
    yield
    spark.reset()


def ask(settings, server: fakes.ChatServer, **options: float) -> str:
    settings.SPARK_CONTROL_URL = server.url
    return spark.chat(ASK, schema={"type": "object"}, name="x", **options)


def test_asks_for_json_under_the_schema_at_temperature_zero(settings) -> None:
    settings.CRM_CHAT_MODEL = "qwen-test"
    with fakes.chat_server('{"a": 1}') as server:
        assert ask(settings, server) == '{"a": 1}'
    (sent,) = server.requests
    assert sent["path"] == "/v1/chat/completions"
    assert (sent["model"], sent["temperature"]) == ("qwen-test", 0)
    assert sent["response_format"]["json_schema"]["schema"] == {"type": "object"}


def test_a_picture_travels_inside_the_request_to_the_model_named(settings) -> None:
    settings.SPARK_CONTROL_URL = ""
    settings.CRM_VISION_MODEL = "qwen-vl"
    assert not spark.sees(), "no server, no eyes"
    parts = [spark.text_part("What does it say?"), spark.picture_part(b"\x89PNG", "image/png")]
    with fakes.chat_server('{"text": "hi"}') as server:
        settings.SPARK_CONTROL_URL = server.url
        assert spark.sees()
        spark.chat([{"role": "user", "content": parts}], schema={}, name="x", model="qwen-vl")
    (sent,) = server.requests
    assert sent["model"] == "qwen-vl"
    text, picture = sent["messages"][0]["content"]
    assert text == {"type": "text", "text": "What does it say?"}
    assert picture == {"type": "image_url", "image_url": {"url": "data:image/png;base64,iVBORw=="}}


def test_no_server_configured_is_unavailable(settings) -> None:
    settings.SPARK_CONTROL_URL = ""
    with pytest.raises(spark.ModelUnavailable):
        spark.chat(ASK, schema={}, name="x")


def huge(handler, body):
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(200):
            handler.wfile.write(b"x" * 65536)
    except OSError:
        return None
    return None


def dripping(handler, body):
    handler.send_response(200)
    handler.end_headers()
    try:
        for _ in range(100):
            handler.wfile.write(b" ")
            handler.wfile.flush()
            time.sleep(0.05)
    except OSError:
        return None
    return None


def broken(handler, body):
    handler.send_response(200)
    handler.end_headers()
    handler.wfile.write(b'{"choices": [{"message": {}}]}')


def failing(handler, body):
    handler.send_error(500)


@pytest.mark.parametrize("answer", [huge, dripping, broken, failing], ids=lambda answer: answer.__name__)
def test_a_bad_server_is_unavailable_soon(settings, answer) -> None:
    with fakes.chat_server(answer) as server:
        began = time.monotonic()
        with pytest.raises(spark.ModelUnavailable):
            ask(settings, server, timeout_s=0.5)
        assert time.monotonic() - began < 4


def test_after_three_failures_calls_fail_at_once_and_recover(settings, monkeypatch) -> None:
    with fakes.chat_server(failing, failing, failing, "{}") as server:
        for _ in range(3):
            with pytest.raises(spark.ModelUnavailable):
                ask(settings, server)
        with pytest.raises(spark.ModelUnavailable, match="lately"):
            ask(settings, server)
        assert len(server.requests) == 3
        later = time.monotonic() + spark.OPEN_FOR_S + 1
        monkeypatch.setattr(spark.time, "monotonic", lambda: later)
        assert ask(settings, server) == "{}"


@pytest.mark.parametrize(
    ("host", "public"),
    [
        ("127.0.0.1", False),
        ("10.1.2.3", False),
        ("192.168.1.5", False),
        ("8.8.8.8", True),
        ("::ffff:8.8.8.8", True),
    ],
)
def test_public_addresses_are_told_from_the_house(host: str, public: bool) -> None:
    assert env.is_public(host) is public


def test_a_public_model_server_stops_the_start() -> None:
    with pytest.raises(env.WrongSetting, match="SPARK_CONTROL_URL"):
        env.check_spark_url("http://8.8.8.8:8000", allow_remote=False)
    env.check_spark_url("http://8.8.8.8:8000", allow_remote=True)
    env.check_spark_url("", allow_remote=False)


def test_a_server_that_became_public_is_not_called(settings) -> None:
    settings.SPARK_CONTROL_URL = "http://8.8.8.8:1"
    settings.SPARK_ALLOW_REMOTE = False
    with pytest.raises(spark.ModelUnavailable, match="public"):
        spark.chat(ASK, schema={}, name="x")
