"""Prints a document as psd-tools reads it: what surrounds the layers, then one entry per layer."""

import hashlib
import io
import json
import logging
import sys

from psd_tools import PSDImage
from psd_tools.constants import Tag
from psd_tools.psd import PSD

logging.disable(logging.CRITICAL)


def digest(element, **options):
    file = io.BytesIO()
    element.write(file, **options)
    return hashlib.sha256(file.getvalue()).hexdigest()


with open(sys.argv[1], "rb") as file:
    psd = PSD.read(file)
info = psd._get_layer_info()
depth, version = psd.header.depth, psd.header.version
layers = []
for record, data in zip(info.layer_records, info.channel_image_data):
    colors = {}
    for channel, stored in zip(record.channel_info, data):
        if channel.id >= -1 and record.width * record.height > 0:
            raw = stored.get_data(record.width, record.height, depth, version)
            colors[int(channel.id)] = hashlib.sha256(raw).hexdigest()
    layers.append(
        {
            "name": record.tagged_blocks.get_data(Tag.UNICODE_LAYER_NAME),
            "record": digest(record, version=version),
            "pixels": hashlib.sha256(b"".join(stored.data for stored in data)).hexdigest(),
            "colors": colors,
            "bounds": [record.left, record.top, record.right, record.bottom],
        }
    )
blocks = psd.layer_and_mask_information.tagged_blocks or {}
document = PSDImage.open(sys.argv[1])
print(
    json.dumps(
        {
            "resources": {int(key): digest(value) for key, value in psd.image_resources.items()},
            "blocks": [str(key) for key in blocks],
            "layers": layers,
            "tree": [
                [layer.kind, layer.name, layer.parent.name if layer.parent else None]
                for layer in document.descendants()
            ],
        }
    )
)
