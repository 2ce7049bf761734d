# SPDX-License-Identifier: Apache-2.0
"""The library through ctypes, with arrays of pyarrow: just enough for the tests of batches."""

from __future__ import annotations

import ctypes as C
import os
from typing import Callable, Dict, List, Optional, Sequence, Tuple

import pyarrow as pa


class Text(C.Structure):
    _fields_ = [("data", C.c_char_p), ("length", C.c_size_t)]

    def __str__(self) -> str:
        return C.string_at(self.data, self.length).decode() if self.length else ""


def text(s: str) -> Text:
    raw = s.encode()
    return Text(raw, len(raw))


class Error(C.Structure):
    _fields_ = [("struct_size", C.c_uint32), ("status", C.c_int32), ("message", C.c_char * 360), ("nearest", C.c_char * 64),
                ("where", C.c_char * 128)]


class CalculatorOptions(C.Structure):
    _fields_ = [("struct_size", C.c_uint32), ("explain", C.c_int32), ("strict", C.c_int32), ("presume", C.c_int32), ("root", Text)]


ALLOC = C.CFUNCTYPE(C.c_void_p, C.c_void_p, C.c_void_p, C.c_size_t, C.c_size_t)
PROGRESS = C.CFUNCTYPE(C.c_int32, C.c_void_p, C.c_int64, C.c_int64)


class EngineOptions(C.Structure):
    _fields_ = [("struct_size", C.c_uint32), ("max_policy_bytes", C.c_uint32), ("alloc", C.c_void_p), ("alloc_user", C.c_void_p),
                ("min_lane_bits", C.c_uint32), ("max_cpu_level", C.c_uint32)]


class Alias(C.Structure):
    _fields_ = [("column", Text), ("field", Text)]


class BatchOptions(C.Structure):
    _fields_ = [("struct_size", C.c_uint32), ("on", C.c_int32), ("on_column", Text), ("threads", C.c_uint32),
                ("block_rows", C.c_uint32), ("causes", C.c_int32), ("allow_missing", C.c_int32), ("allow_unused", C.c_int32),
                ("pass_through", C.c_int32), ("decimal_money", C.c_int32), ("months", C.c_int32), ("first_month", C.c_int32), ("reserved", C.c_int32), ("aliases", C.POINTER(Alias)),
                ("n_aliases", C.c_size_t), ("progress", C.c_void_p), ("progress_user", C.c_void_p)]


class Table(C.Structure):
    _fields_ = [("list", Text), ("key", Text), ("schema", C.c_void_p)]


class Failed(Exception):
    def __init__(self, status: int, message: str, mismatch: str = ""):
        super().__init__(message)
        self.status = status
        self.mismatch = mismatch


SCHEMA_BYTES, ARRAY_BYTES, STREAM_BYTES = 72, 80, 40


class Library:
    def __init__(self, path: str, min_lane_bits: int = 0, packs: Sequence[Tuple[str, str]] = (), embedded: bool = False,
                 lets: Sequence[str] = (), max_cpu_level: int = 0):
        self.lib = C.CDLL(os.path.abspath(path))
        self.lib.civ_batch_mismatch.restype = Text
        self.lib.civ_batch_release.argtypes = [C.c_void_p]
        self.error = Error()
        self.error.struct_size = C.sizeof(Error)
        options = EngineOptions()
        options.struct_size = C.sizeof(EngineOptions)
        options.min_lane_bits = min_lane_bits
        options.max_cpu_level = max_cpu_level
        self.engine = C.c_void_p()
        self.call("civ_engine_create", C.byref(self.engine), C.byref(options))
        builder = C.c_void_p()
        self.call("civ_policy_builder_create", C.byref(builder), self.engine)
        if embedded:
            self.call("civ_policy_builder_add_embedded", builder)
        for name, source in packs:
            self.call("civ_policy_builder_add", builder, text(name), text(source), C.c_int(0))
        for let in lets:
            self.call("civ_policy_builder_let", builder, text(let))
        self.policy = C.c_void_p()
        self.call("civ_policy_build", C.byref(self.policy), builder)
        self.lib.civ_policy_builder_release(builder)

    def close(self) -> None:
        """Releases policy and engine; batches and calculators must be gone."""
        for name, handle in (("civ_policy_release", self.policy), ("civ_engine_release", self.engine)):
            getattr(self.lib, name)(handle)

    def call(self, name: str, *args: object, mismatch_of: Optional[C.c_void_p] = None) -> None:
        status = getattr(self.lib, name)(*args, C.byref(self.error))
        if status:
            lines = str(self.lib.civ_batch_mismatch(mismatch_of)) if mismatch_of else ""
            raise Failed(status, self.error.message.decode(errors="replace"), lines)

    def calculator(self, wanted: Sequence[str], presume: bool = False, root: str = "", strict: bool = False) -> C.c_void_p:
        options = CalculatorOptions()
        options.struct_size = C.sizeof(CalculatorOptions)
        options.presume = presume
        options.strict = strict
        options.root = text(root)
        names = (Text * len(wanted))(*[text(w) for w in wanted])
        out = C.c_void_p()
        self.call("civ_calculator_create", C.byref(out), self.policy, names, C.c_size_t(len(wanted)), C.byref(options))
        return out


class Batch:
    """One civ_batch. Options as in civ_batch_options; aliases: {column path: field path}."""

    def __init__(self, library: Library, calculator: C.c_void_p, on: int = 0, on_column: str = "",
                 aliases: Optional[Dict[str, str]] = None, progress: Optional[Callable[[int, int], int]] = None, **more: int):
        self.library = library
        o = BatchOptions()
        o.struct_size = C.sizeof(BatchOptions)
        o.on = on
        o.on_column = text(on_column)
        pairs = list((aliases or {}).items())
        o.aliases = (Alias * max(1, len(pairs)))(*[Alias(text(a), text(b)) for a, b in pairs])
        o.n_aliases = len(pairs)
        self.progress = PROGRESS(lambda _, done, total: progress(done, total)) if progress else None
        if self.progress:
            o.progress = C.cast(self.progress, C.c_void_p).value
        for key, value in more.items():
            setattr(o, key, value)
        self.handle = C.c_void_p()
        library.call("civ_batch_create", C.byref(self.handle), calculator, C.byref(o))

    def __del__(self) -> None:
        self.library.lib.civ_batch_release(self.handle)

    def bind(self, schema: pa.Schema) -> None:
        raw = C.create_string_buffer(SCHEMA_BYTES)
        schema._export_to_c(C.addressof(raw))
        try:
            self.library.call("civ_batch_bind", self.handle, raw, mismatch_of=self.handle)
        finally:
            release(raw, 56)

    def schema(self, name: str) -> pa.Schema:
        raw = C.create_string_buffer(SCHEMA_BYTES)
        self.library.call(name, raw, self.handle)
        return pa.Schema._import_from_c(C.addressof(raw))

    def output_schema(self) -> pa.Schema:
        return self.schema("civ_batch_output_schema")

    def run(self, array: pa.StructArray) -> pa.StructArray:
        given = C.create_string_buffer(ARRAY_BYTES)
        out = C.create_string_buffer(ARRAY_BYTES)
        array._export_to_c(C.addressof(given))
        try:
            self.library.call("civ_batch_run", out, self.handle, given)
        finally:
            release(given, 64)
        return pa.Array._import_from_c(C.addressof(out), pa.struct(list(self.output_schema())))

    def bind_tables(self, roots: pa.Schema, key: str, tables: Sequence[Tuple[str, str, pa.Schema]]) -> None:
        """tables: (list of the root, key column, schema)."""
        raw = [C.create_string_buffer(SCHEMA_BYTES) for _ in range(len(tables) + 1)]
        for buffer, schema in zip(raw, [roots] + [t[2] for t in tables]):
            schema._export_to_c(C.addressof(buffer))
        given = (Table * len(tables))(*[Table(text(t[0]), text(t[1]), C.addressof(raw[i + 1])) for i, t in enumerate(tables)])
        try:
            self.library.call("civ_batch_bind_tables", self.handle, raw[0], text(key), given, C.c_size_t(len(tables)),
                              mismatch_of=self.handle)
        finally:
            for buffer in raw:
                release(buffer, 56)

    def run_tables(self, arrays: Sequence[pa.StructArray]) -> List[pa.StructArray]:
        n = len(arrays)
        given = C.create_string_buffer(ARRAY_BYTES * n)
        out = C.create_string_buffer(ARRAY_BYTES * n)
        for i, array in enumerate(arrays):
            array._export_to_c(C.addressof(given) + i * ARRAY_BYTES)
        try:
            self.library.call("civ_batch_run_tables", out, self.handle, given, C.c_size_t(n))
        finally:
            for i in range(n):
                release(given, 64, i * ARRAY_BYTES)
        schemas = [self.output_schema()]
        for i in range(n - 1):
            raw = C.create_string_buffer(SCHEMA_BYTES)
            self.library.call("civ_batch_table_schema", raw, self.handle, C.c_size_t(i))
            schemas.append(pa.Schema._import_from_c(C.addressof(raw)))
        return [pa.Array._import_from_c(C.addressof(out) + i * ARRAY_BYTES, pa.struct(list(s))) for i, s in enumerate(schemas)]

    def stream(self, reader: pa.RecordBatchReader) -> pa.RecordBatchReader:
        given = C.create_string_buffer(STREAM_BYTES)
        out = C.create_string_buffer(STREAM_BYTES)
        reader._export_to_c(C.addressof(given))
        self.library.call("civ_batch_stream", out, self.handle, given, mismatch_of=self.handle)
        return pa.RecordBatchReader._import_from_c(C.addressof(out))


def release(raw: C.Array, at: int, start: int = 0) -> None:
    """Calls `release` of an Arrow structure, unless it was moved away."""
    function = C.c_void_p.from_buffer(raw, start + at).value
    if function:
        C.CFUNCTYPE(None, C.c_void_p)(function)(C.addressof(raw) + start)


def struct_of(table: Dict[str, pa.Array], types: Optional[List[pa.Field]] = None) -> pa.StructArray:
    return pa.StructArray.from_arrays(list(table.values()), fields=types) if types else \
        pa.StructArray.from_arrays(list(table.values()), names=list(table))
