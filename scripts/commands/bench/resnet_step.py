"""The training step that `npm run bench` compares with: a ResNet of transformers, forward, backward, AdamW, weighted loss.

Prints one JSON line: milliseconds a step (median of wall time, mean of processor time).
"""

import argparse
import json
import os
import statistics
import time

parser = argparse.ArgumentParser()
parser.add_argument("--width", type=int, default=16)
parser.add_argument("--size", type=int, default=64, help="pixels of an image's side")
parser.add_argument("--batch", type=int, default=64)
parser.add_argument("--steps", type=int, default=40)
parser.add_argument("--threads", type=int, default=0, help="0: torch's own choice")
arguments = parser.parse_args()

os.environ["HF_HUB_OFFLINE"] = "1"
import torch  # noqa: E402
from transformers import ResNetConfig, ResNetForImageClassification  # noqa: E402

if arguments.threads:
    torch.set_num_threads(arguments.threads)
torch.manual_seed(1)
device = "cuda" if torch.cuda.is_available() else "cpu"
width = arguments.width
config = ResNetConfig(
    embedding_size=width,
    hidden_sizes=[width, 2 * width, 4 * width, 8 * width],
    depths=[2, 2, 2, 2],
    layer_type="basic",
    num_labels=16,
)
model = ResNetForImageClassification(config)
# The stem for small images: 3x3, stride 2, then the same max pooling.
model.resnet.embedder.embedder.convolution = torch.nn.Conv2d(3, width, 3, stride=2, padding=1, bias=False)
model = model.to(device).train()
optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
weighted_loss = torch.nn.CrossEntropyLoss(weight=torch.ones(16, device=device))
pixels = torch.randn(arguments.batch, 3, arguments.size, arguments.size, device=device)
labels = torch.arange(arguments.batch, device=device) % 16
times = []
warm_up = max(1, arguments.steps // 4)
for step in range(arguments.steps + warm_up):
    if step == warm_up:
        processor = time.process_time()
    start = time.perf_counter()
    optimizer.zero_grad(set_to_none=True)
    loss = weighted_loss(model(pixel_values=pixels).logits, labels)
    loss.backward()
    optimizer.step()
    loss.item()
    times.append((time.perf_counter() - start) * 1000)
processor_ms = (time.process_time() - processor) * 1000 / arguments.steps
print(
    json.dumps(
        {"torch": torch.__version__, "eagerMs": statistics.median(times[warm_up:]), "processorMs": processor_ms}
    )
)
