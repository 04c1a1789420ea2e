/** How long one file may take to come, in milliseconds. */
const PATIENCE = 300_000;
/** GNU build IDs are 20 bytes, others are longer or shorter. */
const BUILD_ID = /^[0-9a-f]{8,128}$/;

/** The path of a file by build ID; of a source also by its path as compiled in. Undefined where there is none. */
export type DebuginfodFetch = (
  kind: 'executable' | 'debuginfo' | 'source',
  buildId: string,
  path?: string,
) => string | undefined;

/**
 * Fetches files by build ID with the command `debuginfod-find`, from the servers in DEBUGINFOD_URLS. For those who asked
 * for it: a server learns what is looked at. What went wrong is added to `notes`, once.
 */
export function debuginfodFetch(notes: string[]): DebuginfodFetch {
  const known = new Map<string, string | undefined>();
  const note = (text: string): void => {
    if (!notes.includes(text)) notes.push(text);
  };
  return (kind, buildId, path) => {
    if ((process.env['DEBUGINFOD_URLS'] ?? '').trim() === '') {
      note('--debuginfod was given, but DEBUGINFOD_URLS names no server: nothing was fetched');
      return undefined;
    }
    if (!BUILD_ID.test(buildId)) return undefined;
    const key = [kind, buildId, path].join(' ');
    if (!known.has(key)) known.set(key, fetchOne(kind, buildId, path, note));
    return known.get(key);
  };
}

function fetchOne(
  kind: string,
  buildId: string,
  path: string | undefined,
  note: (text: string) => void,
): string | undefined {
  const options = { encoding: 'utf8', timeout: PATIENCE, input: '' } as const;
  const { spawnSync } = process.getBuiltinModule('node:child_process');
  const { error, status, stdout } = spawnSync(
    'debuginfod-find',
    path === undefined ? [kind, buildId] : [kind, buildId, path],
    options,
  );
  if (error !== undefined) {
    const isMissing = (error as { code?: string }).code === 'ENOENT';
    note(
      isMissing ? 'debuginfod-find is not installed: nothing was fetched' : `debuginfod-find failed: ${error.message}`,
    );
    return undefined;
  }
  if (status !== 0) {
    // Many sources may be missing for one reason.
    const what = kind === 'source' ? 'sources' : kind;
    note(`the servers in DEBUGINFOD_URLS have no ${what} of build ID ${buildId}`);
    return undefined;
  }
  return stdout.trim().split('\n').at(-1);
}
