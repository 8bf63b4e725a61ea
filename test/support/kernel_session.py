"""Runs cells in the project's kernel as a front end does, and prints what came back as JSON.

Reads {"folder", "cells": [{"code", "interrupt"?: seconds after it began}], "together"?: send all at once} from stdin, and
writes [{"status", "outputs": [{"stream", "text"}], "seconds", "states": kernel states until its reply}].
"""

import json
import sys
import time
from queue import Empty

from jupyter_client.manager import KernelManager

WAIT_SECONDS = 90


def main():
    asked = json.load(sys.stdin)
    manager = KernelManager(kernel_name="tslab")
    manager.start_kernel(cwd=asked["folder"])
    client = manager.client()
    client.start_channels()
    try:
        client.wait_for_ready(timeout=WAIT_SECONDS)
        time.sleep(asked.get("settle", 0))
        print(json.dumps(run(manager, client, asked)))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def run(manager, client, asked):
    cells = [{"outputs": [], "states": [], **cell} for cell in asked["cells"]]
    if asked.get("together"):
        send(client, cells)
        for cell in cells:
            collect(manager, client, cells, cell)
    else:
        for cell in cells:
            send(client, [cell])
            collect(manager, client, cells, cell)
    pump(client, cells, asked.get("linger", 0.3))
    keys = ("status", "outputs", "seconds", "states")
    return [{key: cell[key] for key in keys} for cell in cells]


def send(client, cells):
    for cell in cells:
        cell["id"] = client.execute(cell["code"], stop_on_error=True)
        cell["sent"] = time.monotonic()


def collect(manager, client, cells, cell):
    interrupt = cell.get("interrupt")
    deadline = time.monotonic() + WAIT_SECONDS
    began = time.monotonic()
    while "status" not in cell and time.monotonic() < deadline:
        if interrupt is not None and time.monotonic() - began > interrupt:
            manager.interrupt_kernel()
            began = cell["sent"] = time.monotonic()
            interrupt = None
        pump(client, cells, 0.05)
    cell.setdefault("status", "no reply")
    cell["seconds"] = round(time.monotonic() - cell["sent"], 2)


def pump(client, cells, seconds):
    end = time.monotonic() + seconds
    while True:
        try:
            message = client.get_iopub_msg(timeout=max(0.01, min(0.05, seconds)))
            for cell in cells:
                if cell.get("id") == message["parent_header"].get("msg_id"):
                    take(cell, message)
            if message["msg_type"] == "status":
                for cell in cells:
                    if "id" in cell and "status" not in cell:
                        cell["states"].append(message["content"]["execution_state"])
        except Empty:
            pass
        try:
            reply = client.get_shell_msg(timeout=0.01)
            for cell in cells:
                if cell.get("id") == reply["parent_header"].get("msg_id"):
                    cell["status"] = reply["content"]["status"]
        except Empty:
            pass
        if time.monotonic() > end:
            return


def take(cell, message):
    content = message["content"]
    if message["msg_type"] == "stream":
        last = cell["outputs"][-1] if cell["outputs"] else None
        if last and last["stream"] == content["name"]:
            last["text"] += content["text"]
        else:
            cell["outputs"].append({"stream": content["name"], "text": content["text"]})
    elif message["msg_type"] in ("display_data", "update_display_data"):
        cell["outputs"].append({"stream": "display", "text": content["data"].get("text/plain", "")})


main()
