"""TensorProto to numbers, strings and raw bytes (tensorflow/core/framework/{tensor,types}.proto)."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

LARGEST_FILL = 1 << 24
"""A tensor may store one number for all its elements; more than these are not written out."""


@dataclass(frozen=True, slots=True)
class Dtype:
    """``name`` as in the store, ``numpy`` type of one element, ``field`` of the TensorProto that lists its values."""

    name: str
    numpy: str
    field: str
    stored: str = ""


DTYPES = {
    1: Dtype("float32", "<f4", "float_val"),
    2: Dtype("float64", "<f8", "double_val"),
    3: Dtype("int32", "<i4", "int_val"),
    4: Dtype("uint8", "u1", "int_val"),
    5: Dtype("int16", "<i2", "int_val"),
    6: Dtype("int8", "i1", "int_val"),
    8: Dtype("complex64", "<c8", "scomplex_val", "<f4"),
    9: Dtype("int64", "<i8", "int64_val"),
    10: Dtype("bool", "?", "bool_val"),
    11: Dtype("qint8", "i1", "int_val"),
    12: Dtype("quint8", "u1", "int_val"),
    13: Dtype("qint32", "<i4", "int_val"),
    14: Dtype("bfloat16", "<u2", "half_val"),
    15: Dtype("qint16", "<i2", "int_val"),
    16: Dtype("quint16", "<u2", "int_val"),
    17: Dtype("uint16", "<u2", "int_val"),
    18: Dtype("complex128", "<c16", "dcomplex_val", "<f8"),
    19: Dtype("float16", "<f2", "half_val", "<u2"),
    22: Dtype("uint32", "<u4", "uint32_val"),
    23: Dtype("uint64", "<u8", "uint64_val"),
    24: Dtype("float8_e5m2", "u1", "float8_val"),
    25: Dtype("float8_e4m3fn", "u1", "float8_val"),
}
STRING = 7
_SCALARS = frozenset(("float32", "float64", "int32", "uint8", "int16", "int8", "int64", "bool", "bfloat16", "uint16",
                      "float16", "uint32", "uint64"))  # fmt: skip


@dataclass(frozen=True, slots=True)
class TensorValue:
    """A tensor: ``array`` in C order (bfloat16 and float8 as their bits), or ``strings`` where the dtype is string."""

    dtype: str
    shape: tuple[int, ...]
    array: NDArray[Any] | None = None
    strings: tuple[bytes, ...] = ()

    def numbers(self) -> NDArray[np.float64]:
        """The elements as float64; ValueError where they are no real numbers."""
        if self.array is None or self.array.dtype.kind == "c" or self.dtype.startswith("float8"):
            raise ValueError(self.dtype)
        if self.dtype == "bfloat16":
            return (self.array.astype(np.uint32) << np.uint32(16)).view(np.float32).astype(np.float64)
        return self.array.astype(np.float64)

    def raw(self) -> bytes:
        """Little-endian C-order bytes; strings each behind their length (u64) where there are several."""
        if self.array is not None:
            return self.array.tobytes()
        if len(self.strings) == 1:
            return self.strings[0]
        return b"".join(struct.pack("<Q", len(s)) + s for s in self.strings)


def tensor_of(proto: Any) -> TensorValue:
    """What a TensorProto holds.

    Raises:
        ValueError: The stored values do not fill the shape, or the dtype is not known.
    """
    shape = _shape(proto)
    if proto.dtype == STRING:
        strings = tuple(proto.string_val)
        if len(strings) != math.prod(shape):
            raise ValueError(f"{len(strings)} strings for shape {list(shape)}")
        return TensorValue("string", shape, None, strings)
    dtype = DTYPES.get(proto.dtype)
    if dtype is None:
        raise ValueError(f"a dtype (number {proto.dtype}) that is not known")
    return TensorValue(dtype.name, shape, _filled(_stored(proto, dtype), shape))


def _shape(proto: Any) -> tuple[int, ...]:
    shape = tuple(d.size for d in proto.tensor_shape.dim)
    if proto.tensor_shape.unknown_rank or any(n < 0 for n in shape):
        raise ValueError("a shape that is not whole")
    return shape


def _stored(proto: Any, dtype: Dtype) -> NDArray[Any]:
    """The elements that are stored, flat."""
    if proto.tensor_content:
        return np.frombuffer(proto.tensor_content, dtype.numpy)
    values = getattr(proto, dtype.field)
    if isinstance(values, bytes):
        return np.frombuffer(values, dtype.numpy)
    if dtype.stored in ("<f4", "<f8"):
        return np.array(values, dtype.stored).view(dtype.numpy)
    wide = np.array(values, dtype.numpy if dtype.numpy in ("<f4", "<f8", "<u8", "?") else np.int64)
    flat = wide.astype(dtype.stored or dtype.numpy)
    if not np.array_equal(flat, wide, equal_nan=wide.dtype.kind == "f"):
        raise ValueError(f"numbers outside {dtype.name}")
    return flat.view(dtype.numpy)


def _filled(flat: NDArray[Any], shape: tuple[int, ...]) -> NDArray[Any]:
    n = math.prod(shape)
    if len(flat) == 1 and n > 1:
        if n > LARGEST_FILL:
            raise ValueError(f"one number for {n} elements")
        return np.full(shape, flat[0])
    if len(flat) != n:
        raise ValueError(f"{len(flat)} numbers for shape {list(shape)}")
    return flat.reshape(shape)


def scalar_of(data: bytes | memoryview) -> int | float | None:
    """The number of a serialised TensorProto that is numeric and has one element; None when it is anything else."""
    from google.protobuf.message import DecodeError  # noqa: PLC0415 - slow to import
    from tensorboard.compat.proto.tensor_pb2 import TensorProto  # noqa: PLC0415 - slow to import

    try:
        proto = TensorProto.FromString(bytes(data))
        dtype = DTYPES.get(proto.dtype)
        if dtype is None or dtype.name not in _SCALARS or math.prod(_shape(proto)) != 1:
            return None
        value = tensor_of(proto)
    except (ValueError, DecodeError):
        return None
    exact = value.array if value.dtype != "bfloat16" else value.numbers()
    return None if exact is None else exact.reshape(()).item()
