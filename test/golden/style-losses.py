"""Writes style-losses.json: covariance and Wasserstein-2 style losses of small random features.

    python3 test/golden/style-losses.py

NumPy alone, float64, no code shared with the engine: roots by eigendecomposition, gradients in
closed form, each checked here against central differences. The file names its NumPy and seed.

Of features F [C, M] and a style's A [C, N], with mu = mean over pixels, S = F F^T/M - mu mu^T:

covariance    sum ((S - S_A) / C)^2
wasserstein   (|mu - mu_A|^2 + tr(B + B_A - 2 (R B R + d I)^1/2)) / C
              B = S + r I, B_A = S_A + r I, R = B_A^1/2, r = 5e-4 (tr S_A + |mu_A|^2) + 1e-8,
              d = max(0, 1e-6 |R B R|_F - r^2), which is 0 unless F has far more contrast than A
"""

import json
from pathlib import Path

import numpy as np

SEED = 20170
RIDGE, LEAST_RIDGE, DISCERNIBLE = 5e-4, 1e-8, 1e-6
STEP = 1e-4


def moments(features):
    mean = features.mean(axis=1)
    return mean, features @ features.T / features.shape[1] - np.outer(mean, mean)


def power(matrix, exponent):
    values, vectors = np.linalg.eigh(matrix)
    return (vectors * values**exponent) @ vectors.T


def through_covariance(features, slope):
    """d/dF of a loss whose derivative by the covariance is the symmetric `slope`."""
    mean, _ = moments(features)
    return 2 / features.shape[1] * slope @ (features - mean[:, None])


def covariance_loss(features, style):
    channels = len(features)
    difference = (moments(features)[1] - moments(style)[1]) / channels
    return (difference**2).sum(), through_covariance(features, 2 * difference / channels)


def wasserstein_loss(features, style):
    channels, pixels = features.shape
    mean, spread = moments(features)
    style_mean, style_spread = moments(style)
    identity = np.eye(channels)
    ridge = RIDGE * (np.trace(style_spread) + style_mean @ style_mean) + LEAST_RIDGE
    broad, style_broad = spread + ridge * identity, style_spread + ridge * identity
    root = power(style_broad, 0.5)
    product = root @ broad @ root
    size = np.sqrt((product**2).sum())
    missing = max(0.0, DISCERNIBLE * size - ridge**2)
    raised = product + missing * identity

    shift = mean - style_mean
    value = shift @ shift + np.trace(broad) + np.trace(style_broad)
    value -= 2 * np.trace(power(raised, 0.5))
    slope = 0.5 * power(raised, -0.5)
    if missing > 0:
        slope = slope + np.trace(slope) * DISCERNIBLE / size * product
    gradient = through_covariance(features, identity - 2 * root @ slope @ root)
    gradient = gradient + 2 / pixels * shift[:, None]
    return value / channels, gradient / channels


def check(loss, features, style):
    _, gradient = loss(features, style)
    for index in np.ndindex(features.shape):
        step = np.zeros_like(features)
        step[index] = STEP
        ahead, behind = (loss(features + sign * step, style)[0] for sign in (1, -1))
        deviation = abs((ahead - behind) / (2 * STEP) - gradient[index])
        assert deviation < 1e-7 * abs(gradient).max(), (loss.__name__, index, deviation)


def cases():
    random = np.random.default_rng(SEED)

    def sample(channels, pixels, contrast, rank=None):
        """Correlated features of nonnegative means; float32 holds the values exactly."""
        mixing = random.normal(size=(channels, rank or channels))
        values = contrast * mixing @ random.normal(size=(mixing.shape[1], pixels))
        values += random.uniform(0.5, 2, size=(channels, 1))
        return np.round(values * 1024) / 1024

    yield "4 channels", sample(4, 20, 1), sample(4, 20, 0.7)
    yield "6 channels, other sizes", sample(6, 20, 0.5), sample(6, 35, 1.2)
    yield "fewer pixels than channels", sample(6, 4, 1), sample(6, 5, 1)
    yield "features of two dimensions", sample(6, 20, 1, rank=2), sample(6, 20, 1)
    yield "a style of two dimensions", sample(6, 20, 1), sample(6, 20, 1, rank=2)
    yield "a style of one flat colour", sample(4, 20, 1), sample(4, 20, 0)
    yield "far more contrast than the style", sample(4, 20, 60, rank=1), sample(4, 20, 1, rank=1)


def main():
    losses = {"covariance": covariance_loss, "wasserstein": wasserstein_loss}
    result = []
    for name, features, style in cases():
        entry = {"name": name, "features": features.tolist(), "style": style.tolist()}
        for kind, loss in losses.items():
            check(loss, features, style)
            value, gradient = loss(features, style)
            entry[kind] = {"distance": value, "gradient": gradient.tolist()}
        result.append(entry)
    path = Path(__file__).with_suffix(".json")
    document = {"numpy": np.__version__, "seed": SEED, "cases": result}
    path.write_text(json.dumps(document) + "\n")


main()
