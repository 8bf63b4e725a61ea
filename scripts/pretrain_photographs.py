"""Trains a network on the 200 classes of Tiny ImageNet with PyTorch on a GPU, for longer than a laptop would.

    python scripts/pretrain_photographs.py vit|resnet TINY_IMAGENET OUT [--epochs 60] [--seconds 400]

Needs torch, torchvision and transformers. The network and its training are those of the stage image-pretraining of the
preset photographs: AdamW in one cycle, photographs shifted by up to four pixels and mirrored. With --seconds it trains for as
many epochs, at most --epochs, as fit into that time. OUT gets model.safetensors (half precision, Hugging Face's names),
log.csv and settings.json.
"""

import argparse
import csv
import json
import math
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch.nn.functional import cross_entropy, pad
from torchvision.io import ImageReadMode, decode_image
from transformers import ResNetConfig, ResNetForImageClassification, ViTConfig, ViTForImageClassification

SHIFT = 4
BATCH = 128
WEIGHT_DECAY = 0.01
LEARNING_RATE = {"vit": 1e-3, "resnet": 3e-3}
COLOURS = [[0.485, 0.456, 0.406], [0.229, 0.224, 0.225]]


def network(architecture: str):
    if architecture == "vit":
        config = ViTConfig(
            image_size=64, patch_size=8, hidden_size=128, num_attention_heads=4, num_hidden_layers=6,
            intermediate_size=512, layer_norm_eps=1e-6, hidden_dropout_prob=0.0, attention_probs_dropout_prob=0.0,
            num_labels=200,
        )
        return ViTForImageClassification(config)
    config = ResNetConfig(
        embedding_size=24, hidden_sizes=[24, 48, 96, 192], depths=[2, 2, 2, 2], layer_type="basic", num_labels=200
    )
    model = ResNetForImageClassification(config)
    # A small photograph has a small stem: 3 x 3 in place of 7 x 7.
    stem = torch.nn.Conv2d(3, 24, kernel_size=3, stride=2, padding=1, bias=False)
    torch.nn.init.kaiming_normal_(stem.weight, mode="fan_out", nonlinearity="relu")
    model.resnet.embedder.embedder.convolution = stem
    return model


def photographs(folder: Path, device: str):
    """Pixels [photographs, 3, 64, 64] and classes of both parts, the classes in the order of their names."""
    classes = sorted(path.name for path in (folder / "train").iterdir())
    train = [(path, label) for label, name in enumerate(classes) for path in sorted((folder / "train" / name / "images").iterdir())]
    lines = (folder / "val" / "val_annotations.txt").read_text().splitlines()
    val = [(folder / "val" / "images" / name, classes.index(label)) for name, label, *_ in (line.split("\t") for line in lines)]

    def read(part):
        with ThreadPoolExecutor() as pool:
            pixels = list(pool.map(lambda one: decode_image(str(one[0]), ImageReadMode.RGB), part))
        return torch.stack(pixels).to(device), torch.tensor([label for _, label in part], device=device)

    return read(train), read(val)


def shifted(pixels: torch.Tensor) -> torch.Tensor:
    """Each photograph by its own shift, the edges repeated, and every other one mirrored."""
    count, _, size, _ = pixels.shape
    padded = pad(pixels.float(), [SHIFT] * 4, mode="replicate")
    places = torch.arange(size, device=pixels.device)
    rows, columns = (torch.randint(2 * SHIFT + 1, (count, 1), device=pixels.device) + places for _ in range(2))
    mirrored = torch.rand(count, 1, device=pixels.device) < 0.5
    columns = torch.where(mirrored, columns.flip(1), columns)
    each = torch.arange(count, device=pixels.device)[:, None, None]
    return padded[each, :, rows[:, :, None], columns[:, None, :]].permute(0, 3, 1, 2)


def one_cycle(rate: float, steps: int, step: int) -> float:
    """Half a cosine up from a 25th of the rate in 15 % of the steps, and half a cosine down to nearly nothing."""

    def between(start: float, end: float, part: float) -> float:
        return end + (start - end) * (1 + math.cos(math.pi * part)) / 2

    top = 0.15 * steps - 1
    if step <= top:
        return between(rate / 25, rate, step / top)
    return between(rate, rate / 250_000, min(1, (step - top) / (steps - 1 - top)))


def main() -> None:
    arguments = argparse.ArgumentParser()
    arguments.add_argument("architecture", choices=["vit", "resnet"])
    arguments.add_argument("folder", type=Path)
    arguments.add_argument("out", type=Path)
    arguments.add_argument("--epochs", type=int, default=60)
    arguments.add_argument("--seconds", type=float)
    arguments.add_argument("--seed", type=int, default=1)
    given = arguments.parse_args()
    device = "cuda" if torch.cuda.is_available() else "cpu"
    torch.manual_seed(given.seed)
    (pixels, labels), (val_pixels, val_labels) = photographs(given.folder, device)
    mean, deviation = (255 * torch.tensor(part, device=device).view(1, 3, 1, 1) for part in COLOURS)
    model = network(given.architecture).to(device)
    optimizer = torch.optim.AdamW(model.parameters(), weight_decay=WEIGHT_DECAY, fused=device == "cuda")
    steps = -(-len(labels) // BATCH)

    def step(places, rate):
        optimizer.param_groups[0]["lr"] = rate
        logits = model(pixel_values=(shifted(pixels[places]) - mean) / deviation).logits
        loss = cross_entropy(logits, labels[places])
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.detach()

    epochs = given.epochs
    if given.seconds:
        for _ in range(20):
            step(torch.randint(len(labels), (BATCH,), device=device), 0.0)
        torch.cuda.synchronize()
        start = time.time()
        for _ in range(100):
            step(torch.randint(len(labels), (BATCH,), device=device), 0.0)
        torch.cuda.synchronize()
        epochs = max(1, min(epochs, int(given.seconds / ((time.time() - start) / 100 * steps * 1.1))))
        # The trial steps at rate 0 have moved running statistics and moments.
        torch.manual_seed(given.seed)
        model.load_state_dict(network(given.architecture).state_dict())
        optimizer.state.clear()
    print(f"{given.architecture}: {epochs} epochs of {steps} steps", flush=True)

    log, began, done = [], time.time(), 0
    for epoch in range(1, epochs + 1):
        model.train()
        order = torch.randperm(len(labels), device=device)
        total = torch.zeros((), device=device)
        for places in order.split(BATCH):
            total += step(places, one_cycle(LEARNING_RATE[given.architecture], epochs * steps, done))
            done += 1
        model.eval()
        with torch.no_grad():
            answers = torch.cat([model(pixel_values=(part.float() - mean) / deviation).logits.argmax(1) for part in val_pixels.split(1000)])
        row = {"epoch": epoch, "step": epoch * steps, "train_loss": (total / steps).item(), "accuracy": (answers == val_labels).float().mean().item()}
        log.append(row)
        print(row, f"{time.time() - began:.0f} s", flush=True)

    given.out.mkdir(parents=True, exist_ok=True)
    kept = {name: value.half().contiguous() for name, value in model.state_dict().items() if not name.endswith("tracked")}
    save_file(kept, given.out / "model.safetensors")
    with open(given.out / "log.csv", "w", newline="") as file:
        writer = csv.DictWriter(file, log[0], lineterminator="\n")
        writer.writeheader()
        writer.writerows(log)
    settings = {"architecture": given.architecture, "epochs": epochs, "batchSize": BATCH, "learningRate": LEARNING_RATE[given.architecture], "weightDecay": WEIGHT_DECAY, "seed": given.seed}
    (given.out / "settings.json").write_text(json.dumps(settings))


main()
