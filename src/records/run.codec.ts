import { promisify } from 'node:util';
import { constants, zstdCompress, zstdDecompress } from 'node:zlib';
import { type CompletedRun } from '../domain/completed-run';

/** Below this, in characters of JSON, compressing costs more than it spares Redis. */
const COMPRESSED_FROM = 16 * 1024;
const FAST = { params: { [constants.ZSTD_c_compressionLevel]: 1 } };
/** What JSON of a run begins with; no frame of Zstandard does (RFC 8878, section 3.1.1). */
const JSON_START = '{'.charCodeAt(0);

const compress = promisify(zstdCompress);
const decompress = promisify(zstdDecompress);

/** A run as Redis keeps it: JSON, compressed when it is long. Megabytes of output mostly repeat themselves. */
export async function encodeRun(run: CompletedRun): Promise<string | Buffer> {
  const json = JSON.stringify(run);
  return json.length < COMPRESSED_FROM ? json : compress(json, FAST);
}

/** Reads what `encodeRun` wrote. @throws Error when it is something else */
export async function decodeRun(bytes: Buffer): Promise<CompletedRun> {
  const json = bytes[0] === JSON_START ? bytes : await decompress(bytes);
  return JSON.parse(json.toString()) as CompletedRun;
}
