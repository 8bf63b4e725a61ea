"""The training step that `npm run bench` compares with: GPT-2 of transformers, forward, backward, clip, AdamW, dropout on.

Prints one JSON line: milliseconds a step (median), eager and with torch.compile.
"""

import argparse
import json
import os
import statistics
import time

parser = argparse.ArgumentParser()
parser.add_argument("--layers", type=int, default=2)
parser.add_argument("--steps", type=int, default=200)
parser.add_argument("--threads", type=int, default=0, help="0: torch's own choice")
parser.add_argument("--compile", action="store_true", help="time torch.compile too")
arguments = parser.parse_args()

os.environ["HF_HUB_OFFLINE"] = "1"
import torch  # noqa: E402
from transformers import GPT2Config, GPT2LMHeadModel  # noqa: E402

if arguments.threads:
    torch.set_num_threads(arguments.threads)
device = "cuda" if torch.cuda.is_available() else "cpu"


def measure(use_compile: bool) -> float:
    torch.manual_seed(1)
    config = GPT2Config(
        vocab_size=1001, n_positions=4, n_embd=128, n_head=4, n_layer=arguments.layers, attn_implementation="eager"
    )
    model = GPT2LMHeadModel(config).to(device).train()
    optimizer = torch.optim.AdamW(model.parameters(), lr=5e-4, weight_decay=0.0)
    forward = torch.compile(model) if use_compile else model
    batches = torch.randint(0, 1000, (arguments.steps, 50, 4), device=device)
    batches[:, :, 2] = 1000
    batches[:, :, 3] %= 7
    times = []
    for ids in batches:
        start = time.perf_counter()
        optimizer.zero_grad(set_to_none=True)
        loss = forward(input_ids=ids, labels=ids).loss
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        loss.item()
        times.append((time.perf_counter() - start) * 1000)
    return statistics.median(times[len(times) // 4 :])


result = {"torch": torch.__version__, "eagerMs": measure(False)}
if arguments.compile:
    result["compileMs"] = measure(True)
print(json.dumps(result))
