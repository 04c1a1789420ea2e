/** A Go release, as written in a binary: `go1.24.4`, `go1.26 X:nogreenteagc`, `devel go1.27-abc`. */
export interface GoVersion {
  /** The text as found. */
  readonly text: string;
  /** 21 in go1.21.3. Go 2 does not exist. */
  readonly minor: number;
  readonly patch: number;
  /** Names after `X:`: experiments that differ from the release's defaults. */
  readonly experiments: readonly string[];
}

/** The newest release whose layouts are known. */
export const NEWEST_MINOR = 27;
/** The oldest release whose layouts are known. */
export const OLDEST_MINOR = 15;

/** Parses a Go version text; undefined when no `go1.N` is in it. */
export function parseGoVersion(text: string): GoVersion | undefined {
  const match = /go1\.(\d+)(?:\.(\d+))?/.exec(text);
  if (match === null) return undefined;
  const experiments = /X:([^\s;]+)/.exec(text)?.[1]?.split(',') ?? [];
  return { text, minor: Number(match[1]), patch: Number(match[2] ?? 0), experiments };
}

/** Picks the row of a version table: the last one whose `from` is not above `minor`. Rows ascend by `from`. */
export function rowFor<T extends { readonly from: number }>(rows: readonly T[], minor: number): T {
  let best = rows[0] as T;
  for (const row of rows) if (row.from <= minor) best = row;
  return best;
}
