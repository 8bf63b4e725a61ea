"""Interrupts a training in a real TypeScript kernel: interrupted_kernel.py FOLDER, where the kernel works.

Prints one JSON object: for each cell its reply's status and the text it wrote, and the seconds from the interrupt to
the reply.
"""

import json
import sys
import time

from jupyter_client.manager import start_new_kernel

TRAINING = """
const { withInterruption } = require('../lib/dist/training/interruption');
const former = process.listeners('SIGINT');
let kept = 0;
const log = await withInterruption(async (interruption) => {
  console.log('training');
  for (const startedAt = performance.now(); performance.now() - startedAt < 30000; kept++) {
    for (const step = performance.now(); performance.now() - step < 5; );
    if (await interruption.check()) return 'stopped by the person';
  }
  return 'never interrupted';
});
console.log(log);
"""
AFTERWARDS = """
console.log(kept > 0, log, process.listeners('SIGINT').length === former.length);
"""
# The kernel's own way for everything else is in force again.
PLAIN_LOOP = """
console.log('waiting');
await new Promise((resolve) => setTimeout(resolve, 30000));
"""


def main(folder):
    manager, client = start_new_kernel(kernel_name="tslab", cwd=folder, startup_timeout=120)
    try:
        cells = [
            run(manager, client, TRAINING, interrupt_at="training"),
            run(manager, client, AFTERWARDS),
            run(manager, client, PLAIN_LOOP, interrupt_at="waiting"),
            after_abort(lambda: run(manager, client, "console.log(6 * 7);")),
        ]
        print(json.dumps(cells))
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


def after_abort(act):
    """tslab drops every cell that comes within 200 ms of one that failed."""
    time.sleep(0.5)
    return act()


def run(manager, client, code, interrupt_at=None):
    written = []
    interrupted_at = [None]

    def on_output(message):
        if message["msg_type"] == "stream":
            written.append(message["content"]["text"])
            if interrupt_at and interrupted_at[0] is None and interrupt_at in "".join(written):
                time.sleep(0.3)
                interrupted_at[0] = time.monotonic()
                manager.interrupt_kernel()

    reply = client.execute_interactive(code, timeout=120, output_hook=on_output)
    seconds = time.monotonic() - interrupted_at[0] if interrupted_at[0] else None
    return {"status": reply["content"]["status"], "text": "".join(written), "seconds": seconds}


if __name__ == "__main__":
    main(sys.argv[1])
