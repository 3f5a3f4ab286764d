"""Compares this peer with test/golden: features, losses, gradients and optimiser trajectories.

    python bench/peer/check_golden.py
    python bench/peer/check_golden.py --precision float32

Exits 1 when float64 strays further than the golden files' own rounding explains.
"""

import argparse
import json
import sys
from pathlib import Path

from objective import Objective, Weights
from optimise import optimise
from packages import np, torch
from vgg import SafeTensors, Vgg

ROOT = Path(__file__).resolve().parents[2]
# Features and losses are stored in full; gradients are stored as float32, 6e-8 of their values.
FLOAT64_LIMITS = {"features": 1e-9, "losses": 1e-9, "gradients": 1e-6, "gradient norms": 1e-9, "trajectories": 1e-6}


def relative(value: float, golden: float) -> float:
    return abs(value - golden) / max(abs(golden), 1e-300)


def photo(array, dtype):
    """uint8 [H,W,3] → [1,3,H,W] in [0,1]"""
    return torch.from_numpy(array).permute(2, 0, 1)[None].to(dtype) / 255


def feature_error(f, golden) -> float:
    """Mean, rms and maximum relative to themselves; single values relative to the rms."""
    if list(f.shape) != golden["shape"]:
        raise SystemExit(f"shape {list(f.shape)}, golden {golden['shape']}")
    flat = f.double().flatten()
    errors = [
        relative(flat.mean().item(), golden["mean"]),
        relative(flat.square().mean().sqrt().item(), golden["rms"]),
        relative(flat.max().item(), golden["max"]),
    ]
    n = len(golden["first"])
    for values, expected in ((flat[:n], golden["first"]), (flat[-n:], golden["last"])):
        errors += [abs(v - e) / golden["rms"] for v, e in zip(values.tolist(), expected)]
    return max(errors)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--weights", type=Path, default=ROOT / "models/vgg16.safetensors", help="VGG16 (default: models/vgg16.safetensors)")
    parser.add_argument("--golden", type=Path, default=ROOT / "test/golden", help="folder (default: test/golden)")
    parser.add_argument("--precision", choices=("float64", "float32"), help="one of them (default: both)")
    parser.add_argument("--threads", type=int, default=2, help="CPU threads (default: 2)")
    args = parser.parse_args()
    torch.set_num_threads(args.threads)
    within = True
    for precision in [args.precision] if args.precision else ["float64", "float32"]:
        worst = check(args, getattr(torch, precision))
        print(f"\n{precision}: worst relative error")
        for what, (error, where) in worst.items():
            over = precision == "float64" and not error <= FLOAT64_LIMITS[what]
            within = within and not over
            print(f"  {what:15} {error:.2e}  {where}{'  OVER ' + str(FLOAT64_LIMITS[what]) if over else ''}")
    return 0 if within else 1


def check(args, dtype) -> dict[str, tuple[float, str]]:
    worst: dict[str, tuple[float, str]] = {}

    def note(what: str, error: float, where: str) -> None:
        # `not <=` rather than `>`, so that a NaN counts as worst
        if what not in worst or not error <= worst[what][0]:
            worst[what] = (error, where)

    images = SafeTensors(args.golden / "images.safetensors")
    content, style = (photo(images.read(name), dtype) for name in ("content", "style"))
    x = torch.from_numpy(images.read("x"))[None].to(dtype)
    gradients = SafeTensors(args.golden / "gradients.safetensors")
    golden = json.loads((args.golden / "objectives.json").read_text("utf-8"))

    for setting, layers in json.loads((args.golden / "features.json").read_text("utf-8"))["features"].items():
        vgg = Vgg(args.weights, *setting.split("-"), dtype)
        with torch.no_grad():
            features = vgg.features(x, layers)
        for layer, expected in layers.items():
            note("features", feature_error(features[layer], expected), f"{setting} {layer}")

    def objective_of(name: str) -> Objective:
        case = golden["cases"][name]
        weights_file = args.golden / "vgg19-tiny.safetensors" if name.startswith("vgg19-tiny") else args.weights
        weights = Weights(case["content_weight"], case["style_weight"], case["tv_weight"])
        vgg = Vgg(weights_file, case["pooling"], case["padding"], dtype)
        return Objective(case["kind"], vgg, content, style, weights)

    for name, case in golden["cases"].items():
        objective = objective_of(name)
        image = x.clone().requires_grad_(True)
        raw = objective.raw_terms(image)
        total = objective.terms(image)["total"]
        total.backward()
        for part in ("content", "style", "tv"):
            value = sum(v.item() for term, v in raw.items() if term.split(".")[0] == part)
            note("losses", relative(value, case[part]), f"{name} {part}")
        note("losses", relative(total.item(), case["total"]), f"{name} total")
        g = image.grad[0].double()
        expected = torch.from_numpy(gradients.read(f"grad.{name}").astype(np.float64))
        note("gradients", ((g - expected).norm() / expected.norm()).item(), f"{name} |g − golden|₂/|golden|₂")
        note("gradients", ((g - expected).abs().max() / expected.abs().max()).item(), f"{name} max|g − golden|/max|golden|")
        note("gradient norms", relative(g.norm().item(), case["grad_l2"]), f"{name} L2")
        note("gradient norms", relative(g.abs().max().item(), case["grad_max"]), f"{name} max")

    for name, run in golden["trajectories"].items():
        losses: list[float] = []
        optimise(
            objective_of(run["objective"]),
            content,
            run["optimizer"],
            len(run["loss_per_evaluation"]),
            run["history"] or 0,
            run["lr"],
            lambda _, loss, __: losses.append(loss),
        )
        for n, expected in enumerate(run["loss_per_evaluation"]):
            value = losses[n] if n < len(losses) else float("nan")
            note("trajectories", relative(value, expected), f"{name} evaluation {n + 1} of {len(run['loss_per_evaluation'])}")
    return worst


if __name__ == "__main__":
    sys.exit(main())
