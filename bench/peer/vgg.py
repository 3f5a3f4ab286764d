"""VGG16 and VGG19 features in plain PyTorch, from a safetensors file that says its preprocessing."""

import json
import re
from pathlib import Path

from packages import F, np, torch

CONVS_PER_BLOCK = {"vgg16": (2, 2, 3, 3, 3), "vgg19": (2, 2, 4, 4, 4)}
POOLINGS = ("avg", "max")
PADDINGS = ("zeros", "replicate")
DTYPES = {"F16": "<f2", "F32": "<f4", "F64": "<f8", "U8": "u1"}


class SafeTensors:
    """A safetensors file: u64 header length, JSON header, raw data, all little-endian.

    Tensors are read one at a time, so unused ones (VGG19's classifier) cost nothing.
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)
        with self.path.open("rb") as file:
            length = int.from_bytes(file.read(8), "little")
            if length > self.path.stat().st_size - 8:
                raise ValueError(f"{self.path}: not a safetensors file (its header would end after it)")
            self.entries = json.loads(file.read(length))
        self.metadata: dict[str, str] = self.entries.pop("__metadata__", {})
        self._data_start = 8 + length

    def __contains__(self, name: str) -> bool:
        return name in self.entries

    def read(self, name: str) -> "np.ndarray":
        if name not in self.entries:
            raise ValueError(f"{self.path}: has no tensor {name}")
        entry = self.entries[name]
        if entry["dtype"] not in DTYPES:
            raise ValueError(f"{self.path}: {name} is {entry['dtype']}; known are {', '.join(DTYPES)}")
        begin, end = entry["data_offsets"]
        with self.path.open("rb") as file:
            file.seek(self._data_start + begin)
            data = file.read(end - begin)
        return np.frombuffer(data, DTYPES[entry["dtype"]]).reshape(entry["shape"]).copy()


def conv_names(architecture: str) -> dict[str, int]:
    """conv1_1 → 0, conv1_2 → 2, …: torchvision's numbering, where each ReLU and pool takes a number."""
    names, index = {}, 0
    for block, convs in enumerate(CONVS_PER_BLOCK[architecture], 1):
        for conv in range(1, convs + 1):
            names[f"conv{block}_{conv}"] = index
            index += 2
        index += 1
    return names


class Vgg:
    """Features of a picture x [1,3,H,W], RGB in [0,1].

    Preprocessing, from the file's metadata: x · scale − mean, divided by std where there is one.
    padding "replicate": the edge of the preprocessed image is replicated before conv1_1 only;
    every later convolution pads with zeros. With "zeros" conv1_1 does so too.
    """

    def __init__(self, path: str | Path, pooling: str, padding: str, dtype: "torch.dtype", device="cpu"):
        if pooling not in POOLINGS or padding not in PADDINGS:
            raise ValueError(f"pooling {pooling}, padding {padding}: expected {POOLINGS}, {PADDINGS}")
        file = SafeTensors(path)
        for key in ("architecture", "mean", "scale"):
            if key not in file.metadata:
                raise ValueError(f"{path}: metadata has no {key}, so its preprocessing is unknown")
        self.architecture = file.metadata["architecture"]
        if self.architecture not in CONVS_PER_BLOCK:
            raise ValueError(f"{path}: architecture {self.architecture}; known are {', '.join(CONVS_PER_BLOCK)}")
        self.pooling, self.padding, self.dtype = pooling, padding, dtype

        def channels(text: str):
            return torch.tensor([float(v) for v in text.split(",")], dtype=dtype, device=device).view(1, -1, 1, 1)

        self._scale = float(file.metadata["scale"])
        self._mean = channels(file.metadata["mean"])
        self._std = channels(file.metadata["std"]) if "std" in file.metadata else None
        self._convs = {
            name: tuple(torch.from_numpy(file.read(f"features.{n}.{part}")).to(device, dtype) for part in ("weight", "bias"))
            for name, n in conv_names(self.architecture).items()
            if f"features.{n}.weight" in file
        }

    @property
    def layers(self) -> list[str]:
        return [name.replace("conv", "relu") for name in self._convs]

    def preprocess(self, x):
        x = x * self._scale - self._mean
        return x if self._std is None else x / self._std

    def features(self, x, layers) -> dict[str, "torch.Tensor"]:
        """{"relu1_1": [1,C,h,w], …} for the layers asked for; nothing deeper is computed."""
        wanted = set(layers)
        unknown = wanted - set(self.layers)
        if unknown:
            raise ValueError(f"no layer {', '.join(sorted(unknown))}; the file has {', '.join(self.layers)}")
        x = self.preprocess(x)
        found = {}
        for name, (weight, bias) in self._convs.items():
            block, conv = re.fullmatch(r"conv(\d)_(\d)", name).groups()
            if conv == "1" and block != "1":
                x = F.avg_pool2d(x, 2) if self.pooling == "avg" else F.max_pool2d(x, 2)
            if name == "conv1_1" and self.padding == "replicate":
                x = F.conv2d(F.pad(x, (1, 1, 1, 1), mode="replicate"), weight, bias)
            else:
                x = F.conv2d(x, weight, bias, padding=1)
            x = F.relu(x)
            relu = f"relu{block}_{conv}"
            if relu in wanted:
                found[relu] = x
            if len(found) == len(wanted):
                break
        return found
