"""Turns a second and their latency, against Rasa's default bot in the same run.

    .venv/bin/python -m bench.turns

This product is measured through the gateway: a message is posted, and its time ends when the
reply arrives on the live stream. The peer is the bot of `rasa init` with Rasa's default pipeline
(DIET, TED), trained here in an environment of its own under var/bench/, and asked over its REST
channel. Both run on this machine, one after the other, with the same load: 1 and 16 parallel
newcomers. The first run installs and trains the peer (some minutes); later runs reuse it.
"""

import asyncio
import json
import os
import shutil
import statistics
import subprocess
import tempfile
import time
import uuid
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

import aiohttp
import psutil
import uvloop
from rich.console import Console
from rich.table import Table

from bench import peer
from command_line import train
from tests.conftest import NOW, fill
from tests.stack import LOOPBACK, Stack, free_ports, make_stack

WARM_UP_SECONDS, MEASURED_SECONDS = 3.0, 10.0
PARALLEL = (1, 16)
TURNS_A_CONVERSATION = 20
QUESTIONS = (
    "vilka rättigheter har jag här",
    "how do I pay tax when I have a job in Sweden?",
    "ما هي واجباتي هنا في السويد",
    "jag behöver tolk hos läkaren",
    "my landlord does not repair the heating in my flat",
    "هل لازم ابني يروح المدرسة كل يوم",
)
PEER_QUESTIONS = (
    "hello there",
    "I am feeling very good today",
    "my day was horrible",
    "are you a bot or a human?",
)
console = Console()
Asker = Callable[[aiohttp.ClientSession], Awaitable[list[float]]]
"""Asks for the measured time; gives the seconds of each turn."""


@dataclass(frozen=True)
class Result:
    """One measurement: turns a second, and milliseconds."""

    rate: float
    p50: float
    p95: float


class WebNewcomer:
    """Posts to the gateway and waits on the live stream."""

    def __init__(self, base: str, session: aiohttp.ClientSession) -> None:
        self._base, self._session = base, session
        self._headers: dict[str, str] = {}
        self._replies: asyncio.Queue[int] = asyncio.Queue()
        self._stream: asyncio.Task[None] | None = None

    async def start(self) -> None:
        async with self._session.post(f"{self._base}/chat/conversations", json={}) as response:
            token = (await response.json())["token"]
        self._headers = {"Authorization": f"Bearer {token}"}
        self._stream = asyncio.create_task(self._listen())

    async def ask(self, text: str) -> None:
        body = {"id": uuid.uuid4().hex, "text": text}
        async with self._session.post(
            f"{self._base}/chat/messages", json=body, headers=self._headers
        ) as response:
            response.raise_for_status()
        await asyncio.wait_for(self._replies.get(), 30)

    async def stop(self) -> None:
        if self._stream:
            self._stream.cancel()

    async def _listen(self) -> None:
        timeout = aiohttp.ClientTimeout(total=None)
        async with self._session.get(
            f"{self._base}/chat/events?after=0", headers=self._headers, timeout=timeout
        ) as response:
            async for line in response.content:
                if line.startswith(b"data: ") and b'"author":"bot"' in line:
                    self._replies.put_nowait(json.loads(line[6:])["cursor"])


async def measure(newcomer: Asker, parallel: int) -> Result:
    """Run so many newcomers at once and sum up their turns' times (seconds)."""
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(connector=connector) as session:
        started = time.perf_counter()
        everybody = await asyncio.gather(*(newcomer(session) for _ in range(parallel)))
        elapsed = time.perf_counter() - started - WARM_UP_SECONDS
    times = sorted(each for times in everybody for each in times)
    return Result(
        len(times) / elapsed,
        statistics.median(times) * 1000,
        times[int(len(times) * 0.95) - 1] * 1000,
    )


def product_newcomer(base: str) -> Asker:
    """Asks this product through the gateway."""

    async def run(session: aiohttp.ClientSession) -> list[float]:
        times: list[float] = []
        started = time.perf_counter()
        number = 0
        while time.perf_counter() - started < WARM_UP_SECONDS + MEASURED_SECONDS:
            newcomer = WebNewcomer(base, session)
            await newcomer.start()
            for _ in range(TURNS_A_CONVERSATION):
                before = time.perf_counter()
                await newcomer.ask(QUESTIONS[number % len(QUESTIONS)])
                number += 1
                if before - started > WARM_UP_SECONDS:
                    times.append(time.perf_counter() - before)
            await newcomer.stop()
        return times

    return run


def peer_newcomer(port: int) -> Asker:
    """Asks Rasa's default bot over its REST channel."""

    async def run(session: aiohttp.ClientSession) -> list[float]:
        times: list[float] = []
        started = time.perf_counter()
        number = 0
        while time.perf_counter() - started < WARM_UP_SECONDS + MEASURED_SECONDS:
            sender = uuid.uuid4().hex
            for _ in range(TURNS_A_CONVERSATION):
                before = time.perf_counter()
                body = {
                    "sender": sender,
                    "message": PEER_QUESTIONS[number % len(PEER_QUESTIONS)],
                }
                address = f"http://{LOOPBACK}:{port}/webhooks/rest/webhook"
                async with session.post(address, json=body) as response:
                    await response.read()
                number += 1
                if before - started > WARM_UP_SECONDS:
                    times.append(time.perf_counter() - before)
        return times

    return run


async def parts_of_a_turn(stack: Stack) -> dict[str, float]:
    """Median milliseconds of each part inside Rasa."""
    headers = {"Authorization": f"Bearer {stack.environment['KONTAKTPUNKT_INTERNAL_SECRET']}"}
    gathered: dict[str, list[float]] = {}
    async with aiohttp.ClientSession() as session:
        for number in range(120):
            body = {
                "conversation_id": f"bench-{number // TURNS_A_CONVERSATION}",
                "message_id": str(number),
                "text": QUESTIONS[number % len(QUESTIONS)],
                "channel": "web",
            }
            address = f"http://{LOOPBACK}:{stack.rasa_ports[0]}/webhooks/gateway/turn"
            async with session.post(address, json=body, headers=headers) as response:
                timings = (await response.json())["timings"]
            if number >= 20:
                for part, milliseconds in timings.items():
                    gathered.setdefault(part, []).append(milliseconds)
    return {part: statistics.median(times) for part, times in gathered.items()}


def megabytes(processes: list[psutil.Process]) -> float:
    """Memory of processes and their children, without counting shared pages twice (PSS)."""
    everything = {child for each in processes for child in [each, *each.children(recursive=True)]}
    return sum(each.memory_full_info().pss for each in everything) / 1e6


def run_product() -> tuple[dict[int, Result], dict[str, float], float]:
    """Start this product with its default of two Rasa servers, and measure it."""
    folder = Path(tempfile.mkdtemp(prefix="bench-"))
    stack = make_stack(
        folder,
        rasa_servers=2,
        change_settings=lambda text: text.replace(
            "new_conversations_a_minute = 20", "new_conversations_a_minute = 1000000"
        ),
        KONTAKTPUNKT_CLOCK=NOW,
    )
    fill(stack.database)
    for name in stack.names():
        stack.start(name)
    try:
        stack.wait_until_ready()
        results = {
            parallel: asyncio.run(measure(product_newcomer(stack.base), parallel))
            for parallel in PARALLEL
        }
        memory = megabytes([psutil.Process(each.pid) for each in stack.processes.values()])
        return results, asyncio.run(parts_of_a_turn(stack)), memory
    finally:
        stack.stop()
        shutil.rmtree(folder, ignore_errors=True)


def prepare_peer() -> Path:
    """Install and train Rasa's default bot; returns its folder."""
    folder, python = peer.FOLDER, peer.python(console)
    if not list((folder / "bot" / "models").glob("*.tar.gz")):
        console.print("Training Rasa's default bot…")
        command = [str(python), "-m", "rasa", "init", "--no-prompt", "--init-dir", "bot"]
        environment = {**os.environ, "RASA_TELEMETRY_ENABLED": "false"}
        (folder / "bot").mkdir(exist_ok=True)
        subprocess.run(
            command, cwd=folder, env=environment, check=True, stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )  # fmt: skip
    return folder


def run_peer(folder: Path) -> tuple[dict[int, Result], float]:
    """Start Rasa's default bot and measure it."""
    (port,) = free_ports(1)
    python = folder / ".venv" / "bin" / "python"
    server = subprocess.Popen(
        [str(python), "-m", "rasa", "run", "--port", str(port), "-i", LOOPBACK],
        cwd=folder / "bot",
        env={**os.environ, "RASA_TELEMETRY_ENABLED": "false"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        asyncio.run(_wait_for_peer(port))
        results = {
            parallel: asyncio.run(measure(peer_newcomer(port), parallel)) for parallel in PARALLEL
        }
        return results, megabytes([psutil.Process(server.pid)])
    finally:
        server.terminate()
        server.wait()


async def _wait_for_peer(port: int) -> None:
    deadline = time.monotonic() + 120
    async with aiohttp.ClientSession() as session:
        while time.monotonic() < deadline:
            try:
                body = {"sender": "warm", "message": "hello"}
                address = f"http://{LOOPBACK}:{port}/webhooks/rest/webhook"
                async with session.post(address, json=body) as response:
                    if response.status == 200 and await response.json():
                        return
            except aiohttp.ClientError:
                pass
            await asyncio.sleep(0.5)
    raise RuntimeError("Rasa's default bot did not start")


def main() -> None:
    """Measure both and print the table."""
    uvloop.install()  # the measuring itself should cost little
    train.train(force=False)
    folder = prepare_peer()
    console.print("Measuring this product…")
    ours, parts, our_memory = run_product()
    console.print("Measuring Rasa's default bot…")
    theirs, their_memory = run_peer(folder)
    table = Table("newcomers", "", "turns/s", "p50 ms", "p95 ms")
    for parallel in PARALLEL:
        for name, result in (
            ("Kontaktpunkt", ours[parallel]),
            ("Rasa default", theirs[parallel]),
        ):
            table.add_row(
                str(parallel), name, f"{result.rate:.1f}", f"{result.p50:.1f}", f"{result.p95:.1f}"
            )
        table.add_row(
            str(parallel),
            "ratio",
            f"{ours[parallel].rate / theirs[parallel].rate:.2f}",
            f"{ours[parallel].p50 / theirs[parallel].p50:.2f}",
            f"{ours[parallel].p95 / theirs[parallel].p95:.2f}",
        )
    console.print(table)
    console.print(f"Memory: Kontaktpunkt {our_memory:.0f} MB, Rasa default {their_memory:.0f} MB")
    turn = parts.pop("turn")
    print_parts = {
        "gateway and its store": ours[1].p50 - turn,
        **parts,
        "policy and the rest of Rasa": turn - sum(parts.values()),
    }
    for part, milliseconds in print_parts.items():
        console.print(f"  {part}: {milliseconds:.1f} ms")


if __name__ == "__main__":
    main()
