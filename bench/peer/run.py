"""Times, optimises and judges with PyTorch; every subcommand prints one JSON object.

    python bench/peer/run.py time --weights models/vgg16.safetensors --width 256 --height 256
    python bench/peer/run.py optimise --weights … --content c.png --style s.png --out result.png
    python bench/peer/run.py judge --weights … --picture result.png --content c.png --style s.png
"""

import argparse
import json
import math
import os
import statistics
import sys
import time
from pathlib import Path

from objective import OBJECTIVES, Objective, Weights
from optimise import DEFAULT_LR, OPTIMIZERS, optimise
from packages import Image, np, torch
from vgg import PADDINGS, POOLINGS, Vgg

DEFAULT_WEIGHTS = {
    "neural-style": Weights(content=5, style=100, tv=0),
    "normalised": Weights(content=1, style=50, tv=0),
    "gatys": Weights(content=1, style=1000, tv=0),
}
WARM_UP_EVALUATIONS = 2


def load(path: Path, dtype):
    """8-bit PNG → [1,3,H,W], RGB in [0,1], the pixels as they are: no resizing, no colour management."""
    with Image.open(path) as image:
        if image.mode not in ("RGB", "RGBA", "L", "P"):
            raise ValueError(f"{path}: pixels are {image.mode}; expected 8 bits a channel")
        if image.has_transparency_data and image.convert("RGBA").getchannel("A").getextrema()[0] < 255:
            raise ValueError(f"{path}: is partly transparent; expected an opaque picture")
        pixels = np.array(image.convert("RGB"))
    return torch.from_numpy(pixels).permute(2, 0, 1)[None].contiguous().to(dtype) / 255


def to_8_bit(x):
    """[1,3,H,W] → the picture that would be saved, uint8 [H,W,3]: clamped, rounded to nearest."""
    return (x.detach()[0].clamp(0, 1) * 255).round().to(torch.uint8).permute(1, 2, 0).contiguous().numpy()


def quantised(x):
    """The values of the saved picture, back in [0,1] and in x's dtype."""
    return torch.from_numpy(to_8_bit(x)).permute(2, 0, 1)[None].contiguous().to(x.dtype) / 255


def number(value: float) -> float | None:
    """JSON has neither NaN nor infinity."""
    return value if math.isfinite(value) else None


def losses_of(objective: Objective, x) -> dict:
    with torch.no_grad():
        raw = {name: value.item() for name, value in objective.raw_terms(x).items()}
    terms = {name: objective.weights.of(name) * value for name, value in raw.items()}
    return {
        "total": number(sum(terms.values())),
        "terms": {name: number(value) for name, value in terms.items()},
        "unweighted": {name: number(value) for name, value in raw.items()},
    }


def peak_rss_bytes() -> int | None:
    """Of this process since it started; None where the system does not tell."""
    try:  # Linux; unlike ru_maxrss it does not inherit the parent's peak
        status = Path("/proc/self/status").read_text("ascii")
        return int(status.split("VmHWM:")[1].split()[0]) * 1024
    except (OSError, IndexError):
        pass
    try:
        import resource
    except ImportError:  # Windows
        return None
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def objective_for(args, content, style) -> Objective:
    default = DEFAULT_WEIGHTS[args.objective]
    weights = Weights(
        content=default.content if args.content_weight is None else args.content_weight,
        style=default.style if args.style_weight is None else args.style_weight,
        tv=default.tv if args.tv_weight is None else args.tv_weight,
    )
    vgg = Vgg(args.weights, args.pooling, args.padding, getattr(torch, args.precision), content.device)
    return Objective(args.objective, vgg, content, style, weights, args.content_layers, args.style_layers)


def settings(objective: Objective, args, **more) -> dict:
    return {
        "objective": objective.kind,
        "architecture": objective.vgg.architecture,
        "pooling": objective.vgg.pooling,
        "padding": objective.vgg.padding,
        "content_layers": objective.content_layers,
        "style_layers": objective.style_layers,
        "content_weight": objective.weights.content,
        "style_weight": objective.weights.style,
        "tv_weight": objective.weights.tv,
        "precision": args.precision,
        "threads": args.threads,
        "torch": torch.__version__,
        **more,
    }


def run_time(args) -> dict:
    generator = torch.Generator().manual_seed(args.seed)
    dtype = getattr(torch, args.precision)
    content, style, x = (
        torch.rand(1, 3, args.height, args.width, generator=generator).to(dtype) for _ in range(3)
    )
    before = time.perf_counter()
    objective = objective_for(args, content, style)
    setup = time.perf_counter() - before
    x.requires_grad_(True)

    def evaluate() -> float:
        before = time.perf_counter()
        x.grad = None
        objective.terms(x)["total"].backward()
        return time.perf_counter() - before

    for _ in range(WARM_UP_EVALUATIONS):
        evaluate()
    seconds = [evaluate() for _ in range(args.evaluations)]
    return {
        "settings": settings(objective, args, width=args.width, height=args.height, seed=args.seed),
        "seconds_per_evaluation": statistics.median(seconds),
        "fastest": min(seconds),
        "slowest": max(seconds),
        "evaluations": args.evaluations,
        "warm_up_evaluations": WARM_UP_EVALUATIONS,
        "setup_seconds": setup,
        "peak_rss_bytes": peak_rss_bytes(),
    }


def run_evaluate(args) -> dict:
    """Takes turns with others: an evaluation for each line of stdin, answered by a line of JSON."""
    dtype = getattr(torch, args.precision)
    x, content, style = (load(path, dtype).to(args.device) for path in (args.picture, args.content, args.style))
    same_size(args.picture, x, args.content, content)
    objective = objective_for(args, content, style)
    x.requires_grad_(True)
    name = torch.cuda.get_device_name() if args.device == "cuda" else f"{args.threads} threads"
    print(json.dumps({"name": f"PyTorch {torch.__version__} {args.device}, {name}"}), flush=True)
    count = 0
    for _ in sys.stdin:
        before = time.perf_counter()
        x.grad = None
        total = objective.terms(x)["total"]
        total.backward()
        loss = total.item()
        if args.device == "cuda":
            torch.cuda.synchronize()
        print(json.dumps({"total": number(loss), "seconds": time.perf_counter() - before}), flush=True)
        count += 1
    return {"settings": settings(objective, args), "evaluations": count, "peak_rss_bytes": peak_rss_bytes()}


def run_optimise(args) -> dict:
    if args.out and not args.out.parent.is_dir():
        raise ValueError(f"{args.out}: its folder does not exist")
    dtype = getattr(torch, args.precision)
    content, style = load(args.content, dtype), load(args.style, dtype)
    start = content if args.init == "content" else load(Path(args.init), dtype)
    same_size(args.init, start, args.content, content)
    objective = objective_for(args, content, style)
    lr = DEFAULT_LR[args.optimizer] if args.lr is None else args.lr

    losses: list[float | None] = []
    clock: list[float] = []
    pictures: list[dict] = []
    last = None
    judging = 0.0  # seconds spent on pictures rather than on the run

    def after(evaluation: int, loss: float, x) -> None:
        nonlocal last, judging
        losses.append(number(loss))
        clock.append(time.perf_counter() - before - judging)
        if not math.isfinite(loss):
            return
        last = x.clone()
        if args.log:
            with args.log.open("a", encoding="utf8") as log:
                log.write(f"{evaluation} {loss:.8g}\n")
        if evaluation in args.picture_at:
            if args.out:
                Image.fromarray(to_8_bit(x)).save(args.out.with_suffix(f".{evaluation}.png"), format="PNG")
            judged = time.perf_counter()
            outside = ((x < 0) | (x > 1)).double().mean().item()
            picture = losses_of(objective, quantised(x))
            pictures.append(
                {"evaluation": evaluation, "iterate": loss, "picture": picture["total"], "outside_0_1": outside}
            )
            judging += time.perf_counter() - judged

    before = time.perf_counter()
    finite = optimise(objective, start, args.optimizer, args.evaluations, args.memory, lr, after, args.pixel_range)
    seconds = time.perf_counter() - before - judging
    if last is None:
        raise ValueError("the loss of the start is not finite")
    if args.out:
        Image.fromarray(to_8_bit(last)).save(args.out, format="PNG")
    return {
        "settings": settings(
            objective,
            args,
            optimizer=args.optimizer,
            memory=args.memory if args.optimizer == "lbfgs" else None,
            lr=lr,
            pixel_range=args.pixel_range,
            init=args.init if args.init == "content" else Path(args.init).name,
            width=content.shape[3],
            height=content.shape[2],
            style_width=style.shape[3],
            style_height=style.shape[2],
        ),
        "evaluations": len(losses),
        "finite": finite,
        "seconds": seconds,
        "peak_rss_bytes": peak_rss_bytes(),
        "loss_per_evaluation": losses,
        "seconds_until_evaluation": clock,
        "pictures": pictures,
        "iterate": losses_of(objective, last),
        "picture": losses_of(objective, quantised(last)),
    }


def run_judge(args) -> dict:
    dtype = getattr(torch, args.precision)
    picture, content, style = (load(path, dtype) for path in (args.picture, args.content, args.style))
    same_size(args.picture, picture, args.content, content)
    objective = objective_for(args, content, style)
    size = {"width": content.shape[3], "height": content.shape[2]}
    return {"settings": settings(objective, args, **size), **losses_of(objective, picture)}


def same_size(name, x, other_name, other) -> None:
    if x.shape != other.shape:
        raise ValueError(
            f"{name} is {x.shape[3]}×{x.shape[2]}, {other_name} {other.shape[3]}×{other.shape[2]}; expected one size"
        )


def layer_weights(text: str) -> dict[str, float]:
    """relu1_1,relu2_1:0.5 → {"relu1_1": 1.0, "relu2_1": 0.5}"""
    layers = {}
    for item in text.split(","):
        name, _, weight = item.strip().partition(":")
        layers[name] = float(weight) if weight else 1.0
    return layers


def positive(text: str) -> int:
    value = int(text)
    if value < 1:
        raise argparse.ArgumentTypeError(f"{value}: expected 1 or more")
    return value


def evaluations_list(text: str) -> set[int]:
    return {positive(item) for item in text.split(",")}


def arguments() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(dest="command", required=True)

    def per_objective(part: str) -> str:
        values = ", ".join(f"{kind} {getattr(w, part):g}" for kind, w in DEFAULT_WEIGHTS.items())
        return f"(default: {values})"

    def command(name: str, run, text: str) -> argparse.ArgumentParser:
        sub = commands.add_parser(name, help=text, description=text)
        sub.set_defaults(run=run)
        add = sub.add_argument
        add("--weights", type=Path, required=True, metavar="FILE", help="VGG16 or VGG19 safetensors")
        add("--objective", choices=OBJECTIVES, default="neural-style", help="(default: %(default)s)")
        add("--content-weight", type=float, metavar="W", help=per_objective("content"))
        add("--style-weight", type=float, metavar="W", help=per_objective("style"))
        add("--tv-weight", type=float, metavar="W", help=per_objective("tv"))
        layers = {"type": layer_weights, "metavar": "L[:W],…"}
        add("--content-layers", **layers, help="(default: relu4_2; gatys: as its style layers)")
        add(
            "--style-layers",
            **layers,
            help="(default: relu1_1,relu2_1,relu3_1,relu4_1,relu5_1; gatys: those, weighted 0.5,1,1.5,3,4)",
        )
        add("--pooling", choices=POOLINGS, default="avg", help="(default: %(default)s)")
        add("--padding", choices=PADDINGS, default="zeros", help="of conv1_1 (default: %(default)s)")
        add("--precision", choices=("float32", "float64"), default="float32", help="(default: %(default)s)")
        add("--threads", type=positive, default=os.cpu_count() or 1, metavar="T", help="(default: %(default)s, all)")
        return sub

    def pictures(sub: argparse.ArgumentParser) -> None:
        sub.add_argument("--content", type=Path, required=True, metavar="PNG", help="used as it is, not resized")
        sub.add_argument("--style", type=Path, required=True, metavar="PNG", help="used as it is, not resized")

    sub = command("time", run_time, "seconds per evaluation (loss and gradient), median after a warm-up")
    sub.add_argument("--width", type=positive, default=256, metavar="W", help="(default: %(default)s)")
    sub.add_argument("--height", type=positive, default=256, metavar="H", help="(default: %(default)s)")
    sub.add_argument("--evaluations", type=positive, default=10, metavar="N", help="timed (default: %(default)s)")
    sub.add_argument("--seed", type=int, default=0, help="of the noise images (default: %(default)s)")

    sub = command("evaluate", run_evaluate, "total loss and seconds of an evaluation for each line of stdin")
    sub.add_argument("--picture", type=Path, required=True, metavar="PNG", help="of the content's size")
    sub.add_argument("--device", choices=("cpu", "cuda"), default="cpu", help="(default: %(default)s)")
    pictures(sub)

    sub = command("optimise", run_optimise, "loss of the iterate per evaluation, and of the picture as saved")
    pictures(sub)
    sub.add_argument("--optimizer", choices=OPTIMIZERS, default="lbfgs", help="(default: %(default)s)")
    sub.add_argument("--evaluations", type=positive, default=200, metavar="N", help="(default: %(default)s)")
    sub.add_argument("--memory", type=positive, default=10, metavar="M", help="of L-BFGS (default: %(default)s)")
    sub.add_argument("--lr", type=float, help="(default: " + ", ".join(f"{k} {v:g}" for k, v in DEFAULT_LR.items()) + ")")
    sub.add_argument(
        "--pixel-range",
        type=int,
        choices=(1, 255),
        default=1,
        help="what white is to the optimiser, which lr is relative to; the golden files use 1 (default: %(default)s)",
    )
    sub.add_argument(
        "--init", default="content", metavar="content|PNG", help="start; a picture of the content's size (default: content)"
    )
    sub.add_argument(
        "--picture-at",
        type=evaluations_list,
        default=set(),
        metavar="N,…",
        help="evaluations at which the saved picture's loss is reported too (default: none; the last always is)",
    )
    sub.add_argument("--log", type=Path, metavar="FILE", help="append evaluation and loss, a line each (default: not)")
    sub.add_argument("--out", type=Path, metavar="PNG", help="write the last iterate, clamped to 8 bits, and those of --picture-at (default: not)")

    sub = command("judge", run_judge, "losses of a saved 8-bit picture: every term and the total")
    sub.add_argument("--picture", type=Path, required=True, metavar="PNG", help="of the content's size")
    pictures(sub)
    return parser


def main() -> int:
    args = arguments().parse_args()
    torch.set_num_threads(args.threads)
    if getattr(args, "device", "cpu") == "cuda" and not torch.cuda.is_available():
        print("--device cuda: PyTorch finds no CUDA here", file=sys.stderr)
        return 3
    try:
        result = args.run(args)
    except (OSError, ValueError) as error:
        print(error, file=sys.stderr)
        return 2
    print(json.dumps({"command": args.command, **result}, indent=1, allow_nan=False))
    return 0


if __name__ == "__main__":
    sys.exit(main())
