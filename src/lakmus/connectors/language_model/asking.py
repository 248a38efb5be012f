"""One question to a model: a POST without redirects or proxies, bounded in time and size; the key goes nowhere but into its header."""

from __future__ import annotations

import http.client
import json
import ssl
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from lakmus.history.failures import BadInput, LakmusError
from lakmus.history.wording import Wording

TIMEOUT_SECONDS, LONGEST_ANSWER = 30.0, 200_000
THIS_MACHINE = frozenset({"localhost", "127.0.0.1", "::1"})
WRONG_ADDRESS = Wording(
    "«{address}» не адрес модели: нужен вид https://узел/v1 (http – только для этой машины), без имени и пароля внутри. Ничего "
    "не отправлено; исправьте LAKMUS_MODEL_URL.",
    "“{address}” is no address of a model: it takes the form https://host/v1 (http for this machine only), with no name or password in "
    "it. Nothing was sent; correct LAKMUS_MODEL_URL.",
)
NO_ANSWER = Wording(
    "Модель по адресу «{host}» не ответила как положено ({trouble}). Прочитанное словарём осталось как есть; проверьте адрес, ключ и сеть.",
    "The model at “{host}” did not answer as it should ({trouble}). What the lexicon read stands; check the address, the key, the network.",
)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where a model is asked: `path` ends before ``/chat/completions``; `key` is never shown."""

    host: str
    port: int
    path: str
    is_tls: bool
    model: str
    key: str = field(default="", repr=False)
    timeout_seconds: float = TIMEOUT_SECONDS


def checked_endpoint(address: str, model: str, key: str = "") -> Endpoint:
    """Return an address taken apart.

    Raises
    ------
    BadInput : it is none, or asks for plain HTTP to another machine.
    """
    try:
        parts = urlsplit(address.strip())
        host, port = parts.hostname or "", parts.port
    except ValueError as problem:
        raise BadInput("model_address", WRONG_ADDRESS.filled(address=address)) from problem
    is_tls = parts.scheme == "https"
    plain = parts.scheme == "http" and host in THIS_MACHINE
    if not host or not (is_tls or plain) or parts.username is not None or parts.password is not None or not address.strip().isprintable():
        raise BadInput("model_address", WRONG_ADDRESS.filled(address=address))
    return Endpoint(host, port or (443 if is_tls else 80), parts.path.rstrip("/"), is_tls, model, key)


def request_body(endpoint: Endpoint, *, task: str, text: str) -> str:
    """Return the very body that `ask_model` sends."""
    messages = [{"role": "system", "content": task}, {"role": "user", "content": text}]
    return json.dumps({"model": endpoint.model, "temperature": 0, "messages": messages}, ensure_ascii=False)


def ask_model(endpoint: Endpoint, *, task: str, text: str) -> str:
    """Return what the model answers to one text.

    Raises
    ------
    LakmusError : no answer came in time, or one that cannot be read.
    """
    kind = http.client.HTTPSConnection if endpoint.is_tls else http.client.HTTPConnection
    connection = kind(endpoint.host, endpoint.port, timeout=endpoint.timeout_seconds)
    headers = {"Content-Type": "application/json", **({"Authorization": f"Bearer {endpoint.key}"} if endpoint.key else {})}
    try:
        connection.request("POST", f"{endpoint.path}/chat/completions", request_body(endpoint, task=task, text=text).encode(), headers)
        response = connection.getresponse()
        if response.status != 200:
            raise _failed(endpoint, f"HTTP {response.status}")
        told = json.loads(response.read(LONGEST_ANSWER + 1)[:LONGEST_ANSWER])
        return str(told["choices"][0]["message"]["content"])
    except TimeoutError as problem:
        raise _failed(endpoint, "timeout") from problem
    except ssl.SSLError as problem:
        raise _failed(endpoint, "TLS") from problem
    except (OSError, http.client.HTTPException) as problem:
        raise _failed(endpoint, "no connection") from problem
    except (ValueError, LookupError, TypeError) as problem:
        raise _failed(endpoint, "unreadable") from problem
    finally:
        connection.close()


def _failed(endpoint: Endpoint, trouble: str) -> LakmusError:
    return LakmusError("model_failed", NO_ANSWER.filled(host=endpoint.host, trouble=trouble))
