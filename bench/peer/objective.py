"""The three objectives, written from the formulas in test/golden/objectives.json alone.

F, P: features [C,M] of the picture and of the content; M = h·w of the layer. G, A: Gram matrices
of the picture and of the style. w: a layer's weight, 1 unless said otherwise. x: RGB in [0,1].

neural-style  content  Σ w · mean (F − P)²
              style    Σ w · mean (G/(C·M) − A/(C·M_style))²
              tv       Σ |differences of 255·x|
normalised    content  mean over layers of w · Σ(F − P)² / Σ P²
              style    mean over layers of w · Σ(G − A)² / Σ A², both Gram matrices over C·M
              tv       Σ (differences of x)² / (3·H·W)
gatys         content  ½ Σ w · mean (F − P)²
              style    1/L Σ w · mean (G − A·M/M_style)² / (4·C²·M²), L layers (the notebooks' ⅕)
              tv       as normalised
              layers   content and style both on the style layers, w = 0.5, 1, 1.5, 3, 4

The golden values fix one content layer for neural-style and normalised; a sum (neural-style) and
a mean (normalised) over several are this file's choice, as the two do for style.
"""

from dataclasses import dataclass

from packages import F, torch
from vgg import Vgg

OBJECTIVES = ("neural-style", "normalised", "gatys")
STYLE_LAYERS = ("relu1_1", "relu2_1", "relu3_1", "relu4_1", "relu5_1")
GATYS_LAYERS = dict(zip(STYLE_LAYERS, (0.5, 1.0, 1.5, 3.0, 4.0)))


def default_content_layers(kind: str) -> dict[str, float]:
    return dict(GATYS_LAYERS) if kind == "gatys" else {"relu4_2": 1.0}


def default_style_layers(kind: str) -> dict[str, float]:
    return dict(GATYS_LAYERS) if kind == "gatys" else dict.fromkeys(STYLE_LAYERS, 1.0)


@dataclass(frozen=True)
class Weights:
    content: float
    style: float
    tv: float

    def of(self, term: str) -> float:
        return getattr(self, term.split(".")[0])


def gram(features):
    """F·Fᵀ / (C·M). [1,C,h,w] → [C,C]"""
    _, channels, height, width = features.shape
    flat = features.reshape(channels, height * width)
    return flat @ flat.T / (channels * height * width)


def total_variation(kind: str, x):
    """Differences of neighbours to the right and below, all channels. → scalar"""
    differences = (x[..., :, 1:] - x[..., :, :-1], x[..., 1:, :] - x[..., :-1, :])
    if kind == "neural-style":
        return sum((255 * d).abs().sum() for d in differences)
    return sum((d * d).sum() for d in differences) / x.numel()


class Objective:
    """Losses of pictures against one content and one style, both [1,3,H,W] in [0,1]."""

    def __init__(
        self,
        kind: str,
        vgg: Vgg,
        content,
        style,
        weights: Weights,
        content_layers: dict[str, float] | None = None,
        style_layers: dict[str, float] | None = None,
    ):
        if kind not in OBJECTIVES:
            raise ValueError(f"objective {kind}: expected {', '.join(OBJECTIVES)}")
        self.kind, self.vgg, self.weights = kind, vgg, weights
        self.content_layers = default_content_layers(kind) if content_layers is None else content_layers
        self.style_layers = default_style_layers(kind) if style_layers is None else style_layers
        with torch.no_grad():
            self._content = vgg.features(content, self.content_layers)
            self._style = {name: gram(f) for name, f in vgg.features(style, self.style_layers).items()}

    def raw_terms(self, x) -> dict[str, "torch.Tensor"]:
        """{"content.relu4_2", …, "style.relu1_1", …, "tv"} with layer weights but without `weights`."""
        features = self.vgg.features(x, [*self.content_layers, *self.style_layers])
        terms = {}
        for layer, w in self.content_layers.items():
            terms[f"content.{layer}"] = w * self._content_loss(features[layer], self._content[layer])
        for layer, w in self.style_layers.items():
            terms[f"style.{layer}"] = w * self._style_loss(gram(features[layer]), self._style[layer])
        terms["tv"] = total_variation(self.kind, x)
        return terms

    def terms(self, x) -> dict[str, "torch.Tensor"]:
        """raw_terms × weights, and their sum as "total"."""
        terms = {name: self.weights.of(name) * value for name, value in self.raw_terms(x).items()}
        terms["total"] = sum(terms.values())
        return terms

    def _content_loss(self, f, p):
        if self.kind == "normalised":
            return (f - p).square().sum() / p.square().sum() / len(self.content_layers)
        loss = F.mse_loss(f, p)
        return loss / 2 if self.kind == "gatys" else loss

    def _style_loss(self, g, a):
        """g, a: Gram matrices over C·M, so gatys' division by C²·M² has happened already."""
        if self.kind == "normalised":
            return (g - a).square().sum() / a.square().sum() / len(self.style_layers)
        loss = F.mse_loss(g, a)
        return loss / (4 * len(self.style_layers)) if self.kind == "gatys" else loss
