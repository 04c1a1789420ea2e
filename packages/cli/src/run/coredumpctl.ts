import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { FoundCore } from '@inquest/node';

/** How long coredumpctl may take, in milliseconds: it reads the journal, and unpacks the core. */
const PATIENCE = 60_000;

/**
 * Asks systemd's coredumpctl for the core of one of these processes: where it keeps cores in the journal, and where its
 * files are not ours to read. `since` is a time in milliseconds. Undefined if it has none, or is not there.
 */
export function dumpStored(pids: readonly number[], since: number): FoundCore | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'inquest-core-'));
  for (const pid of pids) {
    const path = join(folder, `core.${pid}`);
    const when = `--since=@${Math.floor(since / 1000)}`;
    const { error, status } = spawnSync('coredumpctl', ['dump', String(pid), when, `--output=${path}`], {
      stdio: 'ignore',
      timeout: PATIENCE,
    });
    if (error !== undefined) break;
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? 0;
    if (status === 0 && size > 0) return { path, pid, executable: undefined };
  }
  rmSync(folder, { recursive: true, force: true });
  return undefined;
}
