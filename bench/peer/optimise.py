"""torch's own optimisers, stepped so that each loss is the loss of one known iterate."""

from collections.abc import Callable
from math import inf

from packages import torch

OPTIMIZERS = ("lbfgs", "adam")
DEFAULT_LR = {"lbfgs": 1.0, "adam": 0.02}


class _NotFinite(Exception):
    pass


def optimise(
    objective,
    start,
    optimizer: str,
    evaluations: int,
    memory: int,
    lr: float,
    after: Callable[[int, float, "torch.Tensor"], None] = lambda evaluation, loss, x: None,
    pixel_range: float = 1,
) -> bool:
    """Exactly `evaluations` evaluations from `start` [1,3,H,W]; the iterate is never clamped.

    `after(evaluation, loss, x)` is called after each, counted from 1: the first is of `start`.
    Returns False when a loss was not finite and the run ended there.

    L-BFGS: torch.optim.LBFGS without line search; its first step is min(1, 1/|g|₁)·lr, later ones
    lr. Tolerances are −∞, so that none of its tests ends the run: at 0, `gtd > -tolerance_change`
    still would. The step after the last evaluation is taken but never seen.

    pixel_range: what white is to the optimiser, 1 or 255; x is [0,1] for everyone else. It matters
    because torch drops a pair of negative curvature and then steps by −lr·g, whose size depends on
    the unit; and because the tiny first step is near float32's rounding of pixels up to 255.
    """
    # contiguous: torch.optim.LBFGS views the gradient, whose strides follow x, as flat
    x = (start.detach() * pixel_range).clone(memory_format=torch.contiguous_format).requires_grad_(True)
    count = 0

    def evaluate():
        nonlocal count
        x.grad = None
        total = objective.terms(x / pixel_range)["total"]
        total.backward()
        count += 1
        loss = total.item()
        after(count, loss, x.detach() / pixel_range)
        if not -inf < loss < inf:
            raise _NotFinite
        return total

    try:
        if optimizer == "lbfgs":
            torch.optim.LBFGS(
                [x],
                lr=lr,
                max_iter=evaluations,
                max_eval=evaluations + 1,
                history_size=memory,
                tolerance_grad=-inf,
                tolerance_change=-inf,
            ).step(evaluate)
        elif optimizer == "adam":
            adam = torch.optim.Adam([x], lr=lr)
            for _ in range(evaluations):
                adam.step(evaluate)
        else:
            raise ValueError(f"optimizer {optimizer}: expected {', '.join(OPTIMIZERS)}")
    except _NotFinite:
        return False
    return True
