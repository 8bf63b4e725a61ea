"""Takes out of a TensorFlow wheel what the native addon needs: extract_tensorflow.py WHEEL FOLDER.

FOLDER gets tensorflow/ with the two libraries and the C headers, and cuda-requirements.txt with the packages that the
wheel's own metadata names for a GPU. The layout is the wheel's, so the libraries find CUDA's in FOLDER/nvidia.
"""

import email.parser
import shutil
import sys
import zipfile
from pathlib import Path

LIBRARIES = ["libtensorflow_cc.so.2", "libtensorflow_framework.so.2"]
HEADERS = [
    "tensorflow/c/c_api.h",
    "tensorflow/c/c_api_macros.h",
    "tensorflow/c/eager/c_api.h",
    "tensorflow/c/tf_attrtype.h",
    "tensorflow/c/tf_buffer.h",
    "tensorflow/c/tf_datatype.h",
    "tensorflow/c/tf_status.h",
    "tensorflow/c/tf_tensor.h",
    "tensorflow/c/tf_tstring.h",
    "tensorflow/core/platform/ctstring.h",
    "tensorflow/core/platform/ctstring_internal.h",
    "tsl/platform/ctstring.h",
    "tsl/platform/ctstring_internal.h",
    "xla/tsl/c/tsl_status.h",
]


def cuda_requirements(wheel):
    """The requirements of the wheel's extra for CUDA, without their marker."""
    [metadata] = [name for name in wheel.namelist() if name.endswith(".dist-info/METADATA")]
    headers = email.parser.Parser().parsestr(wheel.read(metadata).decode(), headersonly=True)
    for requirement in headers.get_all("Requires-Dist", []):
        package, _, marker = requirement.partition(";")
        if marker.strip() == 'extra == "and-cuda"':
            yield package.strip()


def main(wheel_path, folder):
    with zipfile.ZipFile(wheel_path) as wheel:
        for name in LIBRARIES + [f"include/{header}" for header in HEADERS]:
            target = Path(folder, "tensorflow", name)
            target.parent.mkdir(parents=True, exist_ok=True)
            with wheel.open(f"tensorflow/{name}") as source, open(target, "wb") as copy:
                shutil.copyfileobj(source, copy, 1 << 20)
        lines = [f"{requirement}\n" for requirement in cuda_requirements(wheel)]
        Path(folder, "cuda-requirements.txt").write_text("".join(lines))


if __name__ == "__main__":
    main(*sys.argv[1:])
