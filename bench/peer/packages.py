"""The one place that imports third-party packages, so that their absence is said once, plainly."""

import sys

try:
    import numpy as np
    import torch
    import torch.nn.functional as F
    from PIL import Image
except ImportError as error:
    print(
        f"The PyTorch peer is optional and cannot run here: {error}. "
        "Install it with: pip install -r bench/peer/requirements.txt",
        file=sys.stderr,
    )
    sys.exit(3)

__all__ = ["F", "Image", "np", "torch"]
