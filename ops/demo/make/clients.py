"""The tools of the scenario's people: sockets and programs inside a chosen network namespace."""

import ctypes
import http.client
import os
import pathlib
import socket
import subprocess
import threading
import time

VICTIM = "10.0.0.5"
CLONE_NEWNET = 0x40000000
_libc = ctypes.CDLL(None, use_errno=True)


def enter_network(holder: int) -> None:
    """Moves the calling thread, and what it starts, into the network of process `holder`."""
    with open(f"/proc/{holder}/ns/net", encoding="ascii") as handle:
        if _libc.setns(handle.fileno(), CLONE_NEWNET) != 0:
            raise OSError(ctypes.get_errno(), "setns failed")


class Clock:
    """Story seconds since the start; `pace` below 1 hurries."""

    def __init__(self, pace: float) -> None:
        self.pace = pace
        self.start = time.time()

    def until(self, second: float) -> None:
        """Sleeps until that second of the story."""
        time.sleep(max(0.0, self.start + second * self.pace - time.time()))

    def rest(self, seconds: float) -> None:
        """Sleeps that many story seconds."""
        time.sleep(seconds * self.pace)


class Ssh:
    """Logs in with Debian's ssh client; passwords go through SSH_ASKPASS."""

    def __init__(self, scratch: pathlib.Path) -> None:
        self.ask = scratch / "askpass"
        self.ask.write_text('#!/bin/sh\nprintf "%s\\n" "$STORY_PASSWORD"\n')
        self.ask.chmod(0o700)

    def arguments(self, address: str, user: str, *options: str) -> list[str]:
        """The command line of one login from `address`."""
        common = [
            "ssh", "-F", "/dev/null", "-b", address, "-o", "UserKnownHostsFile=/dev/null",
            "-o", "StrictHostKeyChecking=no", "-o", "LogLevel=ERROR", "-o", "NumberOfPasswordPrompts=1",
            "-o", "ConnectTimeout=20", "-o", "IdentitiesOnly=yes",
        ]  # fmt: skip
        return [*common, *options, f"{user}@{VICTIM}"]

    def environment(self, password: str) -> dict[str, str]:
        """What lets ssh read `password` without a terminal."""
        return {
            "PATH": os.environ["PATH"], "HOME": str(self.ask.parent), "DISPLAY": "none",
            "SSH_ASKPASS": str(self.ask), "SSH_ASKPASS_REQUIRE": "force", "STORY_PASSWORD": password,
        }  # fmt: skip

    def password(self, address: str, user: str, password: str, command: str = "true") -> bool:
        """One login by password; true if it succeeded."""
        options = ("-o", "PreferredAuthentications=password", "-o", "PubkeyAuthentication=no")
        arguments = [*self.arguments(address, user, *options), command]
        done = subprocess.run(
            arguments, env=self.environment(password), timeout=60, check=False,
            stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip
        return done.returncode == 0

    def probe(self, address: str, user: str) -> None:
        """Names a user and asks what it may log in with, no more."""
        arguments = self.arguments(address, user, "-o", "PreferredAuthentications=none")
        subprocess.run(arguments, timeout=60, check=False, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    def key(self, address: str, user: str, key: pathlib.Path, command: str) -> None:
        """One login by key; a refusal is an error of the scenario."""
        arguments = [*self.arguments(address, user, "-i", str(key)), command]
        subprocess.run(arguments, timeout=60, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)

    def terminal(self, address: str, user: str, password: str) -> subprocess.Popen[str]:
        """A session at a remote terminal; the caller types into its stdin."""
        options = ("-tt", "-o", "PreferredAuthentications=password", "-o", "PubkeyAuthentication=no")
        return subprocess.Popen(
            self.arguments(address, user, *options), env=self.environment(password), text=True,
            stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        )  # fmt: skip


def connect_scan(address: str, ports: list[int], pause: float) -> list[int]:
    """Tries to connect to each port once; returns those that answered."""
    answered = []
    for port in ports:
        with socket.socket() as probe:
            probe.bind((address, 0))
            probe.settimeout(1)
            if probe.connect_ex((VICTIM, port)) == 0:
                answered.append(port)
        time.sleep(pause)
    return answered


def browse(address: str, agent: str, requests: list[tuple[str, str, str]], pauses: list[float]) -> None:
    """One visit over one kept-alive connection: (method, path, referer), and the pause after each."""
    connection = http.client.HTTPConnection(VICTIM, 80, timeout=10, source_address=(address, 0))
    for (method, path, referer), pause in zip(requests, pauses, strict=True):
        headers = {"Host": "shop.example", "User-Agent": agent, "Accept": "*/*"}
        if referer:
            headers["Referer"] = referer
        body = "user=guest&token=visit" if method == "POST" else None
        if body:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body=body, headers=headers)
        connection.getresponse().read()
        time.sleep(pause)
    connection.close()


def curl(address: str, path: str) -> None:
    """One request by curl, the path left as it is."""
    arguments = ["curl", "-s", "-o", "/dev/null", "-m", "10", "--globoff", "--path-as-is"]
    arguments += ["--interface", address, "-H", "Host: shop.example", f"http://{VICTIM}{path}"]
    subprocess.run(arguments, timeout=20, check=False)


def serve_once(address: str, port: int, body: bytes, seconds: float) -> None:
    """Answers one HTTP request with `body`; gives up after `seconds`."""
    with socket.create_server((address, port)) as server:
        server.settimeout(seconds)
        try:
            peer, _ = server.accept()
        except TimeoutError:
            return
        with peer:
            peer.settimeout(5)
            peer.recv(4096)
            head = f"HTTP/1.1 200 OK\r\nContent-Type: text/x-sh\r\nContent-Length: {len(body)}\r\n\r\n"
            peer.sendall(head.encode() + body)


def start(holder: int, work, failures: list[str]) -> threading.Thread:
    """Runs `work` in a thread of its own inside the network of `holder`."""

    def body() -> None:
        try:
            enter_network(holder)
            work()
        except Exception as error:  # a failed actor must fail the recording, not vanish with its thread
            failures.append(f"{work.__name__}: {error!r}")

    thread = threading.Thread(target=body, name=work.__name__)
    thread.start()
    return thread
