import type { ByteSource } from './byte-source.ts';

/** A file with debugging information that is kept apart from the program or library it tells of. */
export interface DebugFileRequest {
  /** Where the program or library was found, or would be. */
  readonly path: string;
  /** GNU build ID in hex digits. */
  readonly buildId: string | undefined;
  /** File name in .gnu_debuglink. */
  readonly link: string | undefined;
}

/**
 * What a host lends to find files by: candidates, the likeliest first, opened as they are asked for. Whether one is the
 * right file is for the engine to judge. Nothing is fetched from a network.
 */
export interface FileFinder {
  /** Files that may be the one that a process had mapped as `path`, of the GNU build ID `buildId` if that is known. */
  library(path: string, buildId: string | undefined): Iterable<ByteSource>;
  debugFile(request: DebugFileRequest): Iterable<ByteSource>;
}
