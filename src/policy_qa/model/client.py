"""A language model's answer as a stream of words, through LlamaIndex, with time limits that hold.

The stream is read in an event loop of its own, in a thread of its own: there a limit or a stop ends the wait
for the server at once and closes the connection, so that the server stops writing as well.
"""

from __future__ import annotations

import asyncio
import logging
import queue
import threading
from collections.abc import AsyncGenerator, Callable, Iterator, Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from policy_qa.model_settings import ModelSettings

if TYPE_CHECKING:
    import httpx
    from llama_index.core.base.llms.types import ChatMessage
    from llama_index.core.llms import LLM


class Reason(StrEnum):
    """What went wrong, as far as a reader can do something about it."""

    UNREACHABLE = "unreachable"
    SLOW = "slow"
    BROKEN_OFF = "broken-off"
    EMPTY = "empty"
    REFUSED = "refused"  # an HTTP status that is no success
    GARBAGE = "garbage"
    STOPPED = "stopped"  # by the reader


class ModelFailed(Exception):
    """Ends a model's answer. `detail` is for the log: it holds neither the key nor what was sent."""

    def __init__(self, reason: Reason, detail: str = "") -> None:
        super().__init__(f"{reason.value}: {detail}" if detail else reason.value)
        self.reason, self.detail = reason, detail


log = logging.getLogger(__name__)

#: A connection that isn't made within so many seconds won't be.
_CONNECT = 5.0
#: The reader looks so often, in seconds, whether the answer is to be stopped.
_TICK = 0.05
#: More characters than this are no answer to a question about rules.
_LONGEST = 20_000


@dataclass(frozen=True, slots=True)
class Message:
    """One message to a model; `role` is `system`, `user` or `assistant`."""

    role: str
    content: str


@dataclass(frozen=True, slots=True)
class End:
    """The end of an answer; `cut` tells that a limit on its length ended it."""

    cut: bool = False


Words = AsyncGenerator["str | End", None]


class ModelStream:
    """One answer as it is written: iterate, once, to get its words; `cut` then tells whether it has its end.

    Iterating raises ModelFailed where the model gives no whole answer, or once `stopped` is set. Whoever
    leaves the iteration early ends the connection.
    """

    def __init__(self, read: Callable[[], Words], settings: ModelSettings, stopped: threading.Event) -> None:
        self.cut = False
        self._read, self._settings, self._stopped = read, settings, stopped
        self._queue: queue.SimpleQueue[str | End | ModelFailed] = queue.SimpleQueue()

    def __iter__(self) -> Iterator[str]:
        loop = asyncio.new_event_loop()
        task = loop.create_task(self._pump())
        thread = threading.Thread(target=_run, args=(loop, task), name="policy-qa-model", daemon=True)
        thread.start()
        try:
            while isinstance(item := self._next(), str):
                yield item
            if isinstance(item, ModelFailed):
                raise item
            self.cut = item.cut
        finally:
            with suppress(RuntimeError):  # it has closed by itself
                loop.call_soon_threadsafe(task.cancel)
            thread.join(timeout=_CONNECT)

    def _next(self) -> str | End | ModelFailed:
        while not self._stopped.is_set():
            try:
                return self._queue.get(timeout=_TICK)
            except queue.Empty:
                continue
        return ModelFailed(Reason.STOPPED)

    async def _pump(self) -> None:
        """Pass the words on until the answer ends, in whatever way."""
        settings, now = self._settings, asyncio.get_running_loop().time
        last = now() + settings.timeout
        begun, written = False, 0
        end: End | ModelFailed = ModelFailed(Reason.EMPTY)
        try:
            first = min(last, now() + settings.first_token_timeout)
            async with asyncio.timeout_at(first) as limit, aclosing(self._read()) as words:
                async for word in words:
                    if isinstance(word, End):
                        end = word
                        break
                    begun = True
                    limit.reschedule(min(last, now() + settings.token_timeout))
                    if word:
                        self._queue.put(word)
                    if (written := written + len(word)) > _LONGEST:
                        end = End(cut=True)
                        break
        except TimeoutError:
            end = ModelFailed(Reason.SLOW, "stalled, or too long as a whole" if begun else "no first word")
        except ModelFailed as failure:
            end = failure
        except Exception as error:  # a server that talks nonsense makes the libraries fail in any way
            end = _classified(error)
        if isinstance(end, ModelFailed):
            log.warning("no answer from the language model at %s: %s", settings.host, end)
        self._queue.put(end)


def _run(loop: asyncio.AbstractEventLoop, task: asyncio.Task[None]) -> None:
    asyncio.set_event_loop(loop)
    try:
        loop.run_until_complete(task)
    except asyncio.CancelledError:
        log.debug("the answer of the language model was stopped")
    finally:
        loop.run_until_complete(loop.shutdown_asyncgens())
        asyncio.set_event_loop(None)
        loop.close()


class ModelClient:
    """Asks one language model. `llm` is any LlamaIndex LLM; without it, the server that the settings name."""

    def __init__(self, settings: ModelSettings, llm: LLM | None = None) -> None:
        self.settings = settings
        self._llm = llm
        self._tls: Any = None

    def stream(self, messages: Sequence[Message], stopped: threading.Event | None = None) -> ModelStream:
        """The answer to messages; nothing is sent before it is iterated."""
        self.prepare()
        return ModelStream(lambda: self._words(messages), self.settings, stopped or threading.Event())

    def prepare(self) -> None:
        """Import what asking needs, once; it takes seconds, which no limit of time should count."""
        import httpx
        import openai.resources.chat  # noqa: F401 - openai imports it when it is first asked
        from llama_index.core.base.llms.types import ChatMessage  # noqa: F401
        from llama_index.llms.openai_like import OpenAILike  # noqa: F401

        if self._tls is None:
            self._tls = httpx.create_ssl_context()

    async def _words(self, messages: Sequence[Message]) -> Words:
        from llama_index.core.base.llms.types import ChatMessage

        chat = [ChatMessage(role=m.role, content=m.content) for m in messages]
        if self._llm is not None:
            async for word in _content(self._llm, chat, announced=False):
                yield word
            return
        async with self._http() as http:  # closing it closes the connection, whatever state that is in
            async for word in _content(_open(self.settings, http), chat, announced=True):
                yield word

    def _http(self) -> httpx.AsyncClient:
        import httpx

        return httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(verify=self._tls, retries=1),  # of connecting, not of asking
            timeout=httpx.Timeout(None, connect=_CONNECT),
            trust_env=not self.settings.is_local,
            follow_redirects=False,  # what is asked goes to the host that was named
        )

    def probe(self) -> list[str]:
        """The names of the models that the server offers; ModelFailed where it can't be reached."""
        import httpx

        key = {"Authorization": f"Bearer {self.settings.key}"} if self.settings.key else {}
        try:
            with httpx.Client(timeout=_CONNECT, trust_env=not self.settings.is_local) as http:
                answer = http.get(f"{self.settings.url}/models", headers=key)
        except httpx.HTTPError as error:
            raise _classified(error) from None
        if answer.status_code != httpx.codes.OK:
            raise ModelFailed(Reason.REFUSED, f"HTTP {answer.status_code}")
        try:
            return [str(entry["id"]) for entry in answer.json()["data"]]
        except (ValueError, KeyError, TypeError):
            raise ModelFailed(Reason.GARBAGE, "no list of models") from None


def _open(settings: ModelSettings, http: httpx.AsyncClient) -> LLM:
    """LlamaIndex's class for servers that speak OpenAI's protocol. It counts no tokens, so it fetches no tables."""
    import httpx
    from llama_index.llms.openai_like import OpenAILike

    llm: LLM = OpenAILike(
        model=settings.model,
        api_base=settings.url,
        api_key=settings.key or "none",
        is_chat_model=True,
        context_window=settings.context,
        max_tokens=settings.max_tokens,
        temperature=settings.temperature,
        max_retries=0,
        async_http_client=http,
        additional_kwargs={"timeout": httpx.Timeout(None, connect=_CONNECT)},
    )
    return llm


async def _content(llm: LLM, chat: list[ChatMessage], *, announced: bool) -> Words:
    """The words of an answer (empty ones while the model thinks) and its end, which `announced` ones tell."""
    finish = None
    async for response in await llm.astream_chat(chat):
        choices = getattr(response.raw, "choices", None)
        finish = (choices[0].finish_reason if choices else None) or finish
        yield response.delta or ""
    if announced and finish is None:
        raise ModelFailed(Reason.BROKEN_OFF, "no end was announced")
    yield End(cut=finish == "length")


def _classified(error: Exception) -> ModelFailed:
    """What an exception of the libraries below means. Only its kind is kept: its text may hold what was sent."""
    import httpx
    import openai

    kind = type(error).__name__
    if isinstance(error, openai.APIStatusError):
        return ModelFailed(Reason.REFUSED, f"HTTP {error.status_code}")
    cause = error.__cause__ if isinstance(error, openai.APIConnectionError) else error
    if isinstance(cause, httpx.ConnectError | httpx.ConnectTimeout):
        return ModelFailed(Reason.UNREACHABLE, kind)
    if isinstance(cause, httpx.TimeoutException):
        return ModelFailed(Reason.SLOW, kind)
    if isinstance(cause, httpx.TransportError):
        return ModelFailed(Reason.BROKEN_OFF, kind)
    return ModelFailed(Reason.GARBAGE, kind)
