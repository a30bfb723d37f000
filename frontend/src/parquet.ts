// A table as a Parquet file: one row group, plain values, no compression. Text columns are UTF-8,
// all others doubles; every column may miss values.
import type { Value } from "./dom";

const INT32 = 5, INT64 = 6, BINARY = 8, LIST = 9, STRUCT = 12;
const DOUBLE_COLUMN = 5, TEXT_COLUMN = 6;
const PLAIN = 0, RLE = 3;
const encoder = new TextEncoder();

/** A field of a struct of the Thrift compact protocol: its number, its kind, and its bytes. */
type Field = [number, number, number[]];

function varint(value: number): number[] {
  const bytes = [];
  while (value > 127) {
    bytes.push((value % 128) + 128);
    value = Math.floor(value / 128);
  }
  return [...bytes, value];
}

/** No number here is negative, and so zigzag is twice the number. */
const whole = (value: number): number[] => varint(value * 2);
const text = (value: string): number[] => {
  const bytes = encoder.encode(value);
  return [...varint(bytes.length), ...bytes];
};
const list = (kind: number, items: number[][]): number[] => [
  ...(items.length < 15 ? [(items.length << 4) | kind] : [0xf0 | kind, ...varint(items.length)]),
  ...items.flat(),
];

function struct(fields: Field[]): number[] {
  let last = 0;
  const bytes = fields.flatMap(([id, kind, value]) => {
    const head = ((id - last) << 4) | kind;
    last = id;
    return [head, ...value];
  });
  return [...bytes, 0];
}

/** Which values there are, eight to a byte, as a run of Parquet's hybrid encoding. */
function present(values: Value[]): number[] {
  const bytes = new Array<number>(Math.ceil(values.length / 8)).fill(0);
  values.forEach((value, place) => {
    if (value !== null) bytes[place >> 3] = (bytes[place >> 3] ?? 0) | (1 << (place & 7));
  });
  const run = [...varint((bytes.length << 1) | 1), ...bytes];
  return [...little(run.length), ...run];
}

function little(value: number): number[] {
  return [value & 255, (value >> 8) & 255, (value >> 16) & 255, (value >> 24) & 255];
}

function plain(values: Value[], kind: number): number[] {
  const there = values.filter((value) => value !== null);
  if (kind === DOUBLE_COLUMN) return [...new Uint8Array(new Float64Array(there.map(Number)).buffer)];
  return there.flatMap((value) => {
    const bytes = encoder.encode(String(value));
    return [...little(bytes.length), ...bytes];
  });
}

function page(values: Value[], kind: number): number[] {
  const body = [...present(values), ...plain(values, kind)];
  const about = struct([[1, INT32, whole(values.length)], [2, INT32, whole(PLAIN)], [3, INT32, whole(RLE)], [4, INT32, whole(RLE)]]);
  const head = struct([[1, INT32, whole(0)], [2, INT32, whole(body.length)], [3, INT32, whole(body.length)], [5, STRUCT, about]]);
  return [...head, ...body];
}

function schema(name: string, kind: number): number[] {
  const fields: Field[] = [[1, INT32, whole(kind)], [3, INT32, whole(1)], [4, BINARY, text(name)]];
  return struct(kind === TEXT_COLUMN ? [...fields, [6, INT32, whole(0)]] : fields);
}

function chunk(name: string, kind: number, rows: number, offset: number, size: number): number[] {
  const meta = struct([
    [1, INT32, whole(kind)],
    [2, LIST, list(INT32, [whole(PLAIN), whole(RLE)])],
    [3, LIST, list(BINARY, [text(name)])],
    [4, INT32, whole(0)],
    [5, INT64, whole(rows)],
    [6, INT64, whole(size)],
    [7, INT64, whole(size)],
    [9, INT64, whole(offset)],
  ]);
  return struct([[2, INT64, whole(offset)], [3, STRUCT, meta]]);
}

/** The file; every column has as many values as the first one. */
export function parquet(columns: [string, Value[]][]): Uint8Array<ArrayBuffer> {
  const magic = [...encoder.encode("PAR1")];
  const rows = columns[0]?.[1].length ?? 0;
  const bytes = [...magic];
  const schemas = [struct([[4, BINARY, text("schema")], [5, INT32, whole(columns.length)]])];
  const chunks = columns.map(([name, values]) => {
    const kind = values.some((value) => typeof value === "string") ? TEXT_COLUMN : DOUBLE_COLUMN;
    const offset = bytes.length;
    for (const byte of page(values, kind)) bytes.push(byte);
    schemas.push(schema(name, kind));
    return chunk(name, kind, rows, offset, bytes.length - offset);
  });
  const group = struct([[1, LIST, list(STRUCT, chunks)], [2, INT64, whole(bytes.length - 4)], [3, INT64, whole(rows)]]);
  const footer = struct([
    [1, INT32, whole(1)],
    [2, LIST, list(STRUCT, schemas)],
    [3, INT64, whole(rows)],
    [4, LIST, list(STRUCT, [group])],
    [6, BINARY, text("Frontrunner")],
  ]);
  return new Uint8Array([...bytes, ...footer, ...little(footer.length), ...magic]);
}
